/** One attempt at one key while the log speaks of it: its board, and what remains of it when it has failed. */
import { toHex } from '../../prelude/bytes.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { CeremonyBoard, type CeremonyState } from '../../schemes/ceremony/board.js';
import { boxReceivers } from '../../schemes/ceremony/rounds/deal-message.js';
import { type Envelope, readEnvelope } from '../../schemes/ceremony/rounds/envelope.js';
import { keyIdOf, type ThresholdPublicKey } from '../../schemes/public-key.js';
import type { AnyCeremony, CeremonyMove } from './ceremony-order.js';
import type { AttemptName, NamedCulprit, Sharing } from './moves-outcome.js';
import type { MovesPlan } from './moves-plan.js';
import { identityFor, type SpokenIdentity } from './spoken-identity.js';

export type AnyBoard = CeremonyBoard<unknown, ThresholdPublicKey>;

export class Attempt {
  readonly name: AttemptName;
  readonly board: AnyBoard;
  private takenCount = 0;

  constructor(
    private readonly plan: MovesPlan,
    readonly move: CeremonyMove,
    readonly setting: AnyCeremony,
  ) {
    const { id, terms } = setting;
    this.name = { role: move.role, kind: terms.kind, attempt: terms.attempt, ceremonyId: id };
    this.board = new CeremonyBoard(setting);
  }

  get state(): CeremonyState<unknown, ThresholdPublicKey> {
    return this.board.state;
  }

  /**
   * Takes an entry of the log; false where nothing came of it, and it need not be kept. What is longer than anything that may be
   * said now is nobody's message: so each sender takes as much room as the ceremony was said to need, and no more.
   *
   * @param identity - whose key signed; absent where it was found right before.
   */
  take(from: ProcessId, bytes: Uint8Array, identity?: SpokenIdentity): boolean {
    if (bytes.length > this.board.maxMessageLength || !this.isRight(from, bytes, identity)) return false;
    const isTaken = this.board.receive(from, bytes, this.takenCount);
    if (isTaken) this.takenCount += 1;
    return isTaken;
  }

  get culprits(): readonly NamedCulprit[] {
    const { role, attempt } = this.name;
    return this.board.culprits.map((culprit) => ({ ...culprit, role, attempt }));
  }

  /**
   * The shares that were handed out: from DEAL on there may be such of a key that is in use. What was generated or accepted is a
   * key only if that was committed.
   */
  get sharing(): Sharing | undefined {
    const { setting, board, state, plan, name } = this;
    const { kind, nextPolicy: policy } = setting.terms;
    const isCommitted = state._tag === 'committed';
    const isNew = kind === 'generate' || kind === 'accept';
    if (!isCommitted && (isNew || board.transcript.rules === undefined)) return undefined;
    const key = isCommitted ? state.settlement.key.publicKey : present(plan.keys.get(name.role), 'a key that is moved');
    const holders = kind === 'accept' ? setting.receivers : boxReceivers(setting, board.transcript);
    return { ...name, keyId: keyIdOf(key), policy, holders, isCommitted };
  }

  private isRight(from: ProcessId, bytes: Uint8Array, identity: SpokenIdentity | undefined): boolean {
    if (identity === undefined || !this.plan.replaced.includes(from)) return true;
    const kind = readEnvelope(bytes)?.kind;
    return kind !== undefined && identityFor(this.setting, from, kind) === identity;
  }
}

/** Names the attempt that a message belongs to, if to any. */
export function attemptKey({ ceremonyId }: Pick<Envelope, 'ceremonyId'>): string {
  return toHex(ceremonyId);
}
