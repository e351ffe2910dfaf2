/** FOUNDED as organizations exchange it, and as histories keep it (spec/wire.md, "Founding"). */
import * as t from 'io-ts';
import { type DecodeError, decodeJson, hexBytes, hexDigest, list, record, refined, text } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { isName } from '../../prelude/process.js';
import { processCodec } from '../../prelude/process-codec.js';
import { signatureLength } from '../../schemes/ed25519/encoding.js';
import { type ActSignature, actLimits } from '../acts/act.js';
import type { Consent } from '../founding-consent.js';

const signatureCodec: t.Type<ActSignature, unknown> = record('a signature of an administrator', {
  by: processCodec,
  signature: refined(hexBytes(signatureLength), `a signature of ${signatureLength} bytes`, (bytes) =>
    bytes.length === signatureLength ? bytes : undefined,
  ),
});

const consentCodec: t.Type<Consent, unknown> = record('the consent of an organization', {
  organization: refined(text(63), 'the name of an organization', (name) => (isName(name) ? name : undefined)),
  signatures: list(signatureCodec, actLimits.signatures, 1),
});

/** As many as an alliance has organizations. */
const maxConsents = 1000;

export const consentsCodec: t.Type<readonly Consent[], unknown> = list(consentCodec, maxConsents);

/** Consents of some organizations, on their way to the others. */
export interface GatheredConsents {
  readonly allianceId: Digest;
  readonly consents: readonly Consent[];
}

/** Newer files are refused by older software. */
const consentsVersion = 1;
/** In bytes. */
export const maxConsentsBytes = 16 << 20;

const gatheredCodec = record('consents to the founding of an alliance', {
  version: t.literal(consentsVersion),
  allianceId: hexDigest,
  consents: consentsCodec,
});

export function decodeConsentsText(json: string): Either<DecodeError, GatheredConsents> {
  const decoded = decodeJson(gatheredCodec, json);
  if (E.isLeft(decoded)) return decoded;
  const { allianceId, consents } = decoded.right;
  return E.right({ allianceId, consents });
}

export function printConsents({ allianceId, consents }: GatheredConsents): string {
  return `${JSON.stringify(gatheredCodec.encode({ version: consentsVersion, allianceId, consents }), undefined, 2)}\n`;
}
