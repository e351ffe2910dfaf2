/**
 * What an alliance document must satisfy beyond its form: its parts agree with one another, no key and no address serves twice,
 * consensus is safe and live under its trust model, and its organizations are judged by a structure that fits it.
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import { policyMembers } from '../quorum/policy/policy.js';
import { describeTrustReport } from '../quorum/trust/trust-description.js';
import { validateTrust } from '../quorum/trust/trust-report.js';
import type { Alliance } from './alliance.js';
import type { AllianceError } from './errors.js';
import { checkAscending, inconsistent } from './inconsistency.js';
import {
  checkAllianceKey,
  checkDocumentKeyNames,
  checkDocumentKeys,
  checkOneUse,
  checkSharedSecrets,
  checkSlowKey,
} from './key-consistency.js';
import { structureComplaint } from './proposals/governing-policies.js';
import { checkAddresses, checkApplications, checkOrganizations, checkProcesses } from './organization-consistency.js';

/** The first contradiction in `alliance`, which has the right form; `undefined` if there is none. */
export function findInconsistency(alliance: Alliance): AllianceError | undefined {
  return (
    findDraftInconsistency(alliance) ??
    checkAllianceKey(alliance) ??
    checkSlowKey(alliance) ??
    checkDocumentKeys(alliance) ??
    checkSharedSecrets(alliance)
  );
}

/** As {@link findInconsistency}, of a document whose shared keys are still those of the epoch before. */
export function findDraftInconsistency(alliance: Alliance): AllianceError | undefined {
  return (
    checkDescent(alliance) ??
    checkOrganizations(alliance) ??
    checkApplications(alliance) ??
    checkAddresses(alliance) ??
    checkDocumentKeyNames(alliance) ??
    checkOneUse(alliance) ??
    checkParameters(alliance) ??
    checkProcesses(alliance) ??
    checkTrust(alliance) ??
    checkStructure(alliance) ??
    checkPolicies(alliance) ??
    checkLists(alliance)
  );
}

/** The founding document has no name, no predecessor and no change that led to it; every other has all of them. */
function checkDescent({ allianceId, previous, change, transcript, epoch }: Alliance): AllianceError | undefined {
  if (allianceId === undefined) {
    if (epoch !== 1) return inconsistent('/allianceId', `the digest of the founding document, in epoch ${epoch}`);
    if (previous !== undefined) return inconsistent('/previous', 'nothing, in the founding document');
    if (transcript !== undefined) return inconsistent('/transcript', 'nothing, in the founding document');
    return change === 0 ? undefined : inconsistent('/change', '0, in the founding document');
  }
  if (epoch === 1) return inconsistent('/allianceId', 'nothing: the document of epoch 1 is the founding document');
  if (previous === undefined) return inconsistent('/previous', 'the digest of the document of the epoch before');
  if ((epoch === 2) !== equalBytes(previous, allianceId))
    return inconsistent('/previous', 'the founding document exactly in epoch 2');
  return change >= epoch - 1 ? undefined : inconsistent('/change', `at least ${epoch - 1}, one for each epoch before`);
}

function checkParameters({ parameters }: Alliance): AllianceError | undefined {
  const least = 2 * parameters.checkpointInterval;
  if (parameters.windowSlots < least)
    return inconsistent('/parameters/windowSlots', `at least ${least}, twice the checkpoint interval`);
  const { snapshotInterval, checkpointInterval } = parameters;
  return snapshotInterval === undefined || snapshotInterval % checkpointInterval === 0
    ? undefined
    : inconsistent('/parameters/snapshotInterval', `a multiple of ${checkpointInterval}, the checkpoint interval`);
}

function checkTrust({ trust, governance }: Alliance): AllianceError | undefined {
  if (trust.leaders.isEmpty) return inconsistent('/trust/leaders', 'at least one leader');
  if (governance.overrides.includes('trust-violated')) return undefined;
  const report = validateTrust(trust);
  return report.accepted ? undefined : { _tag: 'TrustRejected', report: describeTrustReport(report, trust) };
}

/** Stated or derived, it fits the trust model. */
function checkStructure(alliance: Alliance): AllianceError | undefined {
  const { structure } = alliance.governance;
  if (structure !== undefined && !structure.leaders.equals(structure.system.processes))
    return inconsistent('/governance/structure/leaders', 'no leaders, which only servers are');
  const complaint = structureComplaint(alliance);
  return complaint === undefined
    ? undefined
    : inconsistent('/governance/structure', `a structure of organizations that fits; of this one, ${complaint}`);
}

/** They are over organizations of the alliance alone. */
function checkPolicies({ organizations, governance, documentKeys }: Alliance): AllianceError | undefined {
  const names = new Set<string>(organizations.map(({ name }) => name));
  const { amendment, amendmentOf, emergency, recovery } = governance;
  const placed = [
    ['/governance/amendment', amendment] as const,
    ...[...amendmentOf].map(([kind, policy]) => [`/governance/amendmentOf/${kind}`, policy] as const),
    ['/governance/emergency', emergency] as const,
    ['/governance/recovery', recovery] as const,
    ...documentKeys.map(({ approval }, index) => [`/documentKeys/${index}/approval`, approval] as const),
  ];
  for (const [path, policy] of placed) {
    const stranger = policy === undefined ? undefined : policyMembers(policy).find((name) => !names.has(name));
    if (stranger !== undefined) return inconsistent(path, `organizations of the alliance, but ${stranger} is none`);
  }
  return undefined;
}

/** Each of them can be written in one way. */
function checkLists({ governance: { overrides, distrusted } }: Alliance): AllianceError | undefined {
  const gates = overrides.map((value, index) => ({ path: `/governance/overrides/${index}`, value }));
  const keys = distrusted.map((id, index) => ({ path: `/governance/distrusted/${index}`, value: toHex(id) }));
  return checkAscending(gates, 'gates') ?? checkAscending(keys, 'ids of keys');
}
