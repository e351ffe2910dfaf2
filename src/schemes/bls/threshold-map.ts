/**
 * The map u ↦ u^s of a BLS key, u being a message hashed to the group of signatures: Boldyreva's threshold signatures (PKC 2003)
 * along any policy. Inner: it signs whatever it is given, and asks for no usage.
 *
 * A partial is not evidence of who made it: from those of a qualified set anyone computes the right partial of every other
 * process. So a wrong one speaks against its sender only inside the signed message that carried it, and a right one for nobody.
 */
import { randomBytes } from 'node:crypto';
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type {
  CombineResult,
  KeyId,
  KeyUsage,
  ShareVerdict,
  Signature,
  SignatureShare,
} from '../contract/distributed-signer.js';
import type { SecretRow } from '../contract/linear-key-share.js';
import type { DealingFault } from '../sharing/commitments.js';
import { reconstruction } from '../sharing/reconstruction.js';
import type { ThresholdMap, ThresholdMapVerifier } from '../contract/threshold-map.js';
import { pairingFor } from './backends.js';
import { ciphersuiteOf, isScalar } from './ciphersuite.js';
import type { BlsKeyError } from './errors.js';
import type { BlsKeyShare, BlsPublicKey } from './key.js';
import { loadKey, type LoadedKey } from './loaded-key.js';
import type { HashedMessage, Pairing } from './pairing.js';
import { decodeShare, encodeShare } from './share-encoding.js';
import { findInvalid, judgeShare, type SharesBySender } from './share-judge.js';

/** What a key is loaded with besides itself. */
export interface BlsOptions {
  /** For the weights of batches; the operating system if absent. */
  readonly random?: RandomBytes;
  /** What computes; the quickest that was loaded if absent. */
  readonly pairing?: Pairing;
}

/** The public half. Holders of the key must be processes of the universe, which may have others. */
export function blsMapVerifier(
  publicKey: BlsPublicKey,
  universe: Universe,
  { random = randomBytes, pairing = pairingFor(ciphersuiteOf(publicKey.suite)) }: BlsOptions = {},
): Either<BlsKeyError, BlsMapVerifier> {
  return E.map((key: LoadedKey) => new BlsMapVerifier(key, random))(loadKey(publicKey, universe, pairing));
}

/** The map with a process's share, after checking every row of it against the key's commitments. */
export function blsMap(
  publicKey: BlsPublicKey,
  share: BlsKeyShare,
  universe: Universe,
  { random = randomBytes, pairing = pairingFor(ciphersuiteOf(publicKey.suite)) }: BlsOptions = {},
): Either<BlsKeyError, BlsMap> {
  const loaded = loadKey(publicKey, universe, pairing);
  if (E.isLeft(loaded)) return loaded;
  const error = checkShare(loaded.right, share);
  return error === undefined ? E.right(new BlsMap(loaded.right, share, random)) : E.left(error);
}

export class BlsMapVerifier implements ThresholdMapVerifier<Uint8Array> {
  readonly keyId: KeyId;
  readonly usage: KeyUsage;
  readonly epoch: number;

  /** @param random - for the weights of batches. */
  constructor(
    protected readonly key: LoadedKey,
    private readonly random: RandomBytes,
  ) {
    this.keyId = key.keyId;
    this.usage = key.publicKey.usage;
    this.epoch = key.publicKey.epoch;
  }

  canCombine(signers: ProcessSet): boolean {
    return this.key.structure.isQualified(signers);
  }

  verifyPartial(message: Uint8Array, from: ProcessId, partial: SignatureShare): ShareVerdict {
    return judgeShare(this.key, message, from, partial);
  }

  /**
   * First any qualified set of what is well formed, whose points need not even be looked for in the group, since the result
   * is. Where that fails, every partial is judged, and the rest combined.
   */
  combine(message: Uint8Array, partials: ReadonlyMap<ProcessId, SignatureShare>): CombineResult {
    const { universe, pairing } = this.key;
    const known = new Map([...partials].filter(([from]) => this.key.rowsOf(from).length > 0));
    const formed = this.decodeAll(known);
    const malformed = universe.of(known.keys()).minus(universe.of(formed.keys()));
    const hashed = pairing.hash(message);
    const atOnce = this.tryCombine(hashed, formed);
    if (atOnce !== undefined) return E.right({ signature: atOnce, invalid: malformed });
    const invalid = malformed.union(universe.of(this.findInvalid(hashed, formed)));
    const remaining = new Map([...formed].filter(([from]) => !invalid.has(from)));
    const signers = universe.of(remaining.keys());
    if (!this.canCombine(signers)) return E.left({ _tag: 'NotQualified', signers, invalid });
    const signature = this.tryCombine(hashed, remaining);
    return signature === undefined ? E.left({ _tag: 'BadShares', suspects: signers }) : E.right({ signature, invalid });
  }

