/**
 * Actions on the command line: one readable table of their kinds. They are written one after another, with the word "and" between
 * them: `admit initech.json and trust 'f=1 of (…)'`.
 */
import { E, type Either } from '../../prelude/fp.js';
import { type ProcessId, processId } from '../../prelude/process.js';
import type { Alliance } from '../../management/alliance.js';
import type { Action, KeyRole, KeySource, PolicySubject } from '../../management/proposals/action.js';
import { actionLimits, decodeActionsText } from '../../management/proposals/action-codec.js';
import { type ActionKind, actionKinds } from '../../management/proposals/action-kinds.js';
import { defaultBlsSuite } from '../../schemes/bls/ciphersuite.js';
import { readFileBytes, readTextFile } from '../../server/directory/text-files.js';
import { lengthOf } from '../durations.js';
import { describeReading } from '../input-bytes.js';
import { readKeyFile } from '../key/files/key-files.js';
import { badInput, type Failure } from '../outcome.js';
import { policyOf } from '../policy-argument.js';
import { trustOf } from '../trust-argument.js';
import { entryOf, publicKeyOf } from './entry-argument.js';
import { parametersOf } from './parameter-arguments.js';

/** What actions are written against. */
export interface ActionContext {
  readonly document: Alliance;
  /** Of the change under way. */
  readonly change?: number | undefined;
}

type Read = Promise<Either<Failure, Action>>;

interface Kind {
  /** As it is written. */
  readonly usage: string;
  readonly says: string;
  /** How many words follow its name. */
  readonly words: readonly [least: number, most: number];
  readonly read: (words: readonly string[], context: ActionContext) => Read;
}

const many = Number.POSITIVE_INFINITY;

