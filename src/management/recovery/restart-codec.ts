/** RESTART as JSON: in `restart.json`, with the document that it names, and within histories (spec/wire.md, "Recovery"). */
import * as t from 'io-ts';
import {
  type DecodeError,
  decodeJson,
  hexBytes,
  hexDigest,
  integer,
  list,
  printedJson,
  record,
  refined,
  text,
} from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { isName } from '../../prelude/process.js';
import { chunkCountOf, type Manifest, maxChunks } from '../../prelude/state-digest.js';
import type { Signature } from '../../schemes/contract/distributed-signer.js';
import { signatureLength } from '../../schemes/ed25519/encoding.js';
import { decodeAlliance, encodeAlliance } from '../alliance-codec.js';
import { type AllianceError, describeAllianceError } from '../errors.js';
import type { RecoverySignature, Restart, RestartFile } from './restart.js';

/** Newer files are refused by older software. */
const restartVersion = 1;
const maxSignatures = 1000;
const maxDecidedBytes = 1 << 16;

const manifestJson = record('the manifest of a state', {
  chunks: integer(1, maxChunks),
  bytes: integer(1),
  root: hexDigest,
});

const manifestCodec: t.Type<Manifest, unknown> = new t.Type<Manifest, unknown>(
  manifestJson.name,
  (value): value is Manifest => typeof value === 'object',
  (value, context) => {
    const read = manifestJson.validate(value, context);
    if (E.isLeft(read)) return read;
    const { chunks: chunkCount, bytes: byteLength, root } = read.right;
    return chunkCount === chunkCountOf(byteLength)
      ? t.success({ chunkCount, byteLength, root })
      : t.failure(value, context);
  },
  ({ chunkCount, byteLength, root }) => manifestJson.encode({ chunks: chunkCount, bytes: byteLength, root }),
);

const recoverySignatureCodec: t.Type<RecoverySignature, unknown> = record('the signature of an organization', {
  organization: refined(text(63), 'the name of an organization', (name) => (isName(name) ? name : undefined)),
  signature: refined(hexBytes(signatureLength), `a signature of ${signatureLength} bytes`, (bytes) =>
    bytes.length === signatureLength ? bytes : undefined,
  ),
});

/** One that is still to be signed has no signatures. */
export const restartCodec: t.Type<Restart, unknown> = record(
  'a RESTART',
  {
    slot: integer(1),
    chain: hexDigest,
    manifest: manifestCodec,
    notBefore: integer(0),
    signatures: list(recoverySignatureCodec, maxSignatures),
  },
  { decided: refined(hexBytes(maxDecidedBytes), 'a signature in hexadecimal', (bytes) => bytes as Signature) },
);

const fileCodec = record('a restart', {
  version: t.literal(restartVersion),
  restart: restartCodec,
  document: t.unknown,
});

export type RestartFormError = DecodeError | { readonly _tag: 'BadNextDocument'; readonly error: AllianceError };

export function describeRestartFormError(error: RestartFormError): string {
  return error._tag === 'DecodeError'
    ? `at ${error.path}: expected ${error.expected}`
    : `its document: ${describeAllianceError(error.error)}`;
}

export function decodeRestartText(json: string): Either<RestartFormError, RestartFile> {
  const file = decodeJson(fileCodec, json);
  if (E.isLeft(file)) return file;
  const document = decodeAlliance(file.right.document);
  if (E.isLeft(document)) return E.left({ _tag: 'BadNextDocument', error: document.left });
  return E.right({ restart: file.right.restart, document: document.right });
}

export function printRestart({ restart, document }: RestartFile): string {
  return printedJson(fileCodec.encode({ version: restartVersion, restart, document: encodeAlliance(document) }));
}
