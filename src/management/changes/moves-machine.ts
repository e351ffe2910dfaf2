/**
 * The keys of one change on their way, one after another in the order of their names, fed by the log. Deterministic, and a
 * function of the entries that it took: whoever has these, as from a snapshot, has the machine. It changes in place; `moves` is
 * what others see of it.
 */
import { E, type Either } from '../../prelude/fp.js';
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { CeremonyRegister, generationId } from '../../schemes/ceremony/ceremony-register.js';
import type { AbortReason } from '../../schemes/ceremony/fault.js';
import { nextAttempt } from '../../schemes/ceremony/next-attempt.js';
import { readEnvelope } from '../../schemes/ceremony/rounds/envelope.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import type { MultisigPublicKey } from '../../schemes/multisig/key.js';
import { type AlliancePublicKey, keyIdOf } from '../../schemes/public-key.js';
import { policyMembers } from '../../quorum/policy/policy.js';
import { Attempt, attemptKey } from './attempt.js';
import { type AnyCeremony, type CeremonyMove, firstOrder, orderCeremony, type OrderRefused } from './ceremony-order.js';
import { findBadMove, findClash } from './key-checks.js';
import type { MoveFailure, MoveRefused } from './moves-errors.js';
import type { MovesOutcome, NamedCulprit } from './moves-outcome.js';
import { type MovesPlan, orderedMoves, type PlannedMove } from './moves-plan.js';
import type { SpokenIdentity } from './spoken-identity.js';

/** What a change may ask of the log, and of whoever keeps its entries. */
const movesLimits = {
  /** Of one key. */
  attempts: 16,
} as const;

/** Something that was said in a ceremony of the change, and mattered. */
export interface TakenEntry {
  readonly from: ProcessId;
  readonly bytes: Uint8Array;
}

export class MovesMachine {
  readonly entries: TakenEntry[] = [];
  /** How many had been taken when all keys had moved. */
  movedAfter: number | undefined;
  private readonly queue: readonly PlannedMove[];
  private readonly keys = new Map<string, AlliancePublicKey>();
  private readonly attempts = new Map<string, Attempt>();
  private readonly register = new CeremonyRegister();
  private current: Attempt | undefined;
  private failure: MoveFailure | undefined;

  /** A machine that nothing was said to; or why the keys cannot be moved so. */
  static begin(plan: MovesPlan): Either<MoveRefused, MovesMachine> {
    const bad = findBadMove(plan);
    if (bad !== undefined) return E.left(bad);
    const first = new Map<string, AnyCeremony>();
    const collected = new Map<string, AlliancePublicKey>();
    for (const move of plan.moves) {
      if (move._tag === 'collect') {
        const made = collect(plan, move);
        if (E.isLeft(made)) return made;
        collected.set(move.role, made.right);
      } else {
        const ordered = firstOrder(plan, move);
        if (E.isLeft(ordered)) return ordered;
        first.set(move.role, ordered.right);
      }
    }
    return E.right(new MovesMachine(plan, { first, collected }));
  }

  private constructor(
    readonly plan: MovesPlan,
    /** By role: the ceremonies that come first, and what needs none. */
    private readonly begun: {
      readonly first: ReadonlyMap<string, AnyCeremony>;
      readonly collected: ReadonlyMap<string, AlliancePublicKey>;
    },
  ) {
    this.queue = orderedMoves(plan);
    this.advance();
  }

  /** The attempt that is open, and those that were committed, of which late words are still heard. */
  get live(): readonly Attempt[] {
    return [...this.attempts.values()].filter((attempt) => attempt.state._tag !== 'aborted');
  }

  /** Takes an entry of the log; false where nothing came of it. */
  take(from: ProcessId, bytes: Uint8Array, identity?: SpokenIdentity): boolean {
    const envelope = readEnvelope(bytes);
    const attempt = envelope === undefined ? undefined : this.attempts.get(attemptKey(envelope));
    if (attempt === undefined || !attempt.take(from, bytes, identity)) return false;
    this.entries.push({ from, bytes: Uint8Array.from(bytes) });
    if (attempt === this.current) this.advance();
    return true;
  }

  get outcome(): MovesOutcome {
    const attempts = [...this.attempts.values()];
    const report = {
      keys: new Map(this.keys),
      culprits: this.culprits,
      sharings: attempts.flatMap(({ sharing }) => sharing ?? []),
      unacknowledged: new Map(
        attempts.flatMap(({ name, state }) =>
          state._tag === 'committed' ? [[name.role, state.unacknowledged] as const] : [],
        ),
      ),
    };
    if (this.failure !== undefined) return { _tag: 'failed', why: this.failure, ...report };
    const state = this.current?.state;
    if (this.current === undefined || state?._tag !== 'running') return { _tag: 'moved', ...report };
    return { _tag: 'running', ...this.current.name, round: state.round.kinds[0], awaited: state.awaited, ...report };
  }