export const actionTable: Readonly<Record<ActionKind, Kind>> = {
  admit: {
    usage: 'admit ENTRY.json',
    says: 'an organization with its servers, as it exported itself',
    words: [1, 1],
    read: async ([file = '']) =>
      E.map((organization: Entry): Action => ({ _tag: 'admit', organization }))(await entryOf(file)),
  },
  remove: {
    usage: 'remove ORGANIZATION',
    says: 'an organization with its servers and applications',
    words: [1, 1],
    read: ([organization = '']) => made({ _tag: 'remove', organization }),
  },
  organization: {
    usage: 'organization ENTRY.json [lost SERVER…]',
    says: 'an organization gets another entry; "lost": whose old keys somebody else may have',
    words: [1, many],
    read: async ([file = '', ...rest], { document }) => {
      const lost = serversAfter('lost', rest);
      if (E.isLeft(lost)) return lost;
      const entry = await entryOf(file, document);
      return E.isLeft(entry) ? entry : E.right({ _tag: 'organization', organization: entry.right, lost: lost.right });
    },
  },
  trust: {
    usage: 'trust TRUST [structure TRUST]',
    says: 'which servers may fail together; which organizations may, if that does not follow',
    words: [1, 3],
    read: async ([text = '', word, stated]) => {
      const trust = await trustOf(text);
      if (E.isLeft(trust)) return trust;
      if (word === undefined) return E.right({ _tag: 'trust', trust: trust.right });
      if (word !== 'structure' || stated === undefined) return unexpected(word, 'structure TRUST');
      const structure = await trustOf(stated);
      if (E.isLeft(structure)) return structure;
      return E.right({ _tag: 'trust', trust: trust.right, structure: structure.right });
    },
  },
  policy: {
    usage: 'policy amendment|emergency|recovery|approval KEY|amendment-of KIND POLICY|derived',
    says: 'who may amend, suspend, restart, have documents signed with a key; "derived": what follows from the trust model',
    words: [2, 3],
    read: async (words) => {
      const subject = policySubject(words.slice(0, -1));
      if (E.isLeft(subject)) return subject;
      const text = words.at(-1) ?? '';
      if (text === 'derived') return E.right({ _tag: 'policy', subject: subject.right });
      const policy = await policyOf(text);
      if (E.isLeft(policy)) return policy;
      return E.right({ _tag: 'policy', subject: subject.right, policy: policy.right });
    },
  },
  enrol: {
    usage: 'enrol ORGANIZATION/APPLICATION KEY',
    says: 'an application; KEY is the public key of its requests, in hexadecimal or as a PEM file',
    words: [2, 2],
    read: async ([name = '', file = '']) => {
      const id = processNamed(name);
      if (E.isLeft(id)) return id;
      const key = await publicKeyOf(file);
      return E.isLeft(key) ? key : E.right({ _tag: 'enrol', application: { id: id.right, key: key.right } });
    },
  },
  dismiss: {
    usage: 'dismiss ORGANIZATION/APPLICATION',
    says: 'an application',
    words: [1, 1],
    read: ([name = '']) =>
      Promise.resolve(
        E.map((application: ProcessId): Action => ({ _tag: 'dismiss', application }))(processNamed(name)),
      ),
  },
  parameters: {
    usage: 'parameters NAME=VALUE…',
    says: 'of consensus (windowSlots=64), terms (refresh=30d), limits (serversPerOrganization=8); the others stay',
    words: [1, many],
    read: (words, { document }) => Promise.resolve(parametersOf(words, document)),
  },
  scheme: {
    usage: 'scheme alliance|slow|document NAME SCHEME [distrust]',
    says: 'a new key for a role: bls, multisig, or "dealt KEYFILE by ORGANIZATION"; "distrust": an attacker knows the old one',
    words: [2, many],
    read: async (words) => {
      const distrust = words.at(-1) === 'distrust';
      const [role, rest] = roleIn(distrust ? words.slice(0, -1) : words);
      if (role === undefined) return unexpected(words[0], 'alliance, slow, or document NAME');
      const source = await sourceOf(rest);
      return E.isLeft(source) ? source : E.right({ _tag: 'scheme', role, source: source.right, distrust });
    },
  },
  'document-key': {
    usage: 'document-key NAME SCHEME [for POLICY]',
    says: 'a key with which the alliance signs documents, and who may have something signed with it',
    words: [2, many],
    read: async ([name = '', ...words]) => {
      const place = words.indexOf('for');
      const approval = place === -1 ? undefined : await policyOf(words.slice(place + 1).join(' '));
      if (approval !== undefined && E.isLeft(approval)) return approval;
      const source = await sourceOf(place === -1 ? words : words.slice(0, place));
      if (E.isLeft(source)) return source;
      const key = { _tag: 'document-key', name, source: source.right } as const;
      return E.right(approval === undefined ? key : { ...key, approval: approval.right });
    },
  },
  'drop-document-key': {
    usage: 'drop-document-key NAME',
    says: 'nothing more is signed with it',
    words: [1, 1],
    read: ([name = '']) => made({ _tag: 'drop-document-key', name }),
  },
  refresh: {
    usage: 'refresh [lost SERVER…]',
    says: 'new shares of every key; "lost": who has lost its own, and only receives',
    words: [0, many],
    read: (words) =>
      Promise.resolve(
        E.map((lost: readonly ProcessId[]): Action => ({ _tag: 'refresh', lost }))(serversAfter('lost', words)),
      ),
  },
  suspend: {
    usage: 'suspend ORGANIZATION [for] LENGTH',
    says: 'its acts are refused, and its applications not heard; LENGTH such as 1h or 7d',
    words: [2, 3],
    read: (words) => {
      const [organization = '', length = ''] = words.filter((word, place) => place !== 1 || word !== 'for');
      const lengthMs = lengthOf(length);
      return lengthMs === undefined
        ? unexpected(length, 'a length such as 1h or 7d')
        : made({ _tag: 'suspend', organization, lengthMs });
    },
  },
  restore: {
    usage: 'restore ORGANIZATION',
    says: 'ends a suspension',
    words: [1, 1],
    read: ([organization = '']) => made({ _tag: 'restore', organization }),
  },
  sign: {
    usage: 'sign KEY FILE',
    says: 'a document, with a document key',
    words: [2, 2],
    read: async ([key = '', file = '']) => {
      const document = await readFileBytes(file, actionLimits.document)();
      return E.isLeft(document)
        ? badInput(describeReading(document.left))
        : E.right({ _tag: 'sign', key, document: document.right });
    },
  },
  abandon: {
    usage: 'abandon [CHANGE]',
    says: 'the change of epoch under way',
    words: [0, 1],
    read: ([number], { change }) => {
      const named = number === undefined ? change : /^[1-9][0-9]{0,14}$/.test(number) ? Number(number) : undefined;
      if (named !== undefined) return made({ _tag: 'abandon', change: named });
      return number === undefined
        ? Promise.resolve(badInput('no change is under way'))
        : unexpected(number, 'the number of a change');
    },
  },
};

type Entry = Extract<Action, { _tag: 'admit' }>['organization'];

/** The help of commands that take actions. */
export function describeActions(): string {
  const rows = actionKinds.map((kind) => actionTable[kind]);
  return rows.map(({ usage, says }) => `  ${usage}\n      ${says}`).join('\n');
}

/** @param file - of actions as JSON, which come before those that are written out. */
export async function actionsOf(
  words: readonly string[],
  file: string | undefined,
  context: ActionContext,
): Promise<Either<Failure, readonly Action[]>> {
  const actions: Action[] = [];
  if (file !== undefined) {
    const read = await actionsIn(file);
    if (E.isLeft(read)) return read;
    actions.push(...read.right);
  }
  for (const [kind = '', ...rest] of splitAtAnd(words)) {
    const action = await actionOf(kind, rest, context);
    if (E.isLeft(action)) return action;
    actions.push(action.right);
  }
  if (actions.length > 0) return E.right(actions);
  return badInput(`no action: write what is to be done, such as "refresh"; there are ${actionKinds.join(', ')}`);
}

