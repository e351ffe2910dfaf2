/** Who has joined a change, and with which keys, in canonical bytes. */
import type { Reader, Writer } from '../../prelude/canonical.js';
import { ed25519PublicKey, publicKeyLength } from '../../schemes/ed25519/encoding.js';
import { bodyLimits } from '../acts/act-body.js';
import type { Change, Joined } from './governance.js';
import { readId } from './snapshot-parts.js';

const maxServers = 100_000;

/** By the names of the servers, ascending. */
export function writeJoined(writer: Writer, joined: Change['joined']): Writer {
  return writer.list(
    [...joined].sort(([a], [b]) => (a < b ? -1 : 1)),
    (each, [id, { slot, keys }]) =>
      each
        .text(id)
        .u64(slot)
        .list(keys, (inner, { role, key }) => inner.text(role).fixed(key)),
  );
}

export function readJoined(reader: Reader): Change['joined'] {
  return new Map(reader.list(maxServers, readOne));
}

function readOne(reader: Reader): readonly [ReturnType<typeof readId>, Joined] {
  const [id, slot] = [readId(reader), reader.u64()];
  const keys = reader.list(bodyLimits.broughtKeys, (each) => {
    const role = each.text(bodyLimits.roleName);
    const key = ed25519PublicKey(each.fixed(publicKeyLength));
    return key === undefined ? each.fail('an Ed25519 public key') : { role, key };
  });
  return [id, { slot, keys }];
}
