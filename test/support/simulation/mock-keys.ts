/**
 * Signatures that cost next to nothing: a keyed checksum. They bind signer and message as real ones do, and nobody in the
 * simulator tries to forge them but by chance; certificates have the shape of multisignatures.
 */
import { equalBytes, utf8 } from '../../../src/prelude/bytes.js';
import { type Digest, digest } from '../../../src/prelude/digest.js';
import { E, type Either } from '../../../src/prelude/fp.js';
import type { ProcessId, ProcessSet, Universe } from '../../../src/prelude/process.js';
import type { Clients, Identities } from '../../../src/consensus/configuration.js';
import type {
  CombineError,
  DistributedSigner,
  ShareVerdict,
  Signature,
  SignatureShare,
} from '../../../src/schemes/contract/distributed-signer.js';

/** FNV-1a over a key, 32 bits, from which a checksum of any message goes on. */
function hashOfKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash;
}

function checksum(keyHash: number, message: Uint8Array): number {
  let hash = keyHash;
  for (let index = 0; index < message.length; index++) hash = Math.imul(hash ^ (message[index] ?? 0), 0x01000193);
  return hash;
}

/** Four bytes, big-endian. */
function writeWord(into: Uint8Array, at: number, word: number): void {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
}

/** What each name of a key hashes to, twice over; names are few. */
const longKeys = new Map<string, readonly [number, number]>();

/** 64 bytes, as the wire format wants them, of which all count. */
function longChecksum(key: string, message: Uint8Array): Uint8Array {
  let hashes = longKeys.get(key);
  if (hashes === undefined) longKeys.set(key, (hashes = [hashOfKey(`1 ${key}`), hashOfKey(`2 ${key}`)]));
  const bytes = new Uint8Array(64).fill(7);
  writeWord(bytes, 0, checksum(hashes[0], message));
  writeWord(bytes, 4, checksum(hashes[1], message));
  return bytes;
}

/** What the client of the tests signs with. */
export function mockClientSignature(client: string, statement: Uint8Array): Uint8Array {
  return longChecksum(`client ${client}`, statement);
}

const keyIds = new Map<string, Digest>();

function keyIdOf(name: string): Digest {
  const known = keyIds.get(name);
  if (known !== undefined) return known;
  const fresh = digest(utf8(`mock ${name}`));
  keyIds.set(name, fresh);
  return fresh;
}

export function mockClientKeyId(client: string): Digest {
  return keyIdOf(`client ${client}`);
}

export function mockClients(enrolled: readonly string[]): Clients {
  return {
    keyId: (client) => (enrolled.includes(client) ? mockClientKeyId(client) : undefined),
    verify: (client, statement, signature) => equalBytes(mockClientSignature(client, statement), signature),
  };
}

export function mockIdentities(me: ProcessId): Identities {
  return {
    keyId: keyIdOf('identities'),
    sign: (statement) => longChecksum(`identity ${me}`, statement),
    verify: (process, statement, signature) => equalBytes(longChecksum(`identity ${process}`, statement), signature),
  };
}

export interface MockKey {
  readonly universe: Universe;
  readonly purpose: string;
  readonly me: ProcessId;
  readonly epoch: number;
  readonly mayCombine: (signers: ProcessSet) => boolean;
}

/** A multisignature of checksums along any predicate, whose shares nobody else makes; the same keys in each epoch, so that the statements alone tell them apart. */
export class MockSigner implements DistributedSigner {
  readonly schemeId: string = 'multisig';
  readonly keyId;
  readonly me;
  readonly epoch;
  /** Of each process's key, once it is asked for. */
  private readonly hashes = new Map<ProcessId, number>();

  constructor(protected readonly key: MockKey) {
    this.keyId = keyIdOf(key.purpose);
    this.me = key.me;
    this.epoch = key.epoch;
  }

  canCombine(signers: ProcessSet): boolean {
    return this.key.mayCombine(signers);
  }

  signShare(message: Uint8Array): Either<never, SignatureShare> {
    return E.right(this.shareOf(this.me, message));
  }

  proveShare(message: Uint8Array): Either<never, SignatureShare> {
    return this.signShare(message);
  }

  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): ShareVerdict {
    return equalBytes(this.shareOf(from, message), share) ? 'valid' : 'invalid';
  }

  combine(
    message: Uint8Array,
    shares: ReadonlyMap<ProcessId, SignatureShare>,
  ): Either<CombineError, { readonly signature: Signature; readonly invalid: ProcessSet }> {
    const offered = this.key.universe.of(shares.keys());
    const valid = [...shares].filter(([from, share]) => this.verifyShare(message, from, share) === 'valid');
    const signers = this.key.universe.of(valid.map(([from]) => from));
    const invalid = offered.minus(signers);
    if (!this.canCombine(signers)) return E.left({ _tag: 'NotQualified', signers, invalid });
    return E.right({ signature: this.certificate(signers, message), invalid });
  }

  verify(message: Uint8Array, signature: Signature): boolean {
    const { universe } = this.key;
    if (signature.length < 4) return false;
    const bits = new DataView(signature.buffer, signature.byteOffset).getUint32(0);
    if (bits >= 2 ** universe.size) return false;
    const signers = universe.of(universe.ids.filter((_, index) => ((bits >>> index) & 1) === 1));
    return this.canCombine(signers) && equalBytes(this.certificate(signers, message), signature);
  }

  protected certificate(signers: ProcessSet, message: Uint8Array): Signature {
    const { ids } = this.key.universe;
    const words = [0];
    for (const [index, id] of ids.entries()) {
      if (!signers.hasIndex(index)) continue;
      words[0] = (words[0] ?? 0) | (1 << index);
      words.push(checksum(this.hashOf(id), message));
    }
    const bytes = new Uint8Array(4 * words.length);
    for (const [index, word] of words.entries()) writeWord(bytes, 4 * index, word);
    return bytes as Signature;
  }

  protected shareOf(process: ProcessId, message: Uint8Array): SignatureShare {
    const share = new Uint8Array(4);
    writeWord(share, 0, checksum(this.hashOf(process), message));
    return share as SignatureShare;
  }

  /** The purpose and the process, hashed. */
  private hashOf(process: ProcessId): number {
    const known = this.hashes.get(process);
    if (known !== undefined) return known;
    const fresh = hashOfKey(`${this.nameOfShares} ${process}`);
    this.hashes.set(process, fresh);
    return fresh;
  }

  protected get nameOfShares(): string {
    return this.key.purpose;
  }
}

/** A threshold signature of checksums: it does not tell who signed, and who verifies it needs no more than the key as a whole. */
export class MockGroupSigner extends MockSigner {
  /** As with real ones, whoever has the shares of a qualified set could have made everybody's: they show nothing about their makers. */
  override readonly schemeId: string = 'mock threshold';

  override verify(message: Uint8Array, signature: Signature): boolean {
    return equalBytes(this.certificate(this.key.universe.none, message), signature);
  }

  protected override certificate(_signers: ProcessSet, message: Uint8Array): Signature {
    return longChecksum(`${this.key.purpose} as a whole`, message) as Signature;
  }

  protected override get nameOfShares(): string {
    return `${this.key.purpose} ${this.epoch}`;
  }
}
