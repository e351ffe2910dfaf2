/**
 * Changes of epoch as far as their keys go, over a log in memory: every server takes part with a real participant; some cheat in
 * what they post, are silent, or have another identity in the draft.
 */
import { toHex } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { offerBackend } from '../../../src/schemes/bls/backends.js';
import { loadBlst } from '../../../src/schemes/bls/load-backends.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import type { LinearKeyShare } from '../../../src/schemes/contract/linear-key-share.js';
import type { AlliancePublicKey, ThresholdPublicKey } from '../../../src/schemes/public-key.js';
import { dealShoupRsa, type DealRequest } from '../../../src/schemes/shoup-rsa/dealer.js';
import { readEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import type { MessageKind } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import { policyMembers } from '../../../src/quorum/policy/policy.js';
import { beginMoves, type CeremonyEntry, type Moves } from '../../../src/management/changes/moves.js';
import type { MovesOutcome } from '../../../src/management/changes/moves-outcome.js';
import type { MovesPlan, PlannedMove } from '../../../src/management/changes/moves-plan.js';
import type { SpokenIdentity } from '../../../src/management/changes/spoken-identity.js';
import { MoveParticipant, type KeptShare, type MoveEffect } from '../../../src/services/membership/move-participant.js';
import { begun } from '../../support/ceremony.js';
import { right } from '../../support/right.js';
import { safePrimes512 } from '../../support/rsa-keys.js';
import { seededRandom } from '../../support/seeded-random.js';
import { policy, trust } from '../../support/trust.js';

offerBackend(await loadBlst());

type Shares = ReadonlyMap<ProcessId, LinearKeyShare<string>>;

export interface Held {
  readonly publicKey: ThresholdPublicKey;
  readonly shares: Shares;
}

export const id = (name: string): ProcessId => name as ProcessId;
export const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `s${index + 1}`);

/** k of the first n servers. */
export const someOf = (k: number, count: number) => policy(`${k} of (${names(count).join(', ')})`);
const trustOf = (count: number) => trust(`f=${Math.floor((count - 1) / 3)} of (${names(count).join(', ')})`);

export function rsaHeld(k: number, count: number, request: Partial<DealRequest> = {}): Held {
  const rule = someOf(k, count);
  const universe = new Universe(policyMembers(rule));
  const material = { _tag: 'safe-primes', ...safePrimes512 } as const;
  const terms = { usage: 'document', epoch: 1, random: seededRandom(7) } as const;
  return right(dealShoupRsa({ material, policy: rule, universe, ...terms, ...request }));
}

export function blsHeld(k: number, count: number): Held {
  const rule = someOf(k, count);
  const universe = new Universe(policyMembers(rule));
  return right(dealBls({ policy: rule, universe, usage: 'document', epoch: 1, random: seededRandom(8) }));
}

export function keysOf(held: ReadonlyMap<string, Held>): ReadonlyMap<string, ThresholdPublicKey> {
  return new Map([...held].map(([role, { publicKey }]) => [role, publicKey]));
}

/** What four servers hold, unless something else is said: any two of them can sign. */
export const alliance = rsaHeld(2, 4);
export const notary = blsHeld(2, 4);
export const held = new Map([
  ['alliance', alliance],
  ['document notary', notary],
]);
export const keys = keysOf(held);

/** From so many servers to so many, the first ones staying. */
export interface Change {
  readonly from: number;
  readonly to?: number;
  readonly keys: ReadonlyMap<string, AlliancePublicKey>;
  readonly moves: readonly PlannedMove[];
  readonly more?: Partial<MovesPlan>;
}

export function planOf({ from, to = from, keys, moves, more = {} }: Change): MovesPlan {
  const epoch = Math.max(...[...keys.values()].map((key) => key.epoch)) + 1;
  return {
    allianceId: digest(Uint8Array.of(1)),
    change: 7,
    draft: digest(Uint8Array.of(2)),
    epoch,
    trust: { present: trustOf(from), next: trustOf(to) },
    keys,
    moves,
    replaced: [],
    culprits: [],
    earlier: [],
    maxMessageBytes: 2 << 20,
    ...more,
  };
}

export function refresh(role: string, { publicKey }: Held): PlannedMove {
  return { _tag: 'refresh', role, policy: publicKey.policy, absent: [] };
}

export function reshare(role: string, k: number, count: number): PlannedMove {
  return { _tag: 'reshare', role, policy: someOf(k, count), absent: [] };
}

/** Changes what a server posts; nothing for silence. */
export type Tampering = (message: Uint8Array, kind: MessageKind) => Uint8Array | undefined;

export interface Server {
  readonly me: ProcessId;
  readonly identities: ReadonlySet<SpokenIdentity>;
  readonly participant: MoveParticipant;
  readonly tamper?: Tampering;
  /** All that it did, in order. */
  readonly done: MoveEffect[];
  /** What it has said and the log does not have yet. */
  readonly outbox: CeremonyEntry[];
}

