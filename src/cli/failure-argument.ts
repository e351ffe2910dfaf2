/** `--availability`: how often servers are up, as one probability or as a file that also names what fails together. */
import { decodeJson } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { type FailureModel, independentServers } from '../quorum/analysis/availability/failure-model.js';
import {
  failureModelCodec,
  type FailureModelJson,
  failureModelOf,
} from '../quorum/analysis/availability/failure-model-codec.js';
import { badInput, type Failure } from './outcome.js';
import { readAs } from './written-argument.js';

/** @param members - of the policy in question. */
export function failuresOf(argument: string, members: readonly ProcessId[]): Promise<Either<Failure, FailureModel>> {
  if (/^[-+.\d]/.test(argument)) return Promise.resolve(independent(argument));
  return readAs(argument, {
    name: 'a failure model',
    example: '{"server": 0.99, "organization": 0.999}',
    looksWritten: /\{/,
    parseJson: (text) =>
      E.chain((json: FailureModelJson) => failureModelOf(json, members))(decodeJson(failureModelCodec, text)),
  });
}

function independent(text: string): Either<Failure, FailureModel> {
  const up = /^(0|1|0?\.\d{1,17}|1\.0{1,17}|0\.\d{1,17})$/.test(text) ? Number(text) : Number.NaN;
  if (up >= 0 && up <= 1) return E.right(independentServers(() => up));
  return badInput(`--availability ${text}: expected a probability from 0 to 1, such as 0.99, or a file`);
}
