/** How governance begins: with the founding document, and what is known of its keys. */
import { toHex } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import { type Policy, policyMembers } from '../../quorum/policy/policy.js';
import { type AlliancePublicKey, keyIdOf } from '../../schemes/public-key.js';
import { type Alliance, serversOf } from '../alliance.js';
import { configurationDigestOf } from '../alliance-codec.js';
import { keysByRole } from '../proposals/key-roles.js';
import type { Sharing } from '../proposals/sharing.js';
import { noTime } from './agreed-time.js';
import { enactedSigning } from './enacted.js';
import { firstHead } from './proposal-record.js';
import type { Governance } from './governance.js';

/** @param document - of epoch 1. */
export function foundGovernance(document: Alliance): Governance {
  const configuration = configurationDigestOf(document);
  return {
    document,
    configuration,
    time: noTime,
    heard: new Map(),
    numbers: new Map(),
    suspensions: new Map(),
    proposals: new Map(),
    unexamined: new Set(),
    proposalCount: 0,
    closed: [],
    history: firstHead(configuration),
    proposed: new Map(),
    change: undefined,
    changeCount: document.change,
    schedule: { enactedMs: 0, missedMs: 0, vainRepairs: 0 },
    held: new Map(),
    enacted: enactedSigning(document, configuration),
    signings: new Map(),
    sharings: sharingsOf(document),
    culprits: new Set(),
    formerKeys: [],
    without: [],
    applicationCounts: countedByOwner(document.applications.map(({ id }) => id)),
    gone: { organizations: new Set(), servers: new Set() },
    dryRunSlot: 0,
  };
}

/** Those of the keys that were shared when the alliance was founded. */
function sharingsOf(document: Alliance): readonly Sharing[] {
  return [...keysByRole(document)].flatMap(([role, key]) =>
    key._tag === 'multisig' ? [] : [sharingOf(document, role, key)],
  );
}

function sharingOf(document: Alliance, role: string, key: Exclude<AlliancePublicKey, { _tag: 'multisig' }>): Sharing {
  const { policy, epoch } = key;
  const keyId = keyIdOf(key);
  const id = digest(new Writer().text('koinon founding sharing v1').text(role).fixed(keyId).u64(epoch).finish());
  return { id, role, keyId, epoch, policy, holders: holdersIn(document, policy), erased: new Set() };
}

function holdersIn(document: Alliance, policy: Policy): Sharing['holders'] {
  const members = new Set(policyMembers(policy));
  return serversOf(document).flatMap(({ id, identityKey }) =>
    members.has(id) ? [{ id, key: toHex(identityKey) }] : [],
  );
}

function countedByOwner(ids: readonly ProcessId[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(organizationOf(id), (counts.get(organizationOf(id)) ?? 0) + 1);
  return counts;
}
