/** Sharings in snapshots. */
import { fromUtf8, utf8 } from '../../prelude/bytes.js';
import type { Reader, Writer } from '../../prelude/canonical.js';
import { canonicalJson, decodeJson } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { policyCodec } from '../../quorum/policy/policy-codec.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import { alliancePublicKeyCodec } from '../../schemes/public-key-codec.js';
import type { EpochKeys } from '../alliance-succession.js';
import type { Sharing } from '../proposals/sharing.js';
import { readDigest, readId, readName } from './snapshot-parts.js';

const maxHolders = 10_000;
const maxPolicyBytes = 1 << 20;

export function writeSharing(writer: Writer, sharing: Sharing): void {
  const { id, role, keyId, epoch, policy, holders, erased } = sharing;
  writePolicy(writer.fixed(id).text(role).fixed(keyId).u64(epoch), policy);
  writer.list(holders, (each, { id: holder, key }) => each.text(holder).text(key));
  writer.list([...erased].sort(), (each, holder) => each.text(holder));
}

export function readSharing(reader: Reader): Sharing {
  const id = readDigest(reader);
  const role = readName(reader);
  const keyId = readDigest(reader);
  const epoch = reader.u64();
  const policy = readPolicy(reader);
  const holders = reader.list(maxHolders, (each) => ({ id: readId(each), key: readName(each) }));
  const erased = new Set(reader.list(maxHolders, readName));
  return { id, role, keyId, epoch, policy, holders, erased };
}

export function writePolicy(writer: Writer, policy: Policy): Writer {
  return writer.bytes(utf8(canonicalJson(policyCodec.encode(policy))));
}

export function readPolicy(reader: Reader): Policy {
  const policy = decodeJson(policyCodec, fromUtf8(reader.bytes(maxPolicyBytes)) ?? '');
  return E.isRight(policy) ? policy.right : reader.fail('a policy');
}

const maxKeyBytes = 4 << 20;

export function writeEpochKeys(writer: Writer, { epoch, allianceKey, slowKey }: EpochKeys): Writer {
  const write = (each: Writer, key: AlliancePublicKey): Writer =>
    each.bytes(utf8(canonicalJson(alliancePublicKeyCodec.encode(key))));
  return write(writer.u64(epoch), allianceKey).option(slowKey, write);
}

export function readEpochKeys(reader: Reader): EpochKeys {
  const epoch = reader.u64();
  const allianceKey = readKey(reader);
  const slowKey = reader.option(readKey);
  if (slowKey === undefined) return { epoch, allianceKey };
  return slowKey._tag === 'multisig' ? reader.fail('a shared slow key') : { epoch, allianceKey, slowKey };
}

function readKey(reader: Reader): AlliancePublicKey {
  const key = decodeJson(alliancePublicKeyCodec, fromUtf8(reader.bytes(maxKeyBytes)) ?? '');
  return E.isRight(key) ? key.right : reader.fail('a public key');
}
