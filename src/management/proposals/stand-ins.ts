/** A draft with keys in the place of those that only ceremonies can make, so that all else of it can be judged as a document. */
import { utf8 } from '../../prelude/bytes.js';
import { digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import { type Alliance, serversOf } from '../alliance.js';
import type { Draft } from './draft-shape.js';
import { withKeys } from './finished-draft.js';
import { type KeyMove, keyOfRole, roleName, usageOf } from './key-roles.js';

/** As if every ceremony had ended well. */
export function withStandIns(draft: Draft): Alliance {
  const keys = draft.moves.map((move) => [roleName(move.role), standIn(draft, move)] as const);
  return withKeys(draft, new Map(keys));
}

function standIn({ base, document }: Draft, move: KeyMove): AlliancePublicKey {
  const { role, policy, publicKey } = move;
  const present = publicKey ?? keyOfRole(base, role);
  const shape = { usage: usageOf(role), epoch: document.epoch, policy };
  switch (move.kind) {
    case 'accept':
      // As it was dealt, so that what is wrong with it shows.
      return publicKey ?? multisig(document, shape, move);
    case 'refresh':
    case 'reshare':
      return present === undefined ? multisig(document, shape, move) : { ...present, ...shape };
    case 'generate': {
      const groupKey = bytesFor(`group key of ${roleName(role)}`);
      return { _tag: 'bls', suite: move.suite ?? 'min-pk-pop', groupKey, commitments: [groupKey], ...shape };
    }
    case 'keep':
    case 'collect':
      return multisig(document, shape, move);
  }
}

type Shape = Pick<AlliancePublicKey, 'usage' | 'epoch' | 'policy'>;

function multisig(document: Alliance, shape: Shape, { role }: KeyMove): AlliancePublicKey {
  const keys = serversOf(document).map(({ id }) => [id, standInKey(roleName(role), id)] as const);
  return { _tag: 'multisig', ...shape, publicKeys: new Map(keys) };
}

function standInKey(role: string, id: ProcessId): Ed25519PublicKey {
  return bytesFor(`${role} key of ${id}`) as Ed25519PublicKey;
}

/** Different for every purpose, and nobody's key. */
function bytesFor(purpose: string): Uint8Array {
  return digest(utf8(`koinon stand-in: ${purpose}`));
}
