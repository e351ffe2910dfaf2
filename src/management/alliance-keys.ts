/** The public keys of an alliance as those who sign and verify name them. */
import { utf8 } from '../prelude/bytes.js';
import { Writer } from '../prelude/canonical.js';
import { canonicalJson } from '../prelude/codec.js';
import { type Digest, digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import { trustModelCodec } from '../quorum/trust/trust-codec.js';
import type { Ed25519PublicKey } from '../schemes/ed25519/encoding.js';
import type { MultisigDescription } from '../schemes/multisig/multisig-verifier.js';
import { type Alliance, type ApplicationEntry, type ServerEntry, serversOf } from './alliance.js';

/** Names the list of the identity keys of an epoch, ordered by id. */
export function identitiesKeyId(alliance: Alliance): Digest {
  const servers = [...serversOf(alliance)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const write = (writer: Writer, { id, identityKey }: ServerEntry): Writer => writer.text(id).fixed(identityKey);
  return digest(new Writer().text('koinon identities ed25519 v1').list(servers, write).finish());
}

/** Judges what servers sign as themselves. */
export interface IdentityVerifier {
  /** Names the list of the identity keys. */
  readonly keyId: Digest;
  verify(process: ProcessId, statement: Uint8Array, signature: Uint8Array): boolean;
}

/** @param verify - Ed25519's, over Node or portable. */
export function identityVerifier(
  alliance: Alliance,
  verify: (key: Ed25519PublicKey, statement: Uint8Array, signature: Uint8Array) => boolean,
): IdentityVerifier {
  const keys = new Map(serversOf(alliance).map(({ id, identityKey }) => [id, identityKey]));
  return {
    keyId: identitiesKeyId(alliance),
    verify: (process, statement, signature) => {
      const key = keys.get(process);
      return key !== undefined && verify(key, statement, signature);
    },
  };
}

/** Names the key with which a client signs its requests: an application, or a server with its identity. */
export function requestKeyId({ id, key }: ApplicationEntry): Digest {
  return digest(new Writer().text('koinon requests ed25519 v1').text(id).fixed(key).finish());
}

/** The multisignature key along the slow quorums of the epoch; `undefined` where the alliance has one key for them. */
export function slowMultisigOf(alliance: Alliance): MultisigDescription | undefined {
  if (alliance.slowKey !== undefined) return undefined;
  const { trust, epoch } = alliance;
  const rule = utf8(canonicalJson(trustModelCodec.encode(trust)));
  return {
    universe: trust.system.processes.universe,
    epoch,
    usage: 'statement',
    publicKeys: new Map(
      serversOf(alliance).flatMap(({ id, slowKey }) => (slowKey === undefined ? [] : [[id, slowKey]])),
    ),
    canCombine: (signers) => trust.system.isSlowQuorum(signers),
    ruleDigest: digest(new Writer().text('koinon slow quorums v1').bytes(rule).finish()),
  };
}
