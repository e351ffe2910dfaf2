/** The draft of a next document: what actions make of the document in force, but for the keys that only ceremonies can fill in. */
import { type Digest, digest } from '../../prelude/digest.js';
import { toHex, utf8 } from '../../prelude/bytes.js';
import { canonicalJson } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { keyIdOf } from '../../schemes/public-key.js';
import type { Alliance } from '../alliance.js';
import { allianceIdOf, configurationDigestOf, encodeAlliance } from '../alliance-codec.js';
import type { Action } from './action.js';
import type { Draft } from './draft-shape.js';
import { draftComplaint } from './draft-consistency.js';
import { applyActions, type Drafted } from './drafted-document.js';
import type { ActionRefused } from './errors.js';
import type { DocumentGate } from './gate-names.js';
import { keyMoves, needsDealer } from './key-moves.js';
import { roleName } from './key-roles.js';
import { isSame } from './same-value.js';
import { serverChanges } from './server-changes.js';

export type { Draft } from './draft-shape.js';
export { finishDraft } from './finished-draft.js';
export { type KeyMove, roleName } from './key-roles.js';

/**
 * What `actions`, applied in their order, make of the document in force.
 *
 * @param change - the number of the change that leads to it.
 * @param overrides - gates of the document that are overridden, which it names.
 */
export function makeDraft(
  document: Alliance,
  actions: readonly Action[],
  change: number,
  overrides: readonly DocumentGate[] = [],
): Either<ActionRefused, Draft> {
  const applied = applyActions(document, actions);
  if (E.isLeft(applied)) return applied;
  const drafted = applied.right;
  if (changesNothing(document, drafted, actions)) return E.left({ _tag: 'NothingChanges', action: actions.length - 1 });
  if (needsDealer(document, drafted)) return E.left({ _tag: 'SlowKeyNeedsDealer' });
  const draft = draftOf(document, drafted, { change, overrides });
  const complaint = draftComplaint(draft, drafted.newKeys);
  return complaint === undefined ? E.right(draft) : E.left(complaint);
}

/** Names a draft: what organizations acknowledge, and servers join. */
export function draftDigest({ document, moves, newDocumentKeys, lost }: Draft): Digest {
  const told = moves.map((move) => ({
    role: roleName(move.role),
    kind: move.kind,
    absent: move.absent,
    ...(move.publicKey !== undefined ? { dealt: toHex(keyIdOf(move.publicKey)) } : {}),
  }));
  const added = newDocumentKeys.map(({ name }) => name);
  return digest(utf8(canonicalJson({ document: encodeAlliance(document), moves: told, added, lost })));
}

/** Actions that undo one another. A refresh, and a new key, always do something. */
function changesNothing(base: Alliance, { document }: Drafted, actions: readonly Action[]): boolean {
  const isAboutKeys = actions.some(({ _tag }) => _tag === 'refresh' || _tag === 'scheme' || _tag === 'document-key');
  return !isAboutKeys && isSame(encodeAlliance(base), encodeAlliance(document));
}

function draftOf(
  base: Alliance,
  drafted: Drafted,
  { change, overrides }: { readonly change: number; readonly overrides: readonly DocumentGate[] },
): Draft {
  const { document, newKeys, lost } = drafted;
  const servers = serverChanges(base, document, drafted);
  const next: Alliance = {
    ...withoutTranscript(document),
    allianceId: allianceIdOf(base),
    previous: configurationDigestOf(base),
    change,
    epoch: base.epoch + 1,
    governance: { ...document.governance, overrides: [...new Set(overrides)].sort() },
  };
  const { joining, leaving, replaced } = servers;
  return {
    base,
    document: next,
    moves: keyMoves(base, drafted, servers),
    newDocumentKeys: [...newKeys.values()].flatMap(({ role, isAdded, approval }) => {
      if (!isAdded || role._tag !== 'document') return [];
      return [{ name: role.name, ...(approval === undefined ? {} : { approval }) }];
    }),
    joining,
    leaving,
    replaced,
    lost: [...lost].sort(),
    admitted: namesMissing(document, base),
    removed: namesMissing(base, document),
  };
}

function withoutTranscript({ transcript: _, ...document }: Alliance): Alliance {
  return document;
}

/** The organizations of the one that the other has not. */
function namesMissing(one: Alliance, other: Alliance): readonly string[] {
  const names = new Set(other.organizations.map(({ name }) => name));
  return one.organizations
    .map(({ name }) => name)
    .filter((name) => !names.has(name))
    .sort();
}
