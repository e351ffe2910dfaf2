/** What stands against a draft, judged of the document alone (spec/management.md, "Gates"). What is not decided stands as what is violated. */
import { equalBytes } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { type ProcessId, Universe } from '../../prelude/process.js';
import { type BadMeeting, judgeMovability } from '../../quorum/analysis/cross-check.js';
import { isQualified, policyMembers } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { listNames } from '../../quorum/tree/name-list.js';
import { judgeConditions } from '../../quorum/trust/conditions.js';
import { braced } from '../../quorum/trust/process-names.js';
import { describeComplaints } from '../../quorum/trust/trust-description.js';
import { validateTrust } from '../../quorum/trust/trust-report.js';
import { stepBudget, type Verdict } from '../../quorum/verdict.js';
import type { Alliance } from '../alliance.js';
import type { Draft } from './draft-shape.js';
import { type DocumentGate, documentGates, type GateName } from './gate-names.js';
import {
  amendmentPolicies,
  inForce,
  maxSteps,
  type NamedPolicy,
  recoveryOf,
  structureOf,
} from './governing-policies.js';
import { Judgement } from './judgement.js';

export interface StandingGate {
  readonly gate: GateName;
  /** A sentence each, in the organizations' names; not empty. */
  readonly why: readonly string[];
}

/** A draft, or a founding document, whose keys are not moved. */
type Judged = Pick<Draft, 'document' | 'moves'>;

/** All that stand, whether they are overridden or not, in the order of {@link documentGates}. */
export function documentGatesAgainst(draft: Judged): readonly StandingGate[] {
  const structure = structureOf(draft.document);
  // No draft is without a structure; were one, nothing could be said for it.
  if (E.isLeft(structure))
    return documentGates.map((gate) => ({ gate, why: [`Expected ${structure.left.expected}.`] }));
  const judgement = new Judgement(structure.right);
  return documentGates.flatMap((gate) => {
    const why = reasons(gate, draft, judgement);
    return why.length === 0 ? [] : [{ gate, why }];
  });
}

/** What stands against a document whose keys are not moved, and is not named in it. */
export function gatesNotOverridden(document: Alliance): readonly StandingGate[] {
  const overridden = new Set<string>(document.governance.overrides);
  return documentGatesAgainst({ document, moves: [] }).filter(({ gate }) => !overridden.has(gate));
}

function reasons(gate: DocumentGate, draft: Judged, judgement: Judgement): readonly string[] {
  const { document } = draft;
  switch (gate) {
    case 'trust-violated':
      return trustReasons(document);
    case 'amendment-forgeable':
      return actingPolicies(document).flatMap((policy) => forgeable(policy, judgement));
    case 'amendment-divided':
      return divided(document, judgement);
    case 'amendment-stuck':
      return amendmentPolicies(document).flatMap((policy) => stuck(policy, judgement));
    case 'last-recovery-holder':
      return recoveryReasons(document);
    case 'key-immovable':
      return movabilityReasons(draft);
    default:
      return assertNever(gate);
  }
}

function trustReasons({ trust }: Alliance): readonly string[] {
  const report = validateTrust(trust, stepBudget(maxSteps));
  return report.accepted ? [] : describeComplaints(report, trust);
}

/** Those with which an alliance is changed, suspended from or started again. Gates are overridden by two of them together. */
function actingPolicies(document: Alliance): readonly NamedPolicy[] {
  return [...amendmentPolicies(document), inForce(document, 'emergency'), inForce(document, 'recovery')];
}

function forgeable(policy: NamedPolicy, judgement: Judgement): readonly string[] {
  const { name } = policy;
  return told(
    judgement.unforgeable(policy),
    `whether dishonest organizations alone satisfy the ${name}`,
    ({ quorums }) => `${names(quorums[0])} may be dishonest together, and satisfy the ${name} alone.`,
  );
}

/** Any two sets that amend, by whichever policies; and any two that recover. */
function divided(document: Alliance, judgement: Judgement): readonly string[] {
  const amending = distinct(amendmentPolicies(document));
  const recovery = inForce(document, 'recovery');
  const pairs = amending.flatMap((one, index) => amending.slice(index).map((other) => [one, other] as const));
  return [...pairs, [recovery, recovery] as const].flatMap(([one, other]) => apart(one, other, judgement));
}

