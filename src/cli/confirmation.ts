/** A question that a person answers on standard input before something is done that cannot be taken back. */
import { createInterface } from 'node:readline';
import type { Digest } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { isSpoken, spokenLines } from '../management/founding/spoken-digest.js';
import { exitCodes, type Failure } from './outcome.js';
import type { Session } from './session.js';

/** Whether the first line of the answer is `yes`. */
async function isConfirmed(question: string, { io }: Session): Promise<boolean> {
  io.stderr.write(question);
  const lines = createInterface({ input: io.stdin });
  for await (const line of lines) {
    lines.close();
    return line.trim().toLowerCase() === 'yes';
  }
  return false;
}

/**
 * Has `value` compared with what others read out: by the words that were heard, or by a person who is asked.
 *
 * @param option - by which the words are given.
 */
export async function compareWords(
  value: Digest,
  {
    heard,
    option,
    question,
  }: { readonly heard: string | undefined; readonly option: string; readonly question: string },
  session: Session,
): Promise<Either<Failure, void>> {
  const no = (message: string): Either<Failure, never> => E.left({ exitCode: exitCodes.no, message });
  if (heard !== undefined) {
    if (isSpoken(value, heard)) return E.right(undefined);
    return no(
      `these are not the words that were expected: they are "${spokenLines(value).join(' ')}"; nothing was done`,
    );
  }
  for (const line of spokenLines(value)) session.note(`    ${line}`);
  if (await isConfirmed(`${question} Type yes: `, session)) return E.right(undefined);
  return no(`nothing was done: compare the words, then answer yes, or give them with ${option}`);
}
