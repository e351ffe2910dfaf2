/** Public keys in the forms that other software reads. */
import { printedJson } from '../../../prelude/codec.js';
import { createPublicKey } from 'node:crypto';
import { toHex } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Ed25519PublicKey } from '../../../schemes/ed25519/encoding.js';
import type { MultisigPublicKey } from '../../../schemes/multisig/key.js';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import { alliancePublicKeyCodec } from '../../../schemes/public-key-codec.js';
import type { ShoupRsaPublicKey } from '../../../schemes/shoup-rsa/key.js';
import { beaconChain } from '../../../schemes/uses/beacon.js';
import { beaconSchemeOf } from '../../../schemes/uses/drand-rounds.js';
import { drandChainCodec } from '../../../schemes/uses/drand-chain-codec.js';
import { publicKeyJwk, publicKeyPem } from '../../../schemes/shoup-rsa/public-key-pem.js';

import { schemeText } from './key-description.js';
import { describeKeyError } from '../key-errors.js';

export const exportFormats = ['pem', 'jwk', 'hex', 'json', 'drand'] as const;

export type ExportFormat = (typeof exportFormats)[number];

export interface Exported {
  readonly format: ExportFormat;
  readonly text: string;
}

/** What the members of a beacon agree on besides its key. */
interface BeaconTerms {
  readonly periodSeconds: number;
  readonly genesisTimeSeconds: number;
  readonly beaconId: string;
  readonly isChained: boolean;
}

/**
 * The chain of a beacon's key as drand's clients know it.
 *
 * @returns why there is none, or the text.
 */
export function exportChain(key: AlliancePublicKey, { isChained, ...terms }: BeaconTerms): Either<string, Exported> {
  const scheme = key._tag === 'bls' ? beaconSchemeOf(key.suite, isChained) : undefined;
  if (scheme === undefined) {
    return E.left(`drand has no ${isChained ? 'chained ' : ''}beacons of ${schemeText(key)}`);
  }
  const chain = beaconChain(key, { ...terms, scheme });
  if (E.isLeft(chain)) return E.left(describeKeyError(chain.left));
  return E.right({ format: 'drand', text: printedJson(drandChainCodec.encode(chain.right)) });
}

/** @param wanted - the scheme's first format if absent. @returns why the scheme has no such form, or the text. */
export function exportKey(key: AlliancePublicKey, wanted: ExportFormat | undefined): Either<string, Exported> {
  const writers = writersOf(key);
  const formats = exportFormats.filter((format) => writers[format] !== undefined);
  const format = wanted ?? formats[0] ?? 'json';
  const write = writers[format];
  if (write !== undefined) return E.right({ format, text: write() });
  return E.left(`a key of scheme ${key._tag} is exported as ${formats.join(', ')}, not as ${format}`);
}

type Writers = Readonly<Partial<Record<ExportFormat, () => string>>>;

function writersOf(key: AlliancePublicKey): Writers {
  const json = () => printedJson(alliancePublicKeyCodec.encode(key));
  switch (key._tag) {
    case 'multisig':
      return { ...multisigWriters(key), json };
    case 'shoup-rsa':
      return { ...rsaWriters(key), json };
    case 'bls':
      return { hex: () => `${toHex(key.groupKey)}\n`, json };
    default:
      return assertNever(key);
  }
}

function rsaWriters(key: ShoupRsaPublicKey): Writers {
  return { pem: () => publicKeyPem(key), jwk: () => printedJson(publicKeyJwk(key)) };
}

/** Each member's key, which verifies that member's part of a certificate. */
function multisigWriters({ publicKeys }: MultisigPublicKey): Writers {
  const holders = [...publicKeys];
  return {
    pem: () => holders.map(([id, key]) => `${id}\n${ed25519Pem(key)}`).join(''),
    jwk: () => printedJson({ keys: holders.map(([id, key]) => ed25519Jwk(id, key)) }),
  };
}

function ed25519Jwk(id: ProcessId, key: Ed25519PublicKey): object {
  return { kty: 'OKP', crv: 'Ed25519', use: 'sig', kid: id, x: Buffer.from(key).toString('base64url') };
}

function ed25519Pem(key: Ed25519PublicKey): string {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') };
  return createPublicKey({ format: 'jwk', key: jwk }).export({ type: 'spki', format: 'pem' }).toString();
}