function apart(one: NamedPolicy, other: NamedPolicy, judgement: Judgement): readonly string[] {
  const pair = one === other ? `the ${one.name} twice` : `the ${one.name} and the ${other.name}`;
  return told(
    judgement.united(one, other),
    `whether organizations that share none that is honest satisfy ${pair}`,
    (meeting) => describeMeeting(meeting, pair),
  );
}

function describeMeeting({ quorums: [first, second], faults }: BadMeeting, pair: string): string {
  const liars = faults[0] ?? [];
  const shared = liars.filter((id) => first?.includes(id) === true && second?.includes(id) === true);
  const what = shared.length === 0 ? 'share nobody' : `share only ${names(shared)}, who may be dishonest together`;
  return `${names(first)} and ${names(second)} satisfy ${pair}, and ${what}.`;
}

function stuck(policy: NamedPolicy, judgement: Judgement): readonly string[] {
  const { name } = policy;
  return told(
    judgement.live(policy),
    `whether the ${name} can be satisfied without dishonest organizations`,
    (set) => `${names(set)} may be dishonest together, and nobody satisfies the ${name} without them.`,
  );
}

function recoveryReasons(document: Alliance): readonly string[] {
  const policy = recoveryOf(document);
  const holders = document.organizations.filter(({ recoveryKey }) => recoveryKey !== undefined);
  const universe = new Universe(policyMembers(policy));
  if (isQualified(policy, universe.of(holders.map(({ name }) => name as ProcessId)))) return [];
  const who = holders.length === 0 ? 'nobody has' : `only ${listNames(holders.map(({ name }) => name))} would have`;
  return [`The recovery policy asks for more organizations than have a recovery key: ${who} one.`];
}

/**
 * Slow keys that are shared wait for everybody in any case, and multisignatures are not shared. All others are shared along the
 * vouching sets, of which two sets of 𝓩 leave one exactly where three do not contain everybody.
 */
function movabilityReasons({ document, moves }: Judged): readonly string[] {
  const { trust } = document;
  const shared = moves.find(({ role, kind }) => role._tag !== 'slow' && kind !== 'keep' && kind !== 'collect');
  const { c1 } = judgeConditions(trust, stepBudget(maxSteps));
  if (shared === undefined || c1._tag === 'holds') return [];
  const verdict =
    trust.rule._tag === 'explicit' ? twoOf(c1) : judgeMovability(shared.policy, trust.rule, stepBudget(maxSteps));
  const { universe } = trust.system.processes;
  return told(
    verdict,
    'whether keys that servers share can be moved',
    (servers) =>
      `Keys that servers share could be moved to new shares only with everybody: without ${braced(universe.of(servers))}, who may fail one after another, nobody can use them.`,
  );
}

/** The witness is three sets. */
function twoOf(c1: Verdict): Verdict<readonly ProcessId[]> {
  if (c1._tag !== 'violated') return c1;
  return { ...c1, witness: c1.witness?.slice(0, 2).flatMap(({ members }) => [...members]) };
}

/** The first of those that say the same. */
function distinct(policies: readonly NamedPolicy[]): readonly NamedPolicy[] {
  const digests = policies.map(({ policy }) => policyDigest(policy));
  return policies.filter((_, index) => {
    const own = digests[index];
    return !digests.slice(0, index).some((other) => own !== undefined && equalBytes(own, other));
  });
}

/** Nothing of what holds. */
function told<W>(verdict: Verdict<W>, question: string, describe: (witness: W) => string): readonly string[] {
  if (verdict._tag === 'holds') return [];
  if (verdict._tag === 'violated' && verdict.witness !== undefined) return [describe(verdict.witness)];
  return [`It is not decided ${question}: ${verdict.reason ?? 'no example is known'}.`];
}

function names(ids: readonly string[] = []): string {
  return ids.length === 0 ? 'nobody' : `{${listNames([...ids].sort())}}`;
}
