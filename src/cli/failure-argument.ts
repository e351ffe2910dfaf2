/** `--availability`: how often servers are up, as one probability or as a file that also names what fails together. */
import { decodeJson } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { type FailureModel, independentServers } from '../quorum/analysis/failure-model.js';
import { failureModelCodec, failureModelOf } from '../quorum/analysis/failure-model-codec.js';
import { badInput, type Failure } from './outcome.js';
import { badWriting, type Language, readWritten } from './written-argument.js';

const language: Language = {
  name: 'a failure model',
  example: '{"server": 0.99, "organization": 0.999}',
  looksWritten: /\{/,
};

/** @param members - of the policy in question. */
export async function failuresOf(
  argument: string,
  members: readonly ProcessId[],
): Promise<Either<Failure, FailureModel>> {
  if (/^[-+.\d]/.test(argument)) return independent(argument);
  const written = await readWritten(argument, language);
  if (E.isLeft(written)) return written;
  const decoded = decodeJson(failureModelCodec, written.right.text);
  if (E.isRight(decoded)) return E.right(failureModelOf(decoded.right, members));
  return badWriting(written.right, `at ${decoded.left.path}: expected ${decoded.left.expected}`);
}

function independent(text: string): Either<Failure, FailureModel> {
  const up = /^(0|1|0?\.\d{1,17}|1\.0{1,17}|0\.\d{1,17})$/.test(text) ? Number(text) : Number.NaN;
  if (up >= 0 && up <= 1) return E.right(independentServers(() => up));
  return badInput(`--availability ${text}: expected a probability from 0 to 1, such as 0.99, or a file`);
}
