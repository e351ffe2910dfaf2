/**
 * Judging one share of a threshold key, for whoever judges evidence: from the public key alone, and without Node. No node: import
 * here or below.
 */
import { E } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import type { Universe } from '../prelude/process.js';
import { pairingFor } from './bls/backends.js';
import { ciphersuiteOf } from './bls/ciphersuite.js';
import { loadKey } from './bls/loaded-key.js';
import { judgeShare } from './bls/share-judge.js';
import type { ShareJudge } from './contract/distributed-signer.js';
import { keyIdOf, type ThresholdPublicKey } from './public-key.js';

/**
 * `unattributable` is what every share of a key gets that is none, or of RSA: proofs of RSA shares are judged by servers'
 * verifiers (`registry`), over Node.
 */
export function shareJudge(publicKey: ThresholdPublicKey, universe: Universe): ShareJudge {
  const named = { schemeId: publicKey._tag, keyId: keyIdOf(publicKey) };
  switch (publicKey._tag) {
    case 'shoup-rsa':
      return { ...named, verifyShare: () => 'unattributable' };
    case 'bls': {
      const key = loadKey(publicKey, universe, pairingFor(ciphersuiteOf(publicKey.suite)));
      if (E.isLeft(key)) return { ...named, verifyShare: () => 'unattributable' };
      return { ...named, verifyShare: (message, from, share) => judgeShare(key.right, message, from, share) };
    }
    default:
      return assertNever(publicKey);
  }
}