  verify(message: Uint8Array, value: Signature): boolean {
    const { pairing, groupKey } = this.key;
    const point = pairing.signatures.decodeUnchecked(value, 'compressed');
    return point !== undefined && pairing.verify(groupKey, pairing.hash(message), point);
  }

  /** The signature that these partials give, if they may sign together and it verifies. */
  private tryCombine(message: HashedMessage, partials: SharesBySender): Signature | undefined {
    const { sharing, pairing, groupKey } = this.key;
    const lambda = reconstruction(sharing, (process) => partials.has(process));
    if (lambda === undefined) return undefined;
    const points = new Map(
      [...partials.values()].flatMap((rows) => rows.map(({ row, point }) => [row, point] as const)),
    );
    const terms = [...lambda].map(([row, factor]) => ({
      point: present(points.get(row), 'a share of the row'),
      factor,
    }));
    const signature = pairing.signatures.sum(terms);
    if (!pairing.verify(groupKey, message, signature)) return undefined;
    return pairing.signatures.encode(signature, 'compressed') as Signature;
  }

  /** Those that were combined in vain are judged apart from the others, among whom perhaps all is well. */
  private findInvalid(message: HashedMessage, partials: SharesBySender): readonly ProcessId[] {
    const { key, random } = this;
    const lambda = reconstruction(key.sharing, (process) => partials.has(process));
    const combined = new Set([...(lambda?.keys() ?? [])].map((row) => key.sharing.rows[row]?.owner));
    const [suspected, others] = [true, false].map(
      (isCombined) => new Map([...partials].filter(([from]) => combined.has(from) === isCombined)),
    );
    return [
      ...findInvalid(key, message, suspected ?? partials, { isSuspected: true, random }),
      ...findInvalid(key, message, others ?? partials, { isSuspected: false, random }),
    ];
  }

  private decodeAll(partials: ReadonlyMap<ProcessId, SignatureShare>): SharesBySender {
    const decoded = [...partials].flatMap(([from, partial]) => {
      const rows = decodeShare(this.key, from, partial);
      return rows === undefined ? [] : [[from, rows] as const];
    });
    return new Map(decoded);
  }
}

export class BlsMap extends BlsMapVerifier implements ThresholdMap<Uint8Array> {
  readonly me: ProcessId;
  readonly #share: BlsKeyShare;

  /** @param share - rows of this key, which {@link blsMap} has checked. */
  constructor(key: LoadedKey, share: BlsKeyShare, random: RandomBytes) {
    super(key, random);
    this.me = share.process;
    this.#share = share;
  }

  partial(message: Uint8Array): SignatureShare {
    const { pairing } = this.key;
    const hashed = pairing.hash(message);
    const inOrder = [...this.#share.rows].sort((a, b) => a.row - b.row);
    return encodeShare(
      this.key,
      inOrder.map(({ secret }) => pairing.sign(secret, hashed)),
    );
  }
}

function checkShare(key: LoadedKey, share: BlsKeyShare): BlsKeyError | undefined {
  const { process, epoch, keyId, rows } = share;
  const expected = key.rowsOf(process);
  const isOwn = epoch === key.publicKey.epoch && equalBytes(keyId, key.keyId);
  const found = new Set(rows.map(({ row }) => row));
  const hasRows = expected.length > 0 && expected.length === rows.length && expected.every((row) => found.has(row));
  if (!isOwn || !hasRows) return { _tag: 'ShareOfAnotherKey', process };
  for (const row of rows) {
    const fault = faultOf(key, row);
    if (fault !== undefined) return { _tag: 'BadShare', process, fault };
  }
  return undefined;
}

/** A row's secret is 32 bytes of a number from 1 to r - 1, and committed to. */
function faultOf({ pairing, rowKey }: LoadedKey, { row, secret }: SecretRow): DealingFault | undefined {
  if (!isScalar(secret)) return { _tag: 'ShareOutOfRange', row };
  return pairing.keys.equals(pairing.keyOf(secret), rowKey(row)) ? undefined : { _tag: 'ShareNotCommitted', row };
}
