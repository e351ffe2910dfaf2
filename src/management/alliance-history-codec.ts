/**
 * A history as JSON: `{"version": 1, "epochs": [{"document": {…}, "founded": […], "enacted": "hex", "handoff": {"slot": 512, "chain": "hex", "state":
 * "hex", "signature": "hex"}}, …]}`, from epoch 1 on (spec/wire.md, "Histories").
 */
import * as t from 'io-ts';
import { type DecodeError, decodeJson, hexBytes, hexDigest, integer, list, record, refined } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';
import { decodeAlliance, encodeAlliance } from './alliance-codec.js';
import type { HistoryEntry, RecordedHandoff } from './alliance-history.js';
import { type AllianceError, describeAllianceError } from './errors.js';
import { consentsCodec } from './founding/consent-codec.js';
import { restartCodec } from './recovery/restart-codec.js';

/** Newer histories are refused by older software. */
const historyVersion = 1;
const maxEpochs = 100_000;
const maxSignatureBytes = 1 << 18;
/** No history is longer, in bytes. */
export const maxHistoryBytes = 1 << 28;

export type HistoryFormError =
  | DecodeError
  /** `epoch` counts from 1, as it stands there. */
  | { readonly _tag: 'BadDocument'; readonly epoch: number; readonly error: AllianceError };

export function describeHistoryFormError(error: HistoryFormError): string {
  return error._tag === 'DecodeError'
    ? `at ${error.path}: expected ${error.expected}`
    : `document ${error.epoch}: ${describeAllianceError(error.error)}`;
}

const signatureCodec: t.Type<Signature, unknown> = refined(
  hexBytes(maxSignatureBytes),
  'a signature in hexadecimal',
  (bytes) => bytes as Signature,
);

const handoffCodec: t.Type<RecordedHandoff, unknown> = record('a HANDOFF', {
  slot: integer(1),
  chain: hexDigest,
  state: hexDigest,
  signature: signatureCodec,
});

/** Documents are decoded for themselves, so that what is wrong with one is said as of any other. */
const fileCodec = record('the history of an alliance', {
  version: t.literal(historyVersion),
  epochs: list(
    record(
      'an epoch',
      { document: t.unknown },
      { founded: consentsCodec, enacted: signatureCodec, handoff: handoffCodec, restart: restartCodec },
    ),
    maxEpochs,
    1,
  ),
});

export function decodeHistoryText(json: string): Either<HistoryFormError, readonly HistoryEntry[]> {
  const file = decodeJson(fileCodec, json);
  if (E.isLeft(file)) return file;
  const entries: HistoryEntry[] = [];
  for (const [index, { document, ...signed }] of file.right.epochs.entries()) {
    const decoded = decodeAlliance(document);
    if (E.isLeft(decoded)) return E.left({ _tag: 'BadDocument', epoch: index + 1, error: decoded.left });
    entries.push({ document: decoded.right, ...signed });
  }
  return E.right(entries);
}

export function encodeHistory(entries: readonly HistoryEntry[]): unknown {
  const epochs = entries.map(({ document, ...signed }) => ({ document: encodeAlliance(document), ...signed }));
  return fileCodec.encode({ version: historyVersion, epochs });
}
