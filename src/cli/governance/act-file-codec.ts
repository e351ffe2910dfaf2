/** An act that administrators sign one after another, as a file: with the document that it is about, so that they see what it does. */
import * as t from 'io-ts';
import { canonicalJson, type DecodeError, decodeJson, hexBytes, integer, record } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { actLimits } from '../../management/acts/act.js';
import { decodeAlliance, encodeAlliance, maxAllianceBytes } from '../../management/alliance-codec.js';
import type { Alliance } from '../../management/alliance.js';

export interface ActFile {
  readonly act: Uint8Array;
  /** In force when it was drafted. */
  readonly document: Alliance;
  /** The signed PROPOSE that it is about, where it is about one. */
  readonly about?: Uint8Array;
}

const version = 1;
const wholeBytes = actLimits.bodyBytes + actLimits.actBytes;

export const maxActFileBytes = 4 * wholeBytes + maxAllianceBytes;

const fileCodec = record(
  'an act that is to be signed',
  { koinon: t.literal('act'), version: integer(version, version), act: hexBytes(wholeBytes), document: t.unknown },
  { about: hexBytes(wholeBytes) },
);

export function printActFile({ document, ...parts }: ActFile): string {
  return `${canonicalJson(fileCodec.encode({ koinon: 'act', version, document: encodeAlliance(document), ...parts }))}\n`;
}

export function parseActFile(text: string): Either<DecodeError, ActFile> {
  const file = decodeJson(fileCodec, text);
  if (E.isLeft(file)) return file;
  const { act, about, document } = file.right;
  const alliance = decodeAlliance(document);
  if (E.isLeft(alliance))
    return E.left({ _tag: 'DecodeError', path: '/document', expected: 'an alliance document that is consistent' });
  return E.right({ act, document: alliance.right, ...(about === undefined ? {} : { about }) });
}
