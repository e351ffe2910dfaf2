/** The key shares in a key's directory, all of which an offline ceremony reads and replaces. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { canonicalJson } from '../../../prelude/codec.js';
import { E, type Either } from '../../../prelude/fp.js';
import { type ProcessId, Universe } from '../../../prelude/process.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import { alliancePublicKeyCodec } from '../../../schemes/public-key-codec.js';
import { type AllianceKeyShare, type AlliancePublicKey, makeSigner } from '../../../schemes/registry.js';
import { badInput, type Failure } from '../../outcome.js';
import { describeKeyError } from '../key-errors.js';
import { readKeyShare } from './key-files.js';
import { keyFileNames, shareFile } from './key-layout.js';
import type { Passphrase } from './passphrase.js';

/** The shares at hand, each checked against the key. A file that is none of them is refused: it would be overwritten. */
export async function readHeldShares(
  directory: string,
  key: AlliancePublicKey,
  passphrase: Passphrase,
): Promise<Either<Failure, ReadonlyMap<ProcessId, AllianceKeyShare>>> {
  const names = listShares(directory);
  if (E.isLeft(names)) return names;
  const owners = new Map(policyMembers(key.policy).map((member) => [basename(shareFile(member)), member]));
  const shares = new Map<ProcessId, AllianceKeyShare>();
  for (const name of names.right) {
    const path = join(directory, keyFileNames.shares, name);
    const owner = owners.get(name);
    if (owner === undefined) return badInput(`${path}: no member's key share; move it elsewhere first`);
    const share = await readOne(path, owner, key, passphrase);
    if (E.isLeft(share)) return share;
    shares.set(owner, share.right);
  }
  return E.right(shares);
}

function listShares(directory: string): Either<Failure, readonly string[]> {
  const path = join(directory, keyFileNames.shares);
  try {
    return E.right(readdirSync(path).sort());
  } catch {
    return badInput(`${path}: no such directory: an offline ceremony needs the members' key shares there`);
  }
}

async function readOne(
  path: string,
  owner: ProcessId,
  key: AlliancePublicKey,
  passphrase: Passphrase,
): Promise<Either<Failure, AllianceKeyShare>> {
  const file = await readKeyShare(path, passphrase);
  if (E.isLeft(file)) return file;
  const { share, key: ownKey } = file.right;
  if (share.process !== owner) return badInput(`${path}: this is the key share of ${share.process}`);
  if (canonicalKey(ownKey) !== canonicalKey(key)) {
    const epochs = `epoch ${ownKey.epoch}, where the key is in epoch ${key.epoch}`;
    return badInput(`${path}: a share of another key, or of another dealing of it (${epochs})`);
  }
  const signer = makeSigner(key, share, new Universe(policyMembers(key.policy)));
  if (E.isRight(signer)) return E.right(share);
  const mend = `move it elsewhere, and koinon key reshare ${directoryOf(path)} gives ${owner} a new one`;
  return badInput(`${path}: ${describeKeyError(signer.left)}: ${mend}`);
}

function canonicalKey(key: AlliancePublicKey): string {
  return canonicalJson(alliancePublicKeyCodec.encode(key));
}

function directoryOf(share: string): string {
  return join(share, '..', '..');
}
