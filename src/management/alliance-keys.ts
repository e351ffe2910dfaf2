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

/** The identity keys of an epoch by server. */
export function identityKeysOf(alliance: Alliance): ReadonlyMap<ProcessId, Ed25519PublicKey> {
  return new Map(serversOf(alliance).map(({ id, identityKey }) => [id, identityKey]));
}

/** Names the list of the identity keys of an epoch, ordered by id. */
export function identitiesKeyId(alliance: Alliance): Digest {
  const servers = [...serversOf(alliance)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const write = (writer: Writer, { id, identityKey }: ServerEntry): Writer => writer.text(id).fixed(identityKey);
  return digest(new Writer().text('koinon identities ed25519 v1').list(servers, write).finish());
}

/** Names the key with which an application signs its requests. */
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
