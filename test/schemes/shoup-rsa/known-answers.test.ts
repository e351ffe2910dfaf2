/** Our own known answers (spec/vectors/shoup-rsa.json): numbering of columns and rows, v, key ids and the challenges of proofs. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { present } from '../../../src/prelude/invariant.js';
import { Universe } from '../../../src/prelude/process.js';
import { policyCodec } from '../../../src/quorum/policy/policy-codec.js';
import { dealingRanges, shareBounds } from '../../../src/schemes/sharing/bounds.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { integers } from '../../../src/schemes/sharing/ring.js';
import { deriveBase } from '../../../src/schemes/shoup-rsa/derived-base.js';
import { keyIdOf } from '../../../src/schemes/shoup-rsa/key.js';
import { shoupRsaPublicKeyCodec } from '../../../src/schemes/shoup-rsa/key-codec.js';
import { loadKey } from '../../../src/schemes/shoup-rsa/loaded-key.js';
import { decodeShare } from '../../../src/schemes/shoup-rsa/share-encoding.js';
import { challengeOf } from '../../../src/schemes/shoup-rsa/share-proof.js';
import { makeShoupRsaVerifier } from '../../../src/schemes/shoup-rsa/verifier.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { right } from '../../support/right.js';
import { id, seededRandom, subjectOf } from './setup.js';

interface KnownAnswers {
  readonly compile: readonly {
    readonly policy: unknown;
    readonly columnCount: number;
    readonly scale: string;
    /** Per row: its owner, and [column, coefficient] of each entry. */
    readonly rows: readonly { readonly owner: string; readonly entries: readonly (readonly [number, string])[] }[];
    readonly reconstruction: {
      readonly of: readonly string[];
      readonly lambda: readonly (readonly [number, string])[];
    };
    /** B_r for a secret of 2048 bits. */
    readonly shareBits: readonly number[];
  }[];
  readonly base: readonly { readonly modulus: string; readonly exponent: string; readonly base: string }[];
  /** One for each algorithm of signatures. */
  readonly proofs: readonly {
    readonly algorithm: string;
    readonly publicKey: unknown;
    readonly keyId: string;
    readonly policyDigest: string;
    readonly dealingDigest: string;
    readonly message: string;
    readonly process: string;
    readonly share: string;
    readonly challenge: string;
    readonly signature: string;
    readonly shares: Readonly<Record<string, string>>;
  }[];
}

const url = new URL('../../../spec/vectors/shoup-rsa.json', import.meta.url);
const known = JSON.parse(readFileSync(url, 'utf8')) as KnownAnswers;
const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');
const number = (hex: string) => BigInt(`0x${hex}`);

describe('compile', () => {
  it.each(known.compile)('numbers columns and rows as $policy', ({ policy, columnCount, scale, rows, ...rest }) => {
    const sharing = right(compile(right(decode(policyCodec, policy)), integers));
    expect([sharing.columnCount, `${sharing.scale}`]).toEqual([columnCount, scale]);
    const found = sharing.rows.map(({ owner, entries }) => ({
      owner,
      entries: entries.map(({ column, coefficient }) => [column, `${coefficient}`]),
    }));
    expect(found).toEqual(rows);
    const lambda = reconstruction(sharing, (process) => rest.reconstruction.of.includes(process));
    expect([...(lambda ?? [])].map(([row, factor]) => [row, `${factor}`])).toEqual(rest.reconstruction.lambda);
    expect(shareBounds(sharing, dealingRanges(sharing, 2048)).shareBits).toEqual(rest.shareBits);
  });
});

describe('the derived base', () => {
  it.each(known.base)('v of e = $exponent', ({ modulus, exponent, base }) => {
    expect(deriveBase(number(modulus), number(exponent))?.toString(16)).toBe(base);
  });
});

describe.each(known.proofs)('a share proof of $algorithm', (proof) => {
  const publicKey = right(decode(shoupRsaPublicKeyCodec, proof.publicKey));
  const universe = new Universe(Object.keys(proof.shares).map(id));
  const loaded = right(loadKey(publicKey, universe, seededRandom('unused')));
  const verifier = right(makeShoupRsaVerifier(publicKey, universe));
  const message = bytes(proof.message);
  const shares = new Map(
    Object.entries(proof.shares).map(([name, hex]) => [id(name), bytes(hex) as SignatureShare] as const),
  );

  it('has the known key id, digests and challenge', () => {
    expect(toHex(keyIdOf(publicKey))).toBe(proof.keyId);
    expect(toHex(loaded.policyDigest)).toBe(proof.policyDigest);
    expect(toHex(loaded.dealingDigest)).toBe(proof.dealingDigest);
    const [row] = right(decodeShare(loaded, id(proof.process), bytes(proof.share) as SignatureShare));
    if (row?.proof === undefined) throw new Error('a share with a proof');
    expect(challengeOf(loaded, subjectOf(loaded, message), row, row.proof).toString(16)).toBe(proof.challenge);
  });

  it('is accepted, and the shares combine to the known signature', () => {
    for (const [from, share] of shares) expect(verifier.verifyShare(message, from, share)).toBe('valid');
    expect(toHex(right(verifier.combine(message, shares)).signature)).toBe(proof.signature);
  });
});
