/** `server.json` and `application.json`: whose directory this is, and of which alliance. */
import * as t from 'io-ts';
import { hexDigest, integer, record, refined, text } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { type ProcessId, processId } from '../../prelude/process.js';

/** Newer files are refused by older software. */
export const directoryVersion = 1;

export interface DirectoryOwner {
  readonly version: typeof directoryVersion;
  /** `organization/server` or `organization/application`. */
  readonly id: ProcessId;
  /** Never changes, so that the document of another alliance is noticed. */
  readonly allianceId: Digest;
}

export const directoryOwnerCodec: t.Type<DirectoryOwner, unknown> = record('the owner of a directory', {
  version: t.literal(directoryVersion),
  id: refined(text(127), 'organization/name', processId),
  allianceId: hexDigest,
});

/** The version that a file of any form claims. */
export const versionCodec: t.Type<{ readonly version: number }, unknown> = t.type({ version: integer(1) });
