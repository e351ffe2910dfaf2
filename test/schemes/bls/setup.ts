/** Small dealt keys for the tests of this folder, over every backend, from seeded randomness. */
import { fromHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, processId, Universe } from '../../../src/prelude/process.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import type { Ciphersuite } from '../../../src/schemes/bls/ciphersuite.js';
import {
  type GroupName,
  type BlsSuite,
  blsSuites,
  ciphersuiteOf,
  possessionCiphersuiteOf,
} from '../../../src/schemes/bls/ciphersuite.js';
import { type BlsDealRequest, dealBls, type DealtBls } from '../../../src/schemes/bls/dealer.js';
import { loadBlst, loadMcl } from '../../../src/schemes/bls/load-backends.js';
import { nobleBackend } from '../../../src/schemes/bls/noble-pairing.js';
import type { Pairing, PairingBackend } from '../../../src/schemes/bls/pairing.js';
import { type BlsSigner, makeBlsSigner } from '../../../src/schemes/bls/signer.js';
import type { BlsOptions } from '../../../src/schemes/bls/threshold-map.js';
import { type BlsVerifier, makeBlsVerifier } from '../../../src/schemes/bls/verifier.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { right } from '../../support/right.js';
import { seededRandom } from '../shoup-rsa/setup.js';
import { gate } from '../sharing/policies.js';

export { seededRandom };

const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
export const universe = new Universe(names.map(id));
export const threeOfFive = gate(3, 'a', 'b', 'c', 'd', 'e');
export const message = utf8('the quick brown fox');

/** Both packages are installed where tests run; in a user's process they may be missing. */
export const backends: readonly PairingBackend[] = [await loadBlst(), await loadMcl(), nobleBackend];
export const [blst, mcl, noble] = backends as readonly [PairingBackend, PairingBackend, PairingBackend];

const bytes = (...hex: readonly string[]) => present(fromHex(hex.join('')), 'hexadecimal');

/** Points of the curves whose order divides the cofactor, so that no pairing sees them: r times the first outside the group. */
export const smallOrder: Readonly<Record<GroupName, Uint8Array>> = {
  G1: bytes(
    '0ccd40884cb1834492efbd0149a414535890f30477f9535103082ff438ca13d7f7e36e2f1d15dd8ca30397f12170831a',
    '157112d2c2dfffc1f042dd01e9cc104f0609ada5f5fb621f5eb44c9b1b3174267681bbdea41aacc3af76740445774b94',
  ),
  G2: bytes(
    '0e35f87bd26f0218f1928af3bf7c223b73482e509ae40ca19d3128233c763810135c6cde0296930a95ad34a74ce3b6be',
    '0d3925372c636a26a79c89a525225cfbb6c94743eff9bf0898698c82a693c42590ce206cdc937dec55e0cd57aade3602',
    '139fdf17a2f3b961e247b8f705b7c6b0cffe8ad23ec0e619ee80de97da53e8e0739debcda494f2ab5ce56ea4b38b7a97',
    '078f5d68db8cb3dc095de74eaf680601fc2757659b3593952f04822043c2b5195a0d112ec42626be8813dcaadc079de4',
  ),
};

/** Every ciphersuite that a key may need, proofs of possession included. */
export const ciphersuites: readonly Ciphersuite[] = [
  ...blsSuites.map(ciphersuiteOf),
  ...blsSuites.flatMap((suite) => possessionCiphersuiteOf(suite) ?? []),
];

/** Every pairing there is. */
export const pairings: readonly Pairing[] = backends.flatMap((backend) =>
  ciphersuites.flatMap((ciphersuite) => backend.pairing(ciphersuite) ?? []),
);

export function pairingOf(backend: PairingBackend, suite: BlsSuite): Pairing {
  return present(backend.pairing(ciphersuiteOf(suite)), `${backend.name} has ${suite}`);
}

export function id(name: string): ProcessId {
  return present(processId(name), 'a name');
}

export interface TestKey extends DealtBls {
  readonly verifier: BlsVerifier;
  readonly signers: ReadonlyMap<ProcessId, BlsSigner>;
}

/** A key along `policy`; documents, epoch 1, the default suite and the quickest backend for it unless said otherwise. */
export function testKey(policy: Policy, request: Partial<BlsDealRequest> = {}, pairing?: Pairing): TestKey {
  const random = seededRandom('deal');
  const suite = request.suite ?? 'min-pk-pop';
  const among = request.universe ?? universe;
  const dealt = right(dealBls({ policy, universe: among, usage: 'document', epoch: 1, random, ...request }));
  const quickest = pairing ?? (suite === 'min-pk-pop' ? pairingOf(blst, suite) : pairingOf(mcl, suite));
  const options: BlsOptions = { pairing: quickest, random: seededRandom('weights') };
  const signers = [...dealt.shares].map(
    ([process, share]) => [process, right(makeBlsSigner(dealt.publicKey, share, among, options))] as const,
  );
  const verifier = right(makeBlsVerifier(dealt.publicKey, among, options));
  return { ...dealt, verifier, signers: new Map(signers) };
}

function signerOf(key: TestKey, name: string): BlsSigner {
  return present(key.signers.get(id(name)), `a signer ${name}`);
}

/** The shares of the named processes over `text`. */
export function sharesOf(key: TestKey, text: Uint8Array, ...from: readonly string[]): Map<ProcessId, SignatureShare> {
  return new Map(from.map((name) => [id(name), right(signerOf(key, name).signShare(text))]));
}
