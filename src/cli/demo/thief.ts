/** What somebody can do who has copied the disks of servers: it reads the shares as the servers do, and signs with all of them. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Alliance } from '../../management/alliance.js';
import type { KeyRole } from '../../management/proposals/action.js';
import { keyOfRole, roleName } from '../../management/proposals/key-roles.js';
import type { Signature, SignatureShare } from '../../schemes/contract/distributed-signer.js';
import { type AllianceKeyShare, makeSigner, makeVerifier } from '../../schemes/registry.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { loadServerDirectory } from '../../server/directory/server-directory.js';
import { ownServerOf } from '../../server/membership/own-server.js';

/** A copy of the directory of a server, long-term keys and all. */
export interface Loot {
  readonly path: string;
  readonly server: ProcessId;
  /** The document that lay there. */
  readonly alliance: Alliance;
  /** By the names of the roles of their keys. */
  readonly shares: ReadonlyMap<string, AllianceKeyShare>;
}

/** Reads a copy as the server reads the original. */
export async function readLoot(copy: string): Promise<Either<string, Loot>> {
  const directory = await loadServerDirectory(copy)();
  if (E.isLeft(directory)) return E.left(describeDirectoryError(directory.left));
  const own = ownServerOf(directory.right);
  if (own === undefined) return E.left(`${copy}: its keys are erased`);
  return E.right({ path: copy, server: own.id, alliance: own.alliance, shares: own.shares });
}

/** Each share signs under the document that lay beside it; the lot is combined under each of these documents in turn. */
export function forge(loots: readonly Loot[], role: KeyRole, message: Uint8Array): Signature | undefined {
  const shares = new Map(loots.flatMap((loot) => signedWith(loot, role, message)));
  for (const { alliance } of loots) {
    const key = keyOfRole(alliance, role);
    const verifier = key === undefined ? undefined : makeVerifier(key, alliance.trust.system.processes.universe);
    if (verifier === undefined || E.isLeft(verifier)) continue;
    const combined = verifier.right.combine(message, shares);
    if (E.isRight(combined)) return combined.right.signature;
  }
  return undefined;
}

function signedWith(
  { server, alliance, shares }: Loot,
  role: KeyRole,
  message: Uint8Array,
): readonly (readonly [ProcessId, SignatureShare])[] {
  const [key, share] = [keyOfRole(alliance, role), shares.get(roleName(role))];
  if (key === undefined || share === undefined) return [];
  const signer = makeSigner(key, share, alliance.trust.system.processes.universe);
  if (E.isLeft(signer)) return [];
  const signed = signer.right.signShare(message);
  return E.isLeft(signed) ? [] : [[server, signed.right]];
}
