/** Whole ceremonies of RSA keys over a list for a log, any of whose parties may do something else than the others. */
import { E } from '../../../../src/prelude/fp.js';
import { present } from '../../../../src/prelude/invariant.js';
import { type ProcessId, type ProcessSet, Universe } from '../../../../src/prelude/process.js';
import type { RandomBytes } from '../../../../src/prelude/random.js';
import { type Policy, policyMembers } from '../../../../src/quorum/policy/policy.js';
import { thresholdSystem } from '../../../../src/quorum/trust/threshold.js';
import { CeremonyBoard, type CeremonyState } from '../../../../src/schemes/ceremony/board.js';
import type { CeremonyScheme } from '../../../../src/schemes/ceremony/ceremony-scheme.js';
import { readEnvelope, writeEnvelope } from '../../../../src/schemes/ceremony/rounds/envelope.js';
import type { CeremonyFault } from '../../../../src/schemes/ceremony/fault.js';
import type { MessageKind } from '../../../../src/schemes/ceremony/rounds/message-kind.js';
import { CeremonyParticipant } from '../../../../src/schemes/ceremony/participant.js';
import type { CeremonyPlan } from '../../../../src/schemes/ceremony/plan.js';
import type { QuotientContributor, QuotientDealing } from '../../../../src/schemes/ceremony/quotient/contributor.js';
import { shoupRsaCeremony } from '../../../../src/schemes/ceremony/moves/rsa-ceremony.js';
import type { CeremonyRules, CeremonySetting } from '../../../../src/schemes/ceremony/setting.js';
import { compile } from '../../../../src/schemes/sharing/compile.js';
import { isQualified } from '../../../../src/schemes/sharing/reconstruction.js';
import { integers } from '../../../../src/schemes/sharing/ring.js';
import { type DealRequest, dealShoupRsa } from '../../../../src/schemes/shoup-rsa/dealer.js';
import type { ShoupRsaKeyShare, ShoupRsaPublicKey } from '../../../../src/schemes/shoup-rsa/key.js';
import { makeShoupRsaSigner } from '../../../../src/schemes/shoup-rsa/signer.js';
import { makeShoupRsaVerifier } from '../../../../src/schemes/shoup-rsa/verifier.js';
import { right } from '../../../support/right.js';
import { safePrimes1024 } from '../../../support/rsa-keys.js';
import { id, seededRandom } from '../../shoup-rsa/setup.js';
import { gate, member } from '../../sharing/policies.js';

export const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
export const universe = new Universe(names.map(id));

export type RsaSetting = CeremonySetting<bigint, ShoupRsaPublicKey>;
export type RsaBoard = CeremonyBoard<bigint, ShoupRsaPublicKey>;

/** A key and everybody's shares of it. */
export interface Holding {
  readonly publicKey: ShoupRsaPublicKey;
  readonly shares: ReadonlyMap<ProcessId, ShoupRsaKeyShare>;
}

export function dealt(policy: Policy, request: Partial<DealRequest> = {}): Holding {
  const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
  const random = seededRandom('scene');
  return right(dealShoupRsa({ material, policy, universe, usage: 'document', epoch: 1, random, ...request }));
}

/** So many processes may be faulty, of the old holders and of the new. */
function rulesFor(old: Policy, next: Policy, faultCount = 1): CeremonyRules {
  const sharing = right(compile(next, integers));
  const members = [...universe.all];
  const isCommitQuorum = (acknowledged: ProcessSet): boolean =>
    subsets(members, faultCount).every((faulty) =>
      isQualified(sharing, (process) => acknowledged.has(process) && !faulty.includes(process)),
    );
  const dealers = thresholdSystem(new Universe([...new Set(policyMembers(old))]), { f: faultCount });
  return { dealers, receivers: { universe, isCommitQuorum } };
}

function subsets(members: readonly ProcessId[], size: number): readonly (readonly ProcessId[])[] {
  if (size === 0) return [[]];
  return members.flatMap((member, index) =>
    subsets(members.slice(index + 1), size - 1).map((others) => [member, ...others]),
  );
}

/** What a party does otherwise. */
export interface Hostility {
  /** In place of the scheme's, for what it deals itself. */
  readonly scheme?: (scheme: RsaSetting['scheme']) => Partial<RsaSetting['scheme']>;
  /** Where it draws its numbers. */
  readonly random?: (honest: RandomBytes, board: RsaBoard) => RandomBytes;
  /** Changes what it deals of its quotient, and publishes beside it. */
  readonly split?: (honest: QuotientDealing, board: RsaBoard, me: ProcessId) => QuotientDealing;
  /** Replaces the body of a message, or leaves it out. */
  readonly patch?: (kind: MessageKind, body: Uint8Array, board: RsaBoard) => Uint8Array | undefined;
}

export interface Ceremony {
  readonly board: RsaBoard;
  readonly log: readonly { readonly from: ProcessId; readonly bytes: Uint8Array }[];
  readonly participants: ReadonlyMap<ProcessId, CeremonyParticipant<bigint, ShoupRsaPublicKey>>;
  /** The key afterwards; `undefined` where the attempt failed. */
  readonly next: Holding | undefined;
}

export type Move = Partial<CeremonyPlan<ShoupRsaPublicKey>> & {
  readonly rules?: CeremonyRules;
  readonly seed?: string;
};

export function settingOf({ publicKey }: Holding, move: Move): ReturnType<typeof shoupRsaCeremony> {
  const plan = {
    kind: 'reshare-quotient',
    key: publicKey,
    nextEpoch: publicKey.epoch + 1,
    context: new Uint8Array(0),
    attempt: 1,
    culprits: [],
    absent: [],
    ...move,
  } as const;
  const rules = move.rules ?? rulesFor(publicKey.policy, move.nextPolicy ?? publicKey.policy);
  return shoupRsaCeremony(plan, rules, seededRandom('blinding'));
}

