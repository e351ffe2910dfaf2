/** The keys of the change under way: how they are to move, and what has come of it, as governance sees it. */
import { toHex } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { assertNever, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import { bodyLimits } from '../acts/act-body.js';
import { serversOf } from '../alliance.js';
import { allianceIdOf } from '../alliance-codec.js';
import { beginMoves, type Moves } from '../changes/moves.js';
import { describeMoveError } from '../changes/moves-errors.js';
import type { MovesPlan, PlannedMove } from '../changes/moves-plan.js';
import { type KeyMove, keysByRole, roleName, usageOf } from '../proposals/key-roles.js';
import type { Sharing } from '../proposals/sharing.js';
import type { GovernanceEvent } from './event.js';
import type { Change, Governance } from './governance.js';

type Moving = Pick<Governance, 'document' | 'culprits' | 'formerKeys'>;

export function beginChangeMoves(governance: Governance, change: Change): readonly GovernanceEvent[] {
  const begun = beginMoves(movesPlanOf(governance, change));
  if (E.isRight(begun)) return [{ _tag: 'moving', moves: begun.right }];
  return [{ _tag: 'change-abandoned', why: describeMoveError(begun.left), sharings: [] }];
}

/** The same on every server, and whenever it is made again of the same change. */
export function movesPlanOf(
  { document, culprits, formerKeys }: Moving,
  change: Pick<Change, 'number' | 'draft' | 'draftDigest' | 'joined'>,
): MovesPlan {
  const { draft, draftDigest, number } = change;
  return {
    allianceId: allianceIdOf(document),
    change: number,
    draft: draftDigest,
    epoch: draft.document.epoch,
    trust: { present: document.trust, next: draft.document.trust },
    keys: keysByRole(document),
    moves: draft.moves.map((move) => plannedMove(move, change)),
    replaced: draft.replaced,
    culprits: [...culprits].sort(),
    earlier: [...formerKeys, document],
    maxMessageBytes: bodyLimits.ceremony,
  };
}

function plannedMove(move: KeyMove, { joined }: Pick<Change, 'joined'>): PlannedMove {
  const { role, policy, absent } = move;
  const named = { role: roleName(role), policy };
  switch (move.kind) {
    case 'keep':
      return { ...named, _tag: 'collect', usage: usageOf(role), brought: new Map() };
    case 'collect':
      return { ...named, _tag: 'collect', usage: usageOf(role), brought: keysBrought(named.role, joined) };
    case 'refresh':
    case 'reshare':
      return { ...named, _tag: move.kind, absent };
    case 'generate':
      return {
        ...named,
        _tag: 'generate',
        usage: usageOf(role),
        suite: present(move.suite, 'a key is generated for a suite'),
      };
    case 'accept':
      return { ...named, _tag: 'accept', publicKey: present(move.publicKey, 'a dealt key is there') };
    default:
      return assertNever(move.kind);
  }
}

function keysBrought(role: string, joined: Change['joined']): ReadonlyMap<ProcessId, Ed25519PublicKey> {
  const brought = new Map<ProcessId, Ed25519PublicKey>();
  for (const [id, { keys }] of joined) for (const each of keys) if (each.role === role) brought.set(id, each.key);
  return brought;
}

/** Who has not said that it holds its share of some key. */
export function withoutShares({ outcome }: Moves): readonly ProcessId[] {
  return [...new Set([...outcome.unacknowledged.values()].flat())].sort();
}

/** Who was handed shares so far, in attempts that were given up too. */
export function sharingsOfMoves({ outcome }: Moves, { draft }: Change): readonly Sharing[] {
  const identities = new Map(serversOf(draft.document).map(({ id, identityKey }) => [id, identityKey]));
  return outcome.sharings.map(({ ceremonyId, role, keyId, policy, holders }) => ({
    id: ceremonyId,
    role,
    keyId,
    epoch: draft.document.epoch,
    policy,
    holders: holders.flatMap((id) => {
      const identityKey = identities.get(id);
      return identityKey === undefined ? [] : [{ id, key: toHex(identityKey) }];
    }),
    erased: new Set(),
  }));
}
