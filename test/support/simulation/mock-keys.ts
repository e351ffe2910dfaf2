/**
 * Signatures that cost next to nothing: a keyed checksum. They bind signer and message as real ones do, and nobody in the
 * simulator tries to forge them but by chance; certificates have the shape of multisignatures.
 */
import { concatBytes, equalBytes, utf8 } from '../../../src/prelude/bytes.js';
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

/** FNV-1a over a key and a message, 32 bits, four bytes big-endian. */
function checksum(key: string, message: Uint8Array): Uint8Array {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  for (const byte of message) hash = Math.imul(hash ^ byte, 0x01000193);
  return Uint8Array.of(hash >>> 24, hash >>> 16, hash >>> 8, hash);
}

/** 64 bytes, as the wire format wants them, of which all count. */
function longChecksum(key: string, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(64).fill(7);
  bytes.set(checksum(`1 ${key}`, message), 0);
  bytes.set(checksum(`2 ${key}`, message), 4);
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
    let bits = 0;
    for (const [index, id] of this.key.universe.ids.entries()) if (signers.has(id)) bits |= 1 << index;
    const head = Uint8Array.of(bits >>> 24, bits >>> 16, bits >>> 8, bits);
    return concatBytes(head, ...[...signers].map((signer) => this.shareOf(signer, message))) as Signature;
  }

  protected shareOf(process: ProcessId, message: Uint8Array): SignatureShare {
    return checksum(`${this.key.purpose} ${process}`, message) as SignatureShare;
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

  protected override shareOf(process: ProcessId, message: Uint8Array): SignatureShare {
    return checksum(`${this.key.purpose} ${this.epoch} ${process}`, message) as SignatureShare;
  }
}