  private get culprits(): readonly NamedCulprit[] {
    return [...this.attempts.values()].flatMap(({ culprits }) => culprits);
  }

  /** Goes on until something has to be said. */
  private advance(): void {
    while (this.failure === undefined) {
      const { current } = this;
      if (current === undefined) {
        const move = this.queue[this.keys.size];
        if (move === undefined) {
          this.movedAfter ??= this.entries.length;
          return;
        }
        this.begin(move);
        continue;
      }
      const { state } = current;
      if (state._tag === 'running') return;
      if (state._tag === 'aborted') this.tryAgain(current, state.reason);
      else this.come(current.move, state.settlement.key.publicKey);
    }
  }

  private begin(move: PlannedMove): void {
    const { first, collected } = this.begun;
    if (move._tag === 'collect') this.come(move, present(collected.get(move.role), 'a key of what was brought'));
    else this.open(move, this.withoutCulprits(move, present(first.get(move.role), 'a ceremony of every other key')));
  }

  /** Whoever was proven wrong about one key deals nothing of the next. */
  private withoutCulprits(move: CeremonyMove, setting: AnyCeremony): Either<OrderRefused, AnyCeremony> {
    const culprits = this.proven;
    if (culprits.length === 0) return E.right(setting);
    const { kind, attempt, absent, culprits: before } = setting.terms;
    return orderCeremony(this.plan, move, { kind, attempt, absent, culprits: [...before, ...culprits] });
  }

  private open(move: CeremonyMove, ordered: Either<OrderRefused, AnyCeremony>): void {
    this.current = undefined;
    if (E.isLeft(ordered)) {
      this.failure = asFailure(ordered.left);
      return;
    }
    const attempt = new Attempt(this.plan, move, ordered.right);
    const { id: ceremonyId, terms } = ordered.right;
    const opened = this.register.open({
      keyId: this.registeredId(move, ordered.right),
      ceremonyId,
      subject: terms.subject,
    });
    invariant(E.isRight(opened), 'one attempt at a key is open at a time, and each is another one');
    this.attempts.set(attemptKey(attempt.name), attempt);
    this.current = attempt;
  }

  /** A key that came out stays registered as on its way: no other attempt from it, whatever becomes of the change. */
  private come({ role }: PlannedMove, key: AlliancePublicKey): void {
    this.current = undefined;
    this.keys.set(role, key);
    this.failure = findClash(this.plan, this.keys);
  }

  private tryAgain({ board, move, setting, name }: Attempt, reason: AbortReason): void {
    this.register.end(this.registeredId(move, setting), name.ceremonyId);
    const { role, attempt, kind } = name;
    const isPlain = kind === 'reshare-plain';
    const wouldChange = reason._tag === 'NotExact' || reason._tag === 'KeyWouldChange';
    if (reason._tag === 'SharesTooLong' || (wouldChange && (isPlain || !isMoved(move)))) {
      this.failure = { _tag: 'Unmovable', role, reason };
    } else if (attempt >= movesLimits.attempts) {
      this.failure = { _tag: 'NoAttemptLeft', role, last: reason };
    } else {
      const terms = { ...nextAttempt(board, this.proven), kind: wouldChange ? ('reshare-plain' as const) : kind };
      this.open(move, orderCeremony(this.plan, move, terms));
    }
  }

  private get proven(): readonly ProcessId[] {
    return [...new Set(this.culprits.map(({ process }) => process))];
  }

  private registeredId(move: CeremonyMove, { terms }: AnyCeremony) {
    if (move._tag === 'generate') return generationId(terms);
    const key = move._tag === 'accept' ? move.publicKey : this.plan.keys.get(move.role);
    return keyIdOf(present(key, 'a key that is moved'));
  }
}

function isMoved({ _tag }: CeremonyMove): boolean {
  return _tag === 'refresh' || _tag === 'reshare';
}

/** What there was to move when the change began is there still. */
function asFailure(refused: OrderRefused): MoveFailure {
  invariant(refused._tag !== 'NothingToMove', 'a key that was moved once is there');
  return refused;
}

/** The key of multisignatures that comes of what everybody keeps and brings. */
function collect(
  { keys, epoch }: MovesPlan,
  { role, usage, policy, brought }: Extract<PlannedMove, { readonly _tag: 'collect' }>,
): Either<MoveRefused, MultisigPublicKey> {
  const before = keys.get(role);
  const kept = before?._tag === 'multisig' ? before.publicKeys : undefined;
  const publicKeys = new Map<ProcessId, Ed25519PublicKey>();
  for (const process of policyMembers(policy)) {
    const key = brought.get(process) ?? kept?.get(process);
    if (key === undefined) return E.left({ _tag: 'KeyNotBrought', role, process });
    publicKeys.set(process, key);
  }
  return E.right({ _tag: 'multisig', usage, epoch, policy, publicKeys });
}
