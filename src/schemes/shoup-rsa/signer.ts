/** One process's half of a Shoup RSA key: signing shares. */
import { randomBytes } from 'node:crypto';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { DistributedSigner, SignatureShare, SignRefused } from '../distributed-signer.js';
import { equalBytes } from '../../prelude/bytes.js';
import { checkDealingInBatch } from '../sharing/commitments.js';
import { checkUsage } from '../usage.js';
import type { ShoupRsaKeyError } from './errors.js';
import { secretsOf } from '../linear-key-share.js';
import type { ShoupRsaKeyShare, ShoupRsaPublicKey } from './key.js';
import { loadKey, type LoadedKey } from './loaded-key.js';
import { encodeShare, type RowShare } from './share-encoding.js';
import { type ProofSubject, proofSubject, proveRow } from './share-proof.js';
import { ShoupRsaVerifier } from './verifier.js';

export interface ShoupRsaSignerOptions {
  /**
   * Whether `signShare` proves its shares, at about three times the price; `true` if absent. A combiner of shares without
   * proofs that do not combine asks their senders for shares with proofs (`proveShare`), and learns then whose are bad.
   */
  readonly withProof?: boolean;
}

/** Loads a process's share of a key, after checking every row of it against the key's commitments. */
export function makeShoupRsaSigner(
  publicKey: ShoupRsaPublicKey,
  share: ShoupRsaKeyShare,
  universe: Universe,
  random: RandomBytes = randomBytes,
  options: ShoupRsaSignerOptions = {},
): Either<ShoupRsaKeyError, ShoupRsaSigner> {
  const loaded = loadKey(publicKey, universe, random);
  if (E.isLeft(loaded)) return loaded;
  const error = checkShare(loaded.right, share, random);
  return error === undefined ? E.right(new ShoupRsaSigner(loaded.right, share, random, options)) : E.left(error);
}

export class ShoupRsaSigner extends ShoupRsaVerifier implements DistributedSigner {
  readonly me: ProcessId;
  readonly #share: ShoupRsaKeyShare;
  readonly #withProof: boolean;

  /** @param share - rows of this key, which {@link makeShoupRsaSigner} has checked. */
  constructor(key: LoadedKey, share: ShoupRsaKeyShare, random: RandomBytes, options: ShoupRsaSignerOptions) {
    super(key, random);
    this.me = share.process;
    this.#share = share;
    this.#withProof = options.withProof ?? true;
  }

  signShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return this.sign(message, this.#withProof);
  }

  /** Signs with proofs, whatever the options say. Keys of other than safe primes have none. */
  proveShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return this.sign(message, true);
  }

  private sign(message: Uint8Array, withProof: boolean): Either<SignRefused, SignatureShare> {
    const refused = checkUsage(this.key.publicKey.usage, message);
    if (E.isLeft(refused)) return refused;
    const subject = proofSubject(this.key, message);
    const isProven = withProof && this.key.publicKey.provenSafePrimes;
    const rows = [...secretsOf(this.#share)].map(([row, secret]) => this.signRow(subject, row, secret, isProven));
    return E.right(encodeShare(this.key, rows));
  }

  /** |x^(2 s)|: the square is taken first, so that the secret exponent keeps its fixed length. */
  private signRow(subject: ProofSubject, row: number, secret: bigint, isProven: boolean): RowShare {
    const { group, exponentiation } = this.key;
    const square = group.multiply(subject.encoded, subject.encoded);
    const value = group.canonical(exponentiation.power(square, secret));
    return isProven ? proveRow(this.key, subject, { row, value, secret }, this.random) : { row, value };
  }
}

function checkShare(key: LoadedKey, share: ShoupRsaKeyShare, random: RandomBytes): ShoupRsaKeyError | undefined {
  const { process, epoch, keyId } = share;
  const secrets = secretsOf(share);
  const rows = key.rowsOf(process);
  const isOwn = epoch === key.publicKey.epoch && equalBytes(keyId, key.keyId);
  const hasRows = rows.length > 0 && rows.length === share.rows.length && rows.every((row) => secrets.has(row));
  if (!isOwn || !hasRows) return { _tag: 'ShareOfAnotherKey', process };
  const range = (row: number) => present(key.bounds.rows[row], 'a row of the sharing');
  const { commitments } = key.publicKey;
  const checked = checkDealingInBatch(key.sharing, key.group, { commitments, shares: secrets, range }, random);
  return E.isLeft(checked) ? { _tag: 'BadShare', process, fault: checked.left } : undefined;
}
