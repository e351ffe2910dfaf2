/**
 * What an act comes to: events, or why it comes to nothing. Who may say it is judged first: an organization of the document, or one
 * that the change admits; a server under the identity that the document lists, or the draft.
 */
import { fromHex, toHex } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Act, checkOrganizationAct, checkServerAct } from '../acts/act.js';
import { type ActBody, decodeBody, type OrganizationBody, type ServerBody } from '../acts/act-body.js';
import type { ActRefused } from '../acts/act-errors.js';
import { authorityKeyId } from '../acts/authority.js';
import { type Alliance, type OrganizationEntry, serversOf } from '../alliance.js';
import { allianceIdOf } from '../alliance-codec.js';
import type { Decided, Speaker } from './decision.js';
import type { ManagementError } from './errors.js';
import { acknowledge, ceremony, join, ready } from './decide-change.js';
import { ballot, propose, withdraw } from './decide-proposals.js';
import { erased, reading, share } from './decide-servers.js';
import { type Ed25519PublicKey, ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import type { GovernanceEvent } from './event.js';
import type { Governance } from './governance.js';
import type { Judging, LogPosition } from './position.js';

export function decide(governance: Governance, act: Act, at: LogPosition, judging: Judging): Decided {
  const body = decodeBody(act.body);
  if (E.isLeft(body)) return body;
  if (act.author._tag === 'organization') {
    return isOrganizationBody(body.right)
      ? decideOrganization(governance, act, act.author.name, body.right, at, judging)
      : E.left({ _tag: 'WrongAuthor', act: body.right._tag, author: act.author.name });
  }
  return isOrganizationBody(body.right)
    ? E.left({ _tag: 'WrongAuthor', act: body.right._tag, author: act.author.id })
    : decideServer(governance, act, act.author.id, body.right, at, judging);
}

/** Why an act is nobody's whom governance knows, before anything else of it is looked at; `undefined` if it is somebody's. */
export function findForgery(governance: Governance, act: Act, { verify }: Judging): ManagementError | undefined {
  const { author } = act;
  if (author._tag === 'server') {
    const speaker = speakerOf(governance, act, author.id, verify);
    return E.isLeft(speaker) ? speaker.left : undefined;
  }
  const { document, change } = governance;
  const authorities = [document, change?.draft.document].flatMap((each) => entryOf(each, author.name) ?? []);
  const refusals = authorities.map((authority) => checkOrganizationAct(act, allianceIdOf(document), authority, verify));
  return refusals.includes(undefined) ? undefined : (refusals[0] ?? { _tag: 'UnknownAuthor', author: author.name });
}

function isOrganizationBody(body: ActBody): body is OrganizationBody {
  return 'number' in body;
}

function decideOrganization(
  governance: Governance,
  act: Act,
  name: string,
  body: OrganizationBody,
  at: LogPosition,
  { verify }: Judging,
): Decided {
  const admitted = body._tag === 'acknowledge' ? entryOf(governance.change?.draft.document, name) : undefined;
  const authority = admitted ?? entryOf(governance.document, name);
  if (authority === undefined) return E.left({ _tag: 'UnknownAuthor', author: name });
  const refused = checkOrganizationAct(act, allianceIdOf(governance.document), authority, verify);
  if (refused !== undefined) return E.left(refused);
  const id = toHex(authorityKeyId(authority));
  const last = governance.numbers.get(id) ?? 0;
  if (body.number <= last) return E.left({ _tag: 'NumberUsed', organization: name, number: body.number, last });
  if (governance.suspensions.has(name)) return E.left({ _tag: 'Suspended', organization: name });
  const numbered: GovernanceEvent = { _tag: 'number-used', authority: id, number: body.number };
  return E.map((events: readonly GovernanceEvent[]) => [numbered, ...events])(
    organizationEvents(governance, name, body, act, at),
  );
}

function organizationEvents(
  governance: Governance,
  name: string,
  body: OrganizationBody,
  act: Act,
  at: LogPosition,
): Decided {
  switch (body._tag) {
    case 'propose':
      return propose(governance, { name, act, at }, body);
    case 'ballot':
      return ballot(governance, { name, act }, body);
    case 'withdraw':
      return withdraw(governance, name, body);
    case 'acknowledge':
      return acknowledge(governance, name, body);
    default:
      return assertNever(body);
  }
}

function entryOf(document: Alliance | undefined, name: string): OrganizationEntry | undefined {
  return document?.organizations.find((organization) => organization.name === name);
}

function decideServer(
  governance: Governance,
  act: Act,
  id: ProcessId,
  body: ServerBody,
  at: LogPosition,
  { verify }: Judging,
): Decided {
  const speaker = speakerOf(governance, act, id, verify);
  if (E.isLeft(speaker)) return speaker;
  switch (body._tag) {
    case 'join':
      return join(governance, speaker.right, body);
    case 'reading':
      return reading(governance, speaker.right, body);
    case 'ceremony':
      return ceremony(governance, speaker.right, body);
    case 'ready':
      return ready(governance, speaker.right, body, at);
    case 'share':
      return share(governance, speaker.right, body);
    case 'erased':
      return erased(governance, speaker.right, body);
    default:
      return assertNever(body);
  }
}

/** The identity under which the signature holds: that of the document, that of the draft, or one that held a share. */
function speakerOf(
  { document, change, sharings }: Governance,
  act: Act,
  id: ProcessId,
  verify: Judging['verify'],
): Either<ActRefused, Speaker> {
  const [now, next] = [identityOf(document, id), identityOf(change?.draft.document, id)];
  const former = sharings.flatMap(({ holders }) => holders.filter((holder) => holder.id === id));
  const listed = [now, next].flatMap((key) => (key === undefined ? [] : [toHex(key)]));
  const candidates = new Set([...listed, ...former.map(({ key }) => key)]);
  if (candidates.size === 0) return E.left({ _tag: 'UnknownAuthor', author: id });
  for (const candidate of candidates) {
    const identityKey = ed25519PublicKey(fromHex(candidate) ?? new Uint8Array());
    if (identityKey === undefined) continue;
    if (checkServerAct(act, allianceIdOf(document), { id, identityKey }, verify) !== undefined) continue;
    const isSame = (other: Ed25519PublicKey | undefined): boolean => other !== undefined && toHex(other) === candidate;
    return E.right({ id, identityKey, inDocument: isSame(now), inDraft: isSame(next) });
  }
  return E.left({ _tag: 'BadActSignature', by: id });
}

function identityOf(document: Alliance | undefined, id: ProcessId): Ed25519PublicKey | undefined {
  return document === undefined ? undefined : serversOf(document).find((server) => server.id === id)?.identityKey;
}
