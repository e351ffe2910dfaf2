/** Names of processes as JSON. */
import type * as t from 'io-ts';
import { refined, text } from './codec.js';
import { type ProcessId, processId } from './process.js';

/** No name is longer: two parts of 63 characters, and what stands between them. */
const maxLength = 127;

export const processCodec: t.Type<ProcessId, unknown> = refined(
  text(maxLength),
  'a name or organization/server',
  processId,
);
