/** What those who come, and those who move keys, say of the change under way. */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import type { OrganizationBody, ServerBody } from '../acts/act-body.js';
import type { Moves } from '../changes/moves.js';
import type { SpokenIdentity } from '../changes/spoken-identity.js';
import { roleName } from '../proposals/key-roles.js';
import type { Decided, Speaker } from './decision.js';
import type { ManagementError } from './errors.js';
import type { Change, GatheringChange, Governance, MovingChange, PreparedChange } from './governance.js';
import type { LogPosition } from './position.js';

type ServerBodyOf<Tag extends ServerBody['_tag']> = Extract<ServerBody, { _tag: Tag }>;

/** The change under way, if it is in the state in which `act` is said. */
function changeIn<C extends Change>(
  { change }: Governance,
  act: string,
  state: C['state'],
): Either<ManagementError, C> {
  if (change === undefined) return E.left({ _tag: 'NoChange' });
  if (change.state === state) return E.right(change as C);
  return E.left({ _tag: 'WrongState', what: `change ${change.number}`, state: change.state, act });
}

export function acknowledge(
  governance: Governance,
  organization: string,
  body: Extract<OrganizationBody, { _tag: 'acknowledge' }>,
): Decided {
  const found = changeIn<GatheringChange>(governance, 'acknowledge', 'gathering');
  if (E.isLeft(found)) return found;
  const change = found.right;
  const other = aboutAnother(change, body.change, body.draft);
  if (other !== undefined) return E.left(other);
  if (!change.draft.admitted.includes(organization)) return E.left({ _tag: 'NotAdmitted', organization });
  if (change.acknowledged.has(organization)) return E.left({ _tag: 'AcknowledgedBefore', organization });
  return E.right([{ _tag: 'acknowledged', organization }]);
}

function aboutAnother(
  { number, draftDigest }: Change,
  named: number,
  draft: Change['draftDigest'],
): ManagementError | undefined {
  if (named !== number) return { _tag: 'OtherChange', named, current: number };
  return equalBytes(draft, draftDigest) ? undefined : { _tag: 'OtherDraft', named: draft, current: draftDigest };
}

export function join(governance: Governance, { id, inDraft }: Speaker, body: ServerBodyOf<'join'>): Decided {
  const found = changeIn<GatheringChange>(governance, 'join', 'gathering');
  if (E.isLeft(found)) return found;
  const change = found.right;
  const other = aboutAnother(change, body.change, body.draft);
  if (other !== undefined) return E.left(other);
  if (!inDraft || !mustJoin(change, id)) return E.left({ _tag: 'NotJoining', server: id });
  const brought = body.keys.map(({ role }) => role);
  const roles = rolesToBring(change.draft, id).filter((role) => !brought.includes(role));
  if (roles.length > 0) return E.left({ _tag: 'KeysMissing', server: id, roles });
  const comes = change.draft.joining.includes(id) || change.draft.replaced.includes(id);
  if (body.slot < change.openedSlot && comes)
    return E.left({ _tag: 'LearnerBehind', server: id, slot: body.slot, needed: change.openedSlot });
  return E.right([{ _tag: 'joined', server: id, joined: { slot: body.slot, keys: body.keys } }]);
}

/** Newcomers, those who are replaced, and whoever has to bring a key. */
export function mustJoin({ draft }: Change, id: Speaker['id']): boolean {
  return draft.joining.includes(id) || draft.replaced.includes(id) || rolesToBring(draft, id).length > 0;
}

/** For which keys it has to bring one of its own. */
export function rolesToBring({ moves }: Change['draft'], id: Speaker['id']): readonly string[] {
  return moves.flatMap((move) => (move.bringing?.includes(id) === true ? [roleName(move.role)] : []));
}

export function ceremony(governance: Governance, speaker: Speaker, { message }: ServerBodyOf<'ceremony'>): Decided {
  const { change } = governance;
  const found =
    change?.state === 'prepared' || change?.state === 'activated'
      ? E.right(change)
      : changeIn<MovingChange>(governance, 'ceremony', 'moving');
  if (E.isLeft(found)) return found;
  const { moves } = found.right;
  const identity = speaker.inDraft ? 'draft' : 'document';
  const isBoth = speaker.inDraft && speaker.inDocument;
  const moved = feedAs(moves, { from: speaker.id, message }, isBoth ? ['document', 'draft'] : [identity]);
  return E.right(moved === moves ? [] : [{ _tag: 'moved-on', moves: moved }]);
}

/** Where document and draft list the same identity, whichever of the two is asked for. */
function feedAs(
  moves: Moves,
  said: { readonly from: Speaker['id']; readonly message: Uint8Array },
  identities: readonly SpokenIdentity[],
): Moves {
  for (const identity of identities) {
    const fed = moves.feed({ ...said, identity });
    if (fed !== moves) return fed;
  }
  return moves;
}

/** What consensus takes of it is consensus's; here it is only made sure that it is about what follows. */
export function ready(
  governance: Governance,
  { id, inDraft }: Speaker,
  { configuration, position, signature }: ServerBodyOf<'ready'>,
  at: LogPosition,
): Decided {
  const found = changeIn<PreparedChange>(governance, 'ready', 'prepared');
  if (E.isLeft(found)) return found;
  const { next, configuration: current } = found.right;
  if (!equalBytes(configuration, current)) return E.left({ _tag: 'OtherConfiguration', named: configuration, current });
  if (!inDraft || next.trust.system.processes.universe.at(position) !== id)
    return E.left({ _tag: 'NotJoining', server: id });
  const isKnown = at.readyFor !== undefined && equalBytes(at.readyFor, configuration) && at.ready.includes(position);
  return isKnown ? E.right([]) : E.right([{ _tag: 'ready', configuration, position, signature }]);
}
