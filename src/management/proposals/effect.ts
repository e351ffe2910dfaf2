/**
 * What a proposal does, before anybody votes: the alliance before and after, who gains or loses a veto, what becomes of its keys, what
 * stands against it. Its exact part is digested, and so signed with the proposal (spec/management.md, "Effect").
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Figure } from '../../quorum/verdict.js';
import { keyIdOf } from '../../schemes/public-key.js';
import { type Alliance, governanceRules } from '../alliance.js';
import type { Draft } from './draft-shape.js';
import type { Effect, ToldMove, VetoChange } from './effect-shape.js';
import { documentGatesAgainst } from './gates.js';
import type { KeyRole } from './action.js';
import { type KeyMove, keyOfRole, roleName } from './key-roles.js';
import { type Standing, standingOf } from './standing.js';

export type { Effect } from './effect-shape.js';

/** What `draft` does to the document in force. Bounded in steps: the same on every machine. */
export function effectOf(before: Alliance, draft: Draft): Effect {
  const [standing, next] = [standingOf(before), standingOf(withNewKeys(draft))];
  return {
    before: standing,
    after: next,
    vetoes: vetoChanges(standing, next),
    moves: draft.moves.map((move) => toldMove(move, draft.base)),
    gates: documentGatesAgainst(draft),
    firstToAct: firstToAct(draft),
    pause: pauseOf(draft),
  };
}

/** Of the exact part alone: whatever is found by a search that a better one might end otherwise is not in it. */
export function effectDigest({ before, after, vetoes, moves, gates }: Effect): Digest {
  const writer = new Writer().text('koinon effect v1').u32(governanceRules);
  writeStanding(writer, before);
  writeStanding(writer, after);
  writer.list(vetoes, (each, { policy, gained, lost }) => writeNames(writeNames(each.text(policy), gained), lost));
  writer.list(moves, writeMove);
  return digest(writer.list(gates, (each, { gate }) => each.text(gate)).finish());
}

function writeStanding(writer: Writer, { verdicts, tolerances }: Standing): void {
  const { slowWithinByzantine, c1, c2, c2OfLeaders } = verdicts;
  for (const tag of [slowWithinByzantine, c1, c2, c2OfLeaders]) writer.text(tag);
  const { dishonestServers, silentServers, dishonestOrganizations } = tolerances;
  for (const figure of [dishonestServers, silentServers, dishonestOrganizations]) writeFigure(writer, figure);
}

function writeFigure(writer: Writer, figure: Figure<number>): void {
  writer.option(figure._tag === 'exact' ? figure.value : undefined, (each, value) => each.u32(value));
}

function writeNames(writer: Writer, names: readonly ProcessId[]): Writer {
  return writer.list(names, (each, name) => each.text(name));
}

function writeMove(writer: Writer, { key, kind, absent, bringing, present, dealt }: ToldMove): void {
  writeNames(writeNames(writer.text(key).text(kind), absent), bringing);
  for (const id of [present, dealt]) writer.option(id, (each, digest) => each.fixed(digest));
}

/** Its policies with those of keys that are still to be made. */
function withNewKeys({ document, newDocumentKeys }: Draft): Alliance {
  const added = newDocumentKeys.map((entry) => ({ ...entry, publicKey: document.allianceKey }));
  return { ...document, documentKeys: [...document.documentKeys, ...added] };
}

function vetoChanges(before: Standing, after: Standing): readonly VetoChange[] {
  const vetoesOf = ({ policies }: Standing): ReadonlyMap<string, readonly ProcessId[]> =>
    new Map(policies.map(({ name, vetoes }) => [name, vetoes]));
  const [first, second] = [vetoesOf(before), vetoesOf(after)];
  const names = [...new Set([...first.keys(), ...second.keys()])].sort();
  return names.flatMap((policy) => {
    const [old, next] = [first.get(policy) ?? [], second.get(policy) ?? []];
    const gained = next.filter((name) => !old.includes(name));
    const lost = old.filter((name) => !next.includes(name));
    return gained.length + lost.length === 0 ? [] : [{ policy, gained, lost }];
  });
}

function toldMove({ role, kind, absent, bringing = [], publicKey }: KeyMove, base: Alliance): ToldMove {
  const replaced = isReplaced(role, kind) ? keyOfRole(base, role) : undefined;
  const [present, dealt] = [replaced, publicKey].map((key) => (key === undefined ? undefined : keyIdOf(key)));
  return { key: roleName(role), kind, absent, bringing, present, dealt };
}

/** A shared slow key is another in every epoch, whatever is proposed. */
function isReplaced(role: KeyRole, kind: KeyMove['kind']): boolean {
  return role._tag !== 'slow' && (kind === 'generate' || kind === 'accept' || kind === 'collect');
}

function firstToAct({ admitted, joining, replaced, moves }: Draft): readonly string[] {
  const line = (who: readonly string[], what: string): readonly string[] =>
    who.length === 0 ? [] : [`${who.join(', ')}: ${what}`];
  return [
    ...line(admitted, 'read the draft, prove that the keys in it are yours, and acknowledge it'),
    ...line(
      [...joining, ...replaced].sort(),
      'start with the draft, follow the log, fetch a certified state, and join',
    ),
    ...moves.flatMap((move) => whoActsFor(move)),
  ];
}

function whoActsFor({ role, kind, bringing = [], dealer }: KeyMove): readonly string[] {
  const name = roleName(role);
  if (kind === 'collect' && bringing.length > 0) return [`${bringing.join(', ')}: bring public keys for "${name}"`];
  if (kind === 'accept')
    return [`${dealer ?? 'the dealer'}: hand the shares of "${name}" out; whoever dealt them could keep the key`];
  if (kind === 'generate' && role._tag === 'slow')
    return ['all servers of the draft: take part in making the slow key, which waits for each of them'];
  return [];
}

function pauseOf({ moves, document }: Draft): readonly string[] {
  const ceremonies = moves.filter(({ kind }) => kind !== 'keep' && kind !== 'collect').length;
  const { readyMs } = document.governance.terms;
  return [
    ...(ceremonies === 0
      ? []
      : [
          `The service goes on while ${ceremonies === 1 ? 'one key is moved' : `${ceremonies} keys are moved, one after another`}.`,
        ]),
    'It pauses for less than 2 seconds between the epochs where all servers of the draft are ready.',
    `Where some are not, the change waits for them up to ${Math.ceil(readyMs / 1000)} seconds, and the service does not.`,
  ];
}
