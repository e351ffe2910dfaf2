/** Dealt keys for every use, from fixed primes and seeded randomness, and who takes part in a use of them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromHex } from '../../../src/prelude/bytes.js';
import type { Either } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { BlsSuite } from '../../../src/schemes/bls/ciphersuite.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import { loadBackends } from '../../../src/schemes/bls/load-backends.js';
import type { KeyUsage, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { MultisigKeyShare } from '../../../src/schemes/multisig/key.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../../../src/schemes/registry.js';
import { dealShoupRsa } from '../../../src/schemes/shoup-rsa/dealer.js';
import type { UseHolder } from '../../../src/schemes/uses/use.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { testMultisig, testSeed } from '../../support/signers.js';
import { id, seededRandom, threeOfFive, universe } from '../shoup-rsa/setup.js';

export { id, seededRandom, universe };

await loadBackends();

export interface UseTestKey {
  readonly publicKey: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

const testSecret = new Uint8Array(32).fill(0x2a);

/** A key of the secret {@link testSecret}, whatever it is for: which nobody but a test would deal twice. */
export function blsKey(usage: KeyUsage, suite: BlsSuite = 'min-sig-nul', secret = testSecret): UseTestKey {
  const random = seededRandom(`bls ${usage}`);
  return right(dealBls({ suite, usage, policy: threeOfFive, universe, epoch: 1, secret, random }));
}

export function rsaKey(usage: KeyUsage): UseTestKey {
  const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
  const random = seededRandom(`rsa ${usage}`);
  return right(dealShoupRsa({ material, policy: threeOfFive, universe, usage, epoch: 1, random }));
}

export function multisigKey(usage: KeyUsage): UseTestKey {
  const { key } = testMultisig(universe, { canCombine: () => true, usage });
  const shares = universe.ids.map((process) => [process, new MultisigKeyShare(process, testSeed(process))] as const);
  const { publicKeys, epoch } = key;
  const publicKey = { _tag: 'multisig', usage, epoch, policy: threeOfFive, publicKeys } as const;
  return { publicKey, shares: new Map(shares) };
}

export function shareOf(key: UseTestKey, name: string): AllianceKeyShare {
  return present(key.shares.get(id(name)), `a share of ${name}`);
}

/** The parts of the named members of a use, each made with `make` of its share. */
export function partialsOf<Request>(
  key: UseTestKey,
  make: (share: AllianceKeyShare) => Either<unknown, UseHolder<Request, unknown>>,
  request: Request,
  ...names: readonly string[]
): Map<ProcessId, SignatureShare> {
  return new Map(names.map((name) => [id(name), right(right(make(shareOf(key, name))).partial(request))]));
}

export function hex(text: string): Uint8Array {
  return present(fromHex(text), 'hexadecimal');
}

/** spec/vectors/uses.json. */
export function ownVectors(): unknown {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../spec/vectors/uses.json'), 'utf8'));
}
