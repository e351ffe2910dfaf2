/**
 * The first frame in each direction (spec/wire.md):
 * `"koinon" ‖ version u16 ‖ role u8 ‖ id text ‖ allianceId 32 ‖ configurationDigest 32 ‖ epoch u64`.
 * A side that accepts the other's answers with a `welcome` frame, and otherwise with a `refused` frame that says why.
 */
import { equalBytes, utf8 } from '../prelude/bytes.js';
import { type Reader, readAll, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength, shortHex } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { processId } from '../prelude/process.js';
import { describeIdentity, type Identity } from './identity.js';
import type { LinkContext } from './limits.js';

const protocolVersion = 1;

const magic = utf8('koinon');
const maxIdBytes = 127;

/** What a side says of itself. */
export interface Hello extends LinkContext {
  readonly identity: Identity;
}

export function encodeHello({ identity, allianceId, configurationDigest, epoch }: Hello): Uint8Array {
  return new Writer()
    .fixed(magic)
    .u16(protocolVersion)
    .u8(identity.role === 'server' ? 0 : 1)
    .text(identity.id)
    .fixed(allianceId)
    .fixed(configurationDigest)
    .u64(epoch)
    .finish();
}

/** What the bytes say, or why the link ends here. Another version's hello is told apart from garbage by its first eight bytes. */
export function decodeHello(bytes: Uint8Array): Either<string, Hello> {
  const start = readAll(bytes.subarray(0, magic.length + 2), (reader) => ({
    magic: reader.fixed(magic.length),
    version: reader.u16(),
  }));
  if (E.isLeft(start) || !equalBytes(start.right.magic, magic)) return E.left('the first frame is no koinon hello');
  const { version } = start.right;
  if (version !== protocolVersion) {
    return E.left(`protocol version ${version} meets protocol version ${protocolVersion}: update the older koinon`);
  }
  return E.mapLeft(() => 'the hello is malformed')(readAll(bytes, readHello));
}

function readHello(reader: Reader): Hello {
  reader.fixed(magic.length + 2);
  const role = reader.u8();
  if (role > 1) reader.fail('a role');
  const id = processId(reader.text(maxIdBytes)) ?? reader.fail('an id');
  const allianceId = reader.fixed(digestLength) as Digest;
  const configurationDigest = reader.fixed(digestLength) as Digest;
  const epoch = reader.u64();
  if (epoch < 1) reader.fail('an epoch from 1');
  return { identity: { role: role === 0 ? 'server' : 'client', id }, allianceId, configurationDigest, epoch };
}

/** Why two sides cannot work together, told so that either can read it; `undefined` if they can. */
export function difference(mine: Hello, theirs: Hello): string | undefined {
  const [me, other] = [describeIdentity(mine.identity), describeIdentity(theirs.identity)];
  if (!equalBytes(mine.allianceId, theirs.allianceId)) {
    return `${me} belongs to alliance ${shortHex(mine.allianceId)}, ${other} to alliance ${shortHex(theirs.allianceId)}`;
  }
  const isSameEpoch = mine.epoch === theirs.epoch;
  if (isSameEpoch && !equalBytes(mine.configurationDigest, theirs.configurationDigest)) {
    const [ours, others] = [shortHex(mine.configurationDigest), shortHex(theirs.configurationDigest)];
    return `alliance.json differs: ${me} has the one with digest ${ours}, ${other} has ${others}`;
  }
  return undefined;
}
