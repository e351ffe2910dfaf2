/**
 * A ceremony all of whose parties run in this process, over a list for a log: the same machines as among servers, of which none
 * is trusted here less than the others, since whoever runs this holds every share anyway. So it succeeds only if everybody who
 * is to receive a share gets it.
 */
import { randomBytes } from 'node:crypto';
import { utf8 } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { type ProcessId, Universe } from '../../../prelude/process.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import { blsCeremony } from '../../../schemes/ceremony/moves/bls-ceremony.js';
import { CeremonyBoard } from '../../../schemes/ceremony/board.js';
import type { AbortReason, Culprit } from '../../../schemes/ceremony/fault.js';
import { CeremonyParticipant } from '../../../schemes/ceremony/participant.js';
import type { CeremonyPlan, CeremonyRefused } from '../../../schemes/ceremony/plan.js';
import { shoupRsaCeremony } from '../../../schemes/ceremony/moves/rsa-ceremony.js';
import type { CeremonyRules, CeremonySetting } from '../../../schemes/ceremony/setting.js';
import type { BlsKeyShare } from '../../../schemes/bls/key.js';
import { LinearKeyShare } from '../../../schemes/contract/linear-key-share.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../../../schemes/registry.js';
import type { ShoupRsaKeyShare } from '../../../schemes/shoup-rsa/key.js';
import type { DealtShares } from '../dealing/key-dealing.js';

/** What can be done offline to a key that exists. */
export type OfflineKind = 'refresh' | 'reshare-plain' | 'reshare-quotient';

interface OfflineCeremony {
  readonly kind: OfflineKind;
  /** The share of each old holder that is at hand; all of them for a refresh. */
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
  /** The key's own for a refresh. */
  readonly nextPolicy: Policy;
}

export type OfflineError =
  | { readonly _tag: 'Refused'; readonly refused: CeremonyRefused }
  /** Each member's key of a multisignature is its own. */
  | { readonly _tag: 'NothingShared' }
  | { readonly _tag: 'Failed'; readonly reason: AbortReason | undefined; readonly culprits: readonly Culprit[] };

const offlineContext = utf8('koinon offline ceremony v1');

/** Moves `key` to its next epoch. Neither the old shares nor their files are touched. */
export function holdOffline(key: AlliancePublicKey, ceremony: OfflineCeremony): Either<OfflineError, DealtShares> {
  const rules = rulesOf(key, ceremony);
  switch (key._tag) {
    case 'multisig':
      return E.left({ _tag: 'NothingShared' });
    case 'shoup-rsa':
      return begin(shoupRsaCeremony(planFor(key, ceremony), rules, randomBytes), ceremony);
    case 'bls':
      return begin(blsCeremony(planFor(key, ceremony), rules), ceremony);
  }
}

function planFor<Key extends Exclude<AlliancePublicKey, { readonly _tag: 'multisig' }>>(
  key: Key,
  { kind, shares, nextPolicy }: OfflineCeremony,
): CeremonyPlan<Key> {
  const absent = policyMembers(key.policy).filter((member) => !shares.has(member));
  const place = kind === 'refresh' ? {} : { nextPolicy };
  return { kind, key, ...place, nextEpoch: key.epoch + 1, context: offlineContext, attempt: 1, culprits: [], absent };
}

/** Everybody whose share is at hand deals, and everybody of the next policy gets one. */
function rulesOf({ policy }: AlliancePublicKey, { shares, nextPolicy }: OfflineCeremony): CeremonyRules {
  const holders = new Universe(policyMembers(policy));
  const receivers = new Universe(policyMembers(nextPolicy));
  const present = holders.of(shares.keys());
  return {
    dealers: {
      processes: holders.all,
      containsCorrect: (set) => !set.isEmpty,
      isRecoveryQuorum: (set) => present.isSubsetOf(set),
    },
    receivers: { universe: receivers, isCommitQuorum: (acknowledged) => acknowledged.equals(receivers.all) },
  };
}

function begin<G, Key extends AlliancePublicKey>(
  setting: Either<CeremonyRefused, CeremonySetting<G, Key>>,
  ceremony: OfflineCeremony,
): Either<OfflineError, DealtShares> {
  return E.isLeft(setting) ? E.left({ _tag: 'Refused', refused: setting.left }) : hold(setting.right, ceremony);
}

function hold<G, Key extends AlliancePublicKey>(
  setting: CeremonySetting<G, Key>,
  { shares }: OfflineCeremony,
): Either<OfflineError, DealtShares> {
  const board = new CeremonyBoard(setting);
  const everybody = [...new Set([...setting.dealers, ...setting.receivers])];
  const participants = everybody.map((me) => {
    const share = shares.get(me);
    const linear = share instanceof LinearKeyShare ? share : undefined;
    return new CeremonyParticipant(board, { me, share: linear, claim: () => true, random: randomBytes });
  });
  exchange(board, everybody, participants);
  const { state, culprits } = board;
  const made = participants.flatMap(({ newShare }) =>
    newShare !== undefined && isAllianceShare(newShare) ? [newShare] : [],
  );
  for (const participant of participants) participant.erase();
  if (state._tag !== 'committed' || made.length < setting.receivers.length) {
    const reason = state._tag === 'aborted' ? state.reason : undefined;
    return E.left({ _tag: 'Failed', reason, culprits });
  }
  const newShares = new Map(made.map((share) => [share.process, share]));
  return E.right({ key: state.settlement.key.publicKey, shares: newShares });
}

function isAllianceShare(share: LinearKeyShare<string>): share is ShoupRsaKeyShare | BlsKeyShare {
  return share._tag === 'shoup-rsa' || share._tag === 'bls';
}

/** Posts what anybody has to say, until nobody has anything left. */
function exchange<G, Key>(
  board: CeremonyBoard<G, Key>,
  everybody: readonly ProcessId[],
  participants: readonly CeremonyParticipant<G, Key>[],
): void {
  for (let wasSaid = true; wasSaid; ) {
    wasSaid = false;
    for (const [index, participant] of participants.entries()) {
      const me = everybody[index];
      for (const message of participant.messages()) {
        if (me !== undefined) board.receive(me, message);
        wasSaid = true;
      }
    }
  }
}
