/** What is public about a key, for people and as JSON. */
import { randomBytes } from 'node:crypto';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { Universe } from '../../../prelude/process.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { listNames } from '../../../quorum/tree/name-list.js';
import { type AlliancePublicKey, keyIdOf } from '../../../schemes/public-key.js';
import { pairingFor } from '../../../schemes/bls/backends.js';
import { ciphersuiteOf, scalarLength } from '../../../schemes/bls/ciphersuite.js';
import type { BlsPublicKey } from '../../../schemes/bls/key.js';
import { loadKey as loadBlsKey } from '../../../schemes/bls/loaded-key.js';
import type { ShoupRsaPublicKey } from '../../../schemes/shoup-rsa/key.js';
import { type LoadedKey, loadKey } from '../../../schemes/shoup-rsa/loaded-key.js';
import { describeKeyError } from '../key-errors.js';

/** A value under a name: for people the label, for programs the name. */
export interface Fact {
  readonly name: string;
  readonly label: string;
  readonly value: unknown;
  /** Where it is not the value's own text. */
  readonly text?: string;
}

export function factLines(facts: readonly Fact[]): readonly string[] {
  const width = Math.max(...facts.map(({ label }) => label.length));
  return facts.map(({ label, value, text }) => `  ${label.padEnd(width)}  ${text ?? String(value)}`);
}

export function factJson(facts: readonly Fact[]): object {
  return Object.fromEntries(facts.map(({ name, value }) => [name, value]));
}

/** What every key has, and what is special to its scheme. */
export function keyFacts(key: AlliancePublicKey): readonly Fact[] {
  const members = policyMembers(key.policy);
  return [
    { name: 'scheme', label: 'scheme', value: key._tag, text: schemeText(key) },
    { name: 'usage', label: 'usage', value: key.usage },
    { name: 'keyId', label: 'key id', value: toHex(keyIdOf(key)) },
    { name: 'epoch', label: 'epoch', value: key.epoch },
    { name: 'policy', label: 'policy', value: printPolicy(key.policy) },
    { name: 'members', label: 'members', value: members, text: `${members.length}: ${listNames(members)}` },
  ];
}

/** `Shoup RSA of 2048 bits, RS256`. */
export function schemeText(key: AlliancePublicKey): string {
  switch (key._tag) {
    case 'multisig':
      return 'multisig (Ed25519)';
    case 'shoup-rsa':
      return `shoup-rsa of ${key.modulus.toString(2).length} bits, ${key.algorithm}`;
    case 'bls':
      return `bls, ${key.suite}`;
    default:
      return assertNever(key);
  }
}

/** Sizes and bounds, which need the key's sharing; a complaint where the key is not sound. */
export function sizeFacts(key: AlliancePublicKey): readonly Fact[] {
  switch (key._tag) {
    case 'multisig': {
      const count = key.publicKeys.size;
      return [{ name: 'publicKeyCount', label: 'public keys', value: count, text: `${count} of 32 bytes` }];
    }
    case 'shoup-rsa':
      return rsaFacts(key);
    case 'bls':
      return blsFacts(key);
    default:
      return assertNever(key);
  }
}

function rsaFacts(key: ShoupRsaPublicKey): readonly Fact[] {
  const loaded = loadKey(key, new Universe(policyMembers(key.policy)), randomBytes);
  if (E.isLeft(loaded)) return [{ name: 'flaw', label: 'FLAW', value: describeKeyError(loaded.left) }];
  const { provenSafePrimes, commitments, secretScale } = key;
  const { sharing, modulusLength } = loaded.right;
  const [least, most] = extremesOf(loaded.right);
  return [
    { name: 'exponent', label: 'exponent', value: Number(key.exponent) },
    {
      name: 'provenSafePrimes',
      label: 'proofs',
      value: provenSafePrimes,
      text: provenSafePrimes ? 'yes: whoever sends a bad share is named' : 'no: nobody can be blamed for a bad share',
    },
    {
      name: 'shareBits',
      label: 'key shares',
      value: loaded.right.bounds.shareBits,
      text: `${sharing.rows.length} of ${least === most ? least : `${least} to ${most}`} bits, whatever was drawn`,
    },
    {
      name: 'commitmentCount',
      label: 'commitments',
      value: commitments.length,
      text: `${commitments.length} of ${modulusLength} bytes`,
    },
    { name: 'scaleBits', label: 'scale D', value: bitsOf(sharing.scale), text: `${bitsOf(sharing.scale)} bits` },
    { name: 'secretScaleBits', label: 'scale D0', value: bitsOf(secretScale), text: `${bitsOf(secretScale)} bits` },
  ];
}

function blsFacts(key: BlsPublicKey): readonly Fact[] {
  const loaded = loadBlsKey(key, new Universe(policyMembers(key.policy)), pairingFor(ciphersuiteOf(key.suite)));
  if (E.isLeft(loaded)) return [{ name: 'flaw', label: 'FLAW', value: describeKeyError(loaded.left) }];
  const { commitments, groupKey } = key;
  const { rows, scale } = loaded.right.sharing;
  return [
    { name: 'groupKey', label: 'public key', value: toHex(groupKey) },
    { name: 'rowCount', label: 'key shares', value: rows.length, text: `${rows.length} of ${scalarLength} bytes` },
    {
      name: 'commitmentCount',
      label: 'commitments',
      value: commitments.length,
      text: `${commitments.length} of ${groupKey.length} bytes`,
    },
    { name: 'scaleBits', label: 'scale D', value: bitsOf(scale), text: `${bitsOf(scale)} bits` },
  ];
}

function extremesOf({ bounds }: LoadedKey): readonly [number, number] {
  return [Math.min(...bounds.shareBits), Math.max(...bounds.shareBits)];
}

function bitsOf(value: bigint): number {
  return value.toString(2).length;
}