/** Runs one attempt until nobody has anything to say; then everybody votes to close the round, until it is over. */
export function hold(
  holding: Holding,
  move: Move,
  hostile: Readonly<Partial<Record<string, Hostility>>> = {},
): Ceremony {
  const setting = right(settingOf(holding, move));
  const board: RsaBoard = new CeremonyBoard(setting);
  const seed = `${move.seed ?? ''} ${setting.terms.attempt} ${setting.terms.nextEpoch}`;
  const members = new Set([...setting.dealers, ...setting.receivers, ...setting.terms.culprits]);
  const participants = new Map(
    [...members].map((me) => {
      const share = holding.shares.get(me);
      const honest = seededRandom(`${seed} ${me}`);
      const random = hostile[me]?.random?.(honest, board) ?? honest;
      const seen = hostileBoard(board, hostile[me]);
      const participant = new CeremonyParticipant(seen, { me, share, claim: () => true, random });
      splitOtherwise(participant, board, me, hostile[me]);
      return [me, participant] as const;
    }),
  );
  const log: { from: ProcessId; bytes: Uint8Array }[] = [];
  const post = (from: ProcessId, bytes: Uint8Array): void => {
    log.push({ from, bytes });
    board.receive(from, bytes);
  };
  const speak = (): boolean => {
    let spoke = false;
    for (const [from, participant] of participants) {
      for (const bytes of participant.messages()) {
        const patched = patchedMessage(bytes, hostile[from], board);
        if (patched === undefined) continue;
        post(from, patched);
        spoke = true;
      }
    }
    return spoke;
  };
  for (let turn = 0; turn < 20; turn++) {
    while (speak());
    if (board.state._tag !== 'running') break;
    for (const [from, participant] of participants) {
      const vote = participant.voteToClose();
      if (vote !== undefined) post(from, vote);
    }
  }
  speak();
  return { board, log, participants, next: nextHolding(board.state, participants) };
}

function nextHolding(
  state: CeremonyState<bigint, ShoupRsaPublicKey>,
  participants: Ceremony['participants'],
): Holding | undefined {
  if (state._tag !== 'committed') return undefined;
  const shares = new Map<ProcessId, ShoupRsaKeyShare>();
  for (const [process, participant] of participants) {
    if (participant.newShare !== undefined) shares.set(process, participant.newShare as ShoupRsaKeyShare);
  }
  return { publicKey: state.settlement.key.publicKey, shares };
}

/** The same board, with a scheme of the party's own. */
function hostileBoard(board: RsaBoard, hostility: Hostility | undefined): RsaBoard {
  if (hostility?.scheme === undefined) return board;
  const { scheme } = board.setting;
  const own: CeremonyScheme<bigint, ShoupRsaPublicKey> = { ...scheme, ...hostility.scheme(scheme) };
  const view: unknown = Object.create(board, { setting: { value: { ...board.setting, scheme: own } } });
  return view as RsaBoard;
}

/** Reaches into a participant, since what it splits never leaves it. */
function splitOtherwise(
  participant: CeremonyParticipant<bigint, ShoupRsaPublicKey>,
  board: RsaBoard,
  me: ProcessId,
  hostility: Hostility | undefined,
): void {
  const change = hostility?.split;
  if (change === undefined) return;
  const contributor = Reflect.get(participant, 'contributor') as QuotientContributor<bigint, ShoupRsaPublicKey>;
  const honest = contributor.split.bind(contributor);
  contributor.split = (transcript, shares) => change(honest(transcript, shares), board, me);
}

function patchedMessage(bytes: Uint8Array, hostility: Hostility | undefined, board: RsaBoard): Uint8Array | undefined {
  const envelope = readEnvelope(bytes);
  if (hostility?.patch === undefined || envelope === undefined) return bytes;
  const body = hostility.patch(envelope.kind, Uint8Array.from(envelope.body), board);
  return body === undefined ? undefined : writeEnvelope({ ...envelope, body });
}

/** Who was found guilty, and of what. */
export function faultsOf({ board }: Ceremony): ReadonlyMap<string, CeremonyFault['_tag']> {
  return new Map(board.culprits.map(({ process, fault }) => [process, fault._tag]));
}

/** The signature of those named, over `message`, verified by the key's own verifier. */
export function signed({ publicKey, shares }: Holding, message: Uint8Array, by: readonly string[]): Uint8Array {
  const signatures = new Map(
    by.map((name) => {
      const share = present(shares.get(id(name)), `a share of ${name}`);
      const signer = right(makeShoupRsaSigner(publicKey, share, universe, seededRandom(`sign ${name}`)));
      return [id(name), right(signer.signShare(message))] as const;
    }),
  );
  const verifier = right(makeShoupRsaVerifier(publicKey, universe));
  const combined = verifier.combine(message, signatures);
  if (E.isLeft(combined)) throw new Error(`no signature: ${combined.left._tag}`);
  return combined.right.signature;
}

export const policies = {
  flat: gate(3, 'a', 'b', 'c', 'd', 'e'),
  nested: gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'c', 'd', 'e'), gate(2, 'e', 'f', 'g')),
  weighted: { _tag: 'threshold', k: 4, of: ['a', 'b', 'c', 'd', 'e'].map(member), weights: [2, 2, 1, 1, 1] },
  other: gate(3, 'c', 'd', 'e', 'f', 'g'),
} as const satisfies Readonly<Record<string, Policy>>;
