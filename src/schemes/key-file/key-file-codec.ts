/** Key files as JSON. Those of key shares are secret unless they are sealed. */
import * as t from 'io-ts';
import {
  type DecodeError,
  decodeJson,
  hexBytes,
  hexDigest,
  integer,
  record,
  refined,
  text,
} from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { processCodec } from '../../prelude/process-codec.js';
import { allianceKeyShareCodec } from '../key-share-codec.js';
import { alliancePublicKeyCodec } from '../public-key-codec.js';
import { findScheme, type SchemeId } from '../registry.js';
import { taggedCodec } from '../tagged-codec.js';
import { keyUsages } from '../contract/usage.js';
import { usageCodec } from '../contract/usage-codec.js';
import type { KeyFile } from './key-file.js';
import { type Sealing, sealingLimits } from './sealing.js';

/** No key file is longer, so readers need read no more. */
export const maxKeyFileBytes = 1 << 24;

/** Newer files are refused by older software. */
const newestVersion = 1;

const maxContributionBytes = 1 << 22;
const maxSealedBytes = 1 << 23;

const schemeCodec: t.Type<SchemeId, unknown> = refined(text(32), 'a known scheme', (name) => {
  const found = findScheme(name);
  return E.isRight(found) ? found.right : undefined;
});

const { minCost, maxCost, r, maxParallelism, saltLength } = sealingLimits;

const sealingCodec: t.Type<Sealing, unknown> = record('scrypt with its parameters', {
  kdf: t.literal('scrypt'),
  n: refined(integer(minCost, maxCost), `a power of two from ${minCost} to ${maxCost}`, (cost) =>
    Number.isInteger(Math.log2(cost)) ? cost : undefined,
  ),
  r: integer(r, r),
  p: integer(1, maxParallelism),
  salt: refined(hexBytes(saltLength), `${saltLength} bytes`, (salt) => (salt.length === saltLength ? salt : undefined)),
});

const unversionedCodec: t.Type<KeyFile, unknown> = taggedCodec<KeyFile>('a key file', {
  'public-key': record('a public key', { _tag: t.literal('public-key'), key: alliancePublicKeyCodec }),
  'key-share': record('a key share', {
    _tag: t.literal('key-share'),
    key: alliancePublicKeyCodec,
    share: allianceKeyShareCodec,
  }),
  'sealed-key-share': record('a key share under a passphrase', {
    _tag: t.literal('sealed-key-share'),
    process: processCodec,
    key: alliancePublicKeyCodec,
    sealing: sealingCodec,
    sealed: hexBytes(maxSealedBytes),
  }),
  contribution: record('a share of a result', {
    _tag: t.literal('contribution'),
    scheme: schemeCodec,
    usage: usageCodec(keyUsages),
    keyId: hexDigest,
    epoch: integer(0),
    sharing: hexDigest,
    process: processCodec,
    input: hexDigest,
    contribution: hexBytes(maxContributionBytes),
  }),
});

const keyFileCodec: t.Type<KeyFile, object> = new t.Type<KeyFile, object, unknown>(
  'a key file',
  (value): value is KeyFile => unversionedCodec.is(value),
  (value, context) => {
    if (typeof value !== 'object' || value === null || !('version' in value)) {
      return t.failure(value, context, 'a file that koinon key has written');
    }
    const { version, ...rest } = value;
    if (version === newestVersion) return unversionedCodec.validate(rest, context);
    const isNewer = typeof version === 'number' && version > newestVersion;
    const expected = `version ${newestVersion}${isNewer ? ', which is the newest that this koinon knows: update koinon' : ''}`;
    return t.failure(value, [...context, { key: 'version', type: t.number }], expected);
  },
  (file) => ({ version: newestVersion, ...(unversionedCodec.encode(file) as object) }),
);

/** The JSON value of a file. */
export function keyFileJson(file: KeyFile): object {
  return keyFileCodec.encode(file);
}

/** The file's text. Secret for a key share. */
export function printKeyFile(file: KeyFile): string {
  return `${JSON.stringify(keyFileJson(file), undefined, 2)}\n`;
}

/** The inverse of {@link printKeyFile}, for text that anybody may have written. The error shows nothing of the text. */
export function parseKeyFile(text: string): Either<DecodeError, KeyFile> {
  return decodeJson(keyFileCodec, text);
}
