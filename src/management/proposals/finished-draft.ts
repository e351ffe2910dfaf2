/** The next document: a draft with the keys that its ceremonies made. */
import type { Digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import { type Alliance, type DocumentKeyEntry, type ServerEntry } from '../alliance.js';
import { findInconsistency } from '../alliance-consistency.js';
import type { AllianceError } from '../errors.js';
import type { Draft } from './draft-shape.js';
import { type KeyMove, keyOfRole, roleName } from './key-roles.js';

/** By the names of their roles; those of `keep` may be left out. */
export type MadeKeys = ReadonlyMap<string, AlliancePublicKey>;

/**
 * The next document, if it is one with these keys.
 *
 * @param transcript - of what was said while they moved.
 */
export function finishDraft(draft: Draft, keys: MadeKeys, transcript?: Digest): Either<AllianceError, Alliance> {
  const wanting = draft.moves.find((move) => keyFor(draft, move, keys) === undefined);
  if (wanting !== undefined)
    return E.left({ _tag: 'Inconsistent', path: '/', expected: `a key "${roleName(wanting.role)}"` });
  const document = { ...withKeys(draft, keys), ...(transcript === undefined ? {} : { transcript }) };
  const complaint = findInconsistency(document);
  return complaint === undefined ? E.right(document) : E.left(complaint);
}

/** The document of the draft with these keys, whatever they are. */
export function withKeys(draft: Draft, keys: MadeKeys): Alliance {
  const made = new Map(draft.moves.flatMap((move) => madeKey(draft, move, keys)));
  const document = withoutSharedSlowKey(draft.document);
  const added = draft.newDocumentKeys.map((entry): DocumentKeyEntry => ({ ...entry, publicKey: document.allianceKey }));
  const documentKeys = [...document.documentKeys, ...added]
    .map((entry) => ({ ...entry, publicKey: made.get(`document ${entry.name}`) ?? entry.publicKey }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const whole = { ...document, documentKeys, allianceKey: made.get('alliance') ?? document.allianceKey };
  return withSlowKey(whole, made.get('slow'));
}

function withoutSharedSlowKey({ slowKey: _, ...document }: Alliance): Alliance {
  return document;
}

function madeKey(draft: Draft, move: KeyMove, keys: MadeKeys): readonly (readonly [string, AlliancePublicKey])[] {
  const key = keyFor(draft, move, keys);
  return key === undefined ? [] : [[roleName(move.role), key]];
}

/** Of `keep`, and only of it, the present one goes on. */
function keyFor({ base, document }: Draft, move: KeyMove, keys: MadeKeys): AlliancePublicKey | undefined {
  const made = keys.get(roleName(move.role));
  if (made !== undefined || move.kind !== 'keep') return made;
  const present = keyOfRole(base, move.role);
  return present === undefined ? undefined : { ...present, policy: move.policy, epoch: document.epoch };
}

/** Servers have slow keys of their own, or none has. */
function withSlowKey(document: Alliance, slowKey: AlliancePublicKey | undefined): Alliance {
  if (slowKey === undefined) return document;
  if (slowKey._tag !== 'multisig') return { ...mapServers(document, withoutSlowKey), slowKey };
  return mapServers(document, (server) => {
    const own = slowKey.publicKeys.get(server.id);
    return own === undefined ? server : { ...server, slowKey: own };
  });
}

function withoutSlowKey({ slowKey: _, ...server }: ServerEntry): ServerEntry {
  return server;
}

function mapServers(document: Alliance, change: (server: ServerEntry) => ServerEntry): Alliance {
  const organizations = document.organizations.map((organization) => ({
    ...organization,
    servers: organization.servers.map(change),
  }));
  return { ...document, organizations };
}
