/**
 * Management through an alliance's own log: asks its servers what governance knows, and says what an organization has to say. What
 * comes back is what servers say alike of which one must be correct.
 */
import { concatBytes, equalBytes, fromUtf8 } from '../../prelude/bytes.js';
import { digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { type Act, encodeAct } from '../../management/acts/act.js';
import { actCommands, queryCommand } from '../../services/membership/commands.js';
import { pieceLimits } from '../../services/membership/pieces.js';
import { decodeResult } from '../../services/membership/result-codec.js';
import type { ToldEvent } from '../../services/membership/result-shapes.js';
import { decodeView, maxViewBytes } from '../../services/membership/view-codec.js';
import type { ViewKind, Views } from '../../services/membership/view-shapes.js';
import { readViewPart, type ViewPart } from '../../services/membership/views.js';
import type { ExecutionOutcome } from '../proposals.js';
import type { AskError, SayError, Unanswered } from './errors.js';

/** Has commands of one session executed, in the order in which they are given: an `AllianceClient`. */
export interface Executing {
  execute(command: Uint8Array): Promise<ExecutionOutcome>;
}

/** What came of an act, and where it stands. */
export interface TakenAct {
  readonly slot: number;
  readonly events: readonly ToldEvent[];
}

/** How often a view is begun again whose parts were of different states, or of which a part stayed without an answer. */
const attempts = 5;

const mostActBytes = pieceLimits.pieces * pieceLimits.pieceBytes;

export class GovernanceClient {
  constructor(private readonly client: Executing) {}

  /**
   * What governance shows of itself, as of one position of the log.
   *
   * @param number - of the proposal that is asked for, where `kind` takes one.
   */
  async ask<K extends ViewKind>(kind: K, number = 0): Promise<Either<AskError, Views[K]>> {
    let whole = await this.readWhole(kind, number);
    for (let attempt = 1; attempt < attempts && E.isLeft(whole) && isWorthAnother(whole.left); attempt++)
      whole = await this.readWhole(kind, number);
    if (E.isLeft(whole)) return whole;
    const json = fromUtf8(whole.right);
    const shown = json === undefined ? undefined : decodeView(kind, json);
    return shown === undefined ? E.left({ _tag: 'NotUnderstood', what: `a view "${kind}"` }) : E.right(shown);
  }

  /** Says something in the log, for whoever signed it; resolves with what came of it. */
  async say(act: Act): Promise<Either<SayError, TakenAct>> {
    const bytes = encodeAct(act);
    if (bytes.length > mostActBytes)
      return E.left({ _tag: 'ActTooLong', bytes: bytes.length, mostBytes: mostActBytes });
    // All at once, so that nothing else of this session comes in between.
    const sent = actCommands(bytes).map((command) => this.client.execute(command));
    const said = (await Promise.all(sent)).map(takenFrom);
    const refused = said.find((each) => E.isLeft(each) && each.left._tag === 'Refused');
    return refused ?? said.at(-1) ?? E.left({ _tag: 'Unanswered', reason: 'there was nothing to say' });
  }

  private async readWhole(kind: ViewKind, number: number): Promise<Either<AskError, Uint8Array>> {
    const parts: Uint8Array[] = [];
    let length = 0;
    let first: ViewPart | undefined;
    do {
      const read = await this.readPart(kind, number, length);
      if (E.isLeft(read)) return read;
      const part = read.right;
      first ??= part;
      if (first.totalBytes === 0) return E.left({ _tag: 'NothingThere', kind, number });
      if (first.totalBytes > maxViewBytes) return E.left({ _tag: 'NotUnderstood', what: 'an endless view' });
      if (!equalBytes(part.digest, first.digest) || part.bytes.length === 0)
        return E.left({ _tag: 'KeepsChanging', kind });
      parts.push(part.bytes);
      length += part.bytes.length;
    } while (length < first.totalBytes);
    const whole = concatBytes(...parts);
    return equalBytes(digest(whole), first.digest) ? E.right(whole) : E.left({ _tag: 'KeepsChanging', kind });
  }

  private async readPart(kind: ViewKind, number: number, offset: number): Promise<Either<Unanswered, ViewPart>> {
    const executed = executedFrom(await this.client.execute(queryCommand({ kind, number, offset })));
    if (E.isLeft(executed)) return executed;
    const { slot, result } = executed.right;
    // Too many questions stood in its slot.
    if (result.length === 0) return E.left({ _tag: 'ResultUnknown', slot });
    const part = readViewPart(result);
    return part === undefined ? E.left({ _tag: 'NotUnderstood', what: 'a part of a view' }) : E.right(part);
  }
}

function isWorthAnother({ _tag }: AskError): boolean {
  return _tag === 'KeepsChanging' || _tag === 'ResultUnknown';
}

type Executed = Extract<ExecutionOutcome, { _tag: 'executed' }>;

function executedFrom(outcome: ExecutionOutcome): Either<Unanswered, Executed> {
  if (outcome._tag === 'executed') return E.right(outcome);
  if (outcome._tag === 'committed') return E.left({ _tag: 'ResultUnknown', slot: outcome.slot });
  return E.left({ _tag: 'Unanswered', reason: outcome.reason });
}

/** What came of a piece; of one that is not the last, nothing yet. */
function takenFrom(outcome: ExecutionOutcome): Either<SayError, TakenAct> {
  const executed = executedFrom(outcome);
  if (E.isLeft(executed)) return executed;
  const json = fromUtf8(executed.right.result);
  const result = json === undefined ? undefined : decodeResult(json);
  if (result === undefined) return E.left({ _tag: 'NotUnderstood', what: 'a result' });
  if (result._tag === 'refused') return E.left({ _tag: 'Refused', error: result.error, says: result.says });
  const events = result._tag === 'taken' ? result.events : [];
  return E.right({ slot: executed.right.slot, events });
}