async function actionOf(kind: string, words: readonly string[], context: ActionContext): Read {
  const known = actionKinds.find((each) => each === kind);
  if (known === undefined)
    return badInput(`${kind === '' ? '"and"' : kind}: no kind of action; there are ${actionKinds.join(', ')}`);
  const {
    usage,
    words: [least, most],
    read,
  } = actionTable[known];
  if (words.length < least || words.length > most)
    return badInput(`${[kind, ...words].join(' ')}: write ${usage}, and "and" between one action and the next`);
  const action = await read(words, context);
  return E.isLeft(action) ? badInput(`${kind}: ${action.left.message}`) : action;
}

/** The words of each action. */
function splitAtAnd(words: readonly string[]): readonly (readonly string[])[] {
  if (words.length === 0) return [];
  const groups: string[][] = [[]];
  for (const word of words) {
    if (word === 'and') groups.push([]);
    else groups.at(-1)?.push(word);
  }
  return groups;
}

async function actionsIn(file: string): Promise<Either<Failure, readonly Action[]>> {
  const text = await readTextFile(file, actionLimits.bytesWithDocument * 2)();
  if (E.isLeft(text)) return badInput(describeReading(text.left));
  const actions = decodeActionsText(text.right);
  if (E.isRight(actions)) return actions;
  return badInput(`${file}: at ${actions.left.path}: expected ${actions.left.expected}`);
}

function made(action: Action): Read {
  return Promise.resolve(E.right(action));
}

function unexpected(found: string | undefined, expected: string): Promise<Either<Failure, never>> {
  return Promise.resolve(badInput(`expected ${expected}${found === undefined ? '' : ` instead of "${found}"`}`));
}

function processNamed(name: string): Either<Failure, ProcessId> {
  const id = processId(name);
  return id === undefined ? badInput(`"${name}" is no organization/name`) : E.right(id);
}

/** The servers behind a word, if there is anything. */
function serversAfter(word: string, words: readonly string[]): Either<Failure, readonly ProcessId[]> {
  const [first, ...names] = words;
  if (first === undefined) return E.right([]);
  if (first !== word || names.length === 0) return badInput(`expected "${word}" and servers instead of "${first}"`);
  const ids = names.flatMap((each) => each.split(',')).map((each) => processNamed(each.trim()));
  const bad = ids.find(E.isLeft);
  return bad ?? E.right(ids.flatMap((id) => (E.isRight(id) ? [id.right] : [])));
}

function policySubject([subject, what]: readonly string[]): Either<Failure, PolicySubject> {
  if (subject === 'approval' && what !== undefined) return E.right({ _tag: 'approval', key: what });
  if (subject === 'amendment-of') {
    const kind = actionKinds.find((each) => each === what);
    return kind === undefined
      ? badInput(`expected a kind of action instead of "${what ?? ''}": there are ${actionKinds.join(', ')}`)
      : E.right({ _tag: subject, kind });
  }
  if (what === undefined && (subject === 'amendment' || subject === 'emergency' || subject === 'recovery'))
    return E.right({ _tag: subject });
  return badInput(
    `expected amendment, emergency, recovery, approval KEY or amendment-of KIND instead of "${[subject, what].join(' ').trim()}"`,
  );
}

/** The role that the words begin with, and those behind it. */
function roleIn([role, ...rest]: readonly string[]): readonly [KeyRole | undefined, readonly string[]] {
  if (role === 'alliance' || role === 'slow') return [{ _tag: role }, rest];
  const [name, ...behind] = rest;
  return role === 'document' && name !== undefined ? [{ _tag: role, name }, behind] : [undefined, rest];
}

async function sourceOf([scheme, file, by, organization, ...more]: readonly string[]): Promise<
  Either<Failure, KeySource>
> {
  if (scheme === 'bls' && file === undefined) return E.right({ _tag: 'bls', suite: defaultBlsSuite });
  if (scheme === 'multisig' && file === undefined) return E.right({ _tag: 'multisig' });
  if (scheme !== 'dealt' || file === undefined || by !== 'by' || organization === undefined || more.length > 0)
    return unexpected(scheme, 'bls, multisig, or dealt KEYFILE by ORGANIZATION');
  const key = await readKeyFile(file, 'public-key');
  if (E.isLeft(key)) return key;
  if (key.right._tag !== 'public-key') return badInput(`${file}: expected a public key`);
  return E.right({ _tag: 'dealt', publicKey: key.right.key, organization });
}