export interface ServerOptions {
  readonly held?: ReadonlyMap<string, Held>;
  readonly handedOver?: ReadonlyMap<string, LinearKeyShare<string>>;
  readonly identities?: readonly SpokenIdentity[];
  readonly tamper?: Tampering;
  /** Started again, with what is durable of what it did. */
  readonly before?: readonly MoveEffect[];
  readonly seed?: number;
}

export function server(name: string, options: ServerOptions = {}): Server {
  const { held = new Map<string, Held>(), identities = ['document', 'draft'], before = [], seed = 0 } = options;
  const me = id(name);
  const own = [...held].flatMap(([role, { shares }]) => {
    const share = shares.get(me);
    return share === undefined ? [] : [[role, share] as const];
  });
  const kept = new Map<string, KeptShare>();
  for (const effect of before) {
    if (effect._tag === 'keep') kept.set(toHex(effect.ceremonyId), effect);
    if (effect._tag === 'erase') kept.delete(toHex(effect.ceremonyId));
  }
  const participant = new MoveParticipant({
    me,
    identities: new Set(identities),
    shares: new Map(own),
    handedOver: options.handedOver ?? new Map(),
    claimed: before.flatMap((effect) => (effect._tag === 'claim' ? [effect.ceremonyId] : [])),
    kept: [...kept.values()],
    random: seededRandom(1000 + 100 * seed + Number(name.replace(/\D/g, ''))),
  });
  const tamper = options.tamper === undefined ? {} : { tamper: options.tamper };
  return { me, identities: new Set(identities), participant, done: [...before], outbox: [], ...tamper };
}

export interface Run {
  readonly moves: Moves;
  /** In the order of the log, from the start of the run. */
  readonly log: readonly CeremonyEntry[];
}

/** Says what there is to say until `until`, or nobody says anything; whoever tampers with nothing votes where all wait. */
export function run(
  start: Moves,
  servers: readonly Server[],
  until: (outcome: MovesOutcome) => boolean = ({ _tag }) => _tag !== 'running',
): Run {
  let moves = start;
  const log: CeremonyEntry[] = [];
  const say = ({ me, tamper, outbox }: Server, message: Uint8Array, identity: SpokenIdentity): void => {
    const kind = readEnvelope(message)?.kind ?? 'close';
    const said = tamper === undefined ? message : tamper(message, kind);
    if (said !== undefined) outbox.push({ from: me, identity, message: said });
  };
  for (let step = 0; step < 5_000; step++) {
    for (const each of servers) {
      for (const effect of each.participant.watch(moves)) {
        each.done.push(effect);
        if (effect._tag === 'post') say(each, effect.message, effect.identity);
      }
    }
    const isOver = until(moves.outcome);
    if (isOver && moves.outcome._tag === 'running') break;
    if (!isOver && servers.every(({ outbox }) => outbox.length === 0)) {
      for (const each of servers) {
        const vote = each.participant.voteToClose(moves);
        if (vote !== undefined) say(each, vote.message, vote.identity);
      }
    }
    const entry = servers.find(({ outbox }) => outbox.length > 0)?.outbox.shift();
    if (entry === undefined) break;
    log.push(entry);
    moves = moves.feed(entry);
  }
  return { moves, log };
}

export function moving(plan: MovesPlan): Moves {
  return begun(beginMoves(plan));
}

export function moved({ outcome }: Moves): Extract<MovesOutcome, { readonly _tag: 'moved' }> {
  if (outcome._tag !== 'moved') throw new Error(`not moved: ${JSON.stringify(outcome, short)}`);
  return outcome;
}

function short(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return toHex(value).slice(0, 16);
  return value instanceof Map ? [...value.keys()] : value;
}

/** What the servers hold of a key that came out. */
export function heldAfter(moves: Moves, servers: readonly Server[], role: string): Held {
  const publicKey = moved(moves).keys.get(role);
  if (publicKey === undefined || publicKey._tag === 'multisig') throw new Error(`no shared key ${role}`);
  const shares = servers.flatMap(({ me, participant }) => {
    const share = participant.newShares(moves).get(role);
    return share === undefined ? [] : [[me, share] as const];
  });
  return { publicKey, shares: new Map(shares) };
}

/** Changes its messages of one kind, of the first attempt that has them; all others are honest. */
export function onceBad(kind: MessageKind, change: (message: Uint8Array) => Uint8Array | undefined): Tampering {
  let first: string | undefined;
  return (message, own) => {
    if (own !== kind) return message;
    first ??= toHex(message.subarray(0, 32));
    return toHex(message.subarray(0, 32)) === first ? change(message) : message;
  };
}

export function spoiled(message: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(message);
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
  return copy;
}

export const silent: Tampering = () => undefined;
