/** `koinon/schemes`: signing along a policy, and the algebra of it for schemes of one's own. */
export type {
  CombineError,
  DistributedSigner,
  DistributedVerifier,
  KeyId,
  KeyUsage,
  ShareVerdict,
  Signature,
  SignatureShare,
  SignRefused,
} from '../schemes/contract/distributed-signer.js';
export type { AsyncDistributedSigner, AsyncDistributedVerifier } from '../schemes/contract/async-signer.js';
export { type BlsSuite, blsSuites, defaultBlsSuite } from '../schemes/bls/ciphersuite.js';
export { type BlsDealRequest, dealBls, type DealtBls } from '../schemes/bls/dealer.js';
export type { BlsKeyShare, BlsPublicKey } from '../schemes/bls/key.js';
export { loadBackends } from '../schemes/bls/load-backends.js';
export { possessionProver, verifyPossession } from '../schemes/bls/possession.js';
export { type Ed25519PublicKey, type Ed25519Seed, ed25519Seed } from '../schemes/ed25519/encoding.js';
export { ed25519Sign, ed25519Verify, loadEd25519, publicKeyFromSeed } from '../schemes/ed25519/ed25519.js';
export { MultisigKeyShare, type MultisigPublicKey } from '../schemes/multisig/key.js';
export type { MultisigDescription } from '../schemes/multisig/multisig-verifier.js';
export { multisigSigner } from '../schemes/multisig/signer.js';
export { multisigVerifier } from '../schemes/multisig/verifier.js';
export { allianceKeyShareCodec } from '../schemes/key-share-codec.js';
export { alliancePublicKeyCodec } from '../schemes/public-key-codec.js';
export {
  type AllianceKeyShare,
  type AlliancePublicKey,
  findScheme,
  type KeyError,
  keyIdOf,
  makeSigner,
  makeVerifier,
  type SchemeId,
  schemeIds,
} from '../schemes/registry.js';
export { type DealRequest, type DealtKey, dealShoupRsa, type KeyMaterial } from '../schemes/shoup-rsa/dealer.js';
export type { ShoupRsaKeyShare, ShoupRsaPublicKey } from '../schemes/shoup-rsa/key.js';
export { generateSafePrimes, type SafePrimes } from '../schemes/shoup-rsa/safe-primes.js';
export { checkKeyRing, type RingKey, ringKeyOf, type SharedNumbers } from '../schemes/key-ring.js';
export { type KeyImportError, keyMaterialFromPkcs8 } from '../schemes/shoup-rsa/key-import.js';
export { publicKeyJwk, publicKeyPem } from '../schemes/shoup-rsa/public-key-pem.js';
export {
  openSigningThread,
  type SigningThread,
  SigningThreadLost,
  type SigningThreadOptions,
} from '../schemes/signing-thread/signing-thread.js';
export { compile, type CompileError, describeCompileError, type LinearSharing } from '../schemes/sharing/compile.js';
export { type Dealing, dealOverIntegers, dealOverResidues } from '../schemes/sharing/dealing.js';
export { reconstruction } from '../schemes/sharing/reconstruction.js';
export { integers, residues, type Ring } from '../schemes/sharing/ring.js';
export { sweepingVector } from '../schemes/sharing/sweep.js';
