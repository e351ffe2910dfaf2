/** Decoders of what management reads in the log. */
import { fromUtf8, utf8 } from '../../src/prelude/bytes.js';
import { canonicalJson } from '../../src/prelude/codec.js';
import { digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { type Act, decodeAct, encodeAct } from '../../src/management/acts/act.js';
import { type ActBody, decodeBody, encodeBody } from '../../src/management/acts/act-body.js';
import type { Action } from '../../src/management/proposals/action.js';
import { decodeActions, encodeActions } from '../../src/management/proposals/action-codec.js';
import { parseActFile, printActFile } from '../../src/cli/governance/act-file-codec.js';
import { E, type Either } from '../../src/prelude/fp.js';
import { ed25519Verify } from '../../src/schemes/ed25519/ed25519.js';
import { Membership } from '../../src/services/membership/membership.js';
import { decodeResult, encodeResult } from '../../src/services/membership/result-codec.js';
import type { ActResult } from '../../src/services/membership/result-shapes.js';
import { decodeView, encodeView } from '../../src/services/membership/view-codec.js';
import type { ViewKind } from '../../src/services/membership/view-shapes.js';
import { encodeQuery, encodeViewPart, readQuery, readViewPart, viewOf } from '../../src/services/membership/views.js';
import { encodeServiceCommand, readServiceCommand } from '../../src/services/service-command.js';
import { publicKey, World } from '../management/governance/world.js';
import { bytesDecoder, type Decoder, textDecoder } from './decoder.js';

const signature = new Uint8Array(64).fill(7);

const acts: readonly Act[] = [
  {
    author: { _tag: 'organization', name: 'acme' },
    body: digest(utf8('said')),
    signatures: ['ann', 'bob'].map((name) => ({ by: name as ProcessId, signature })),
  },
  {
    author: { _tag: 'server', id: 'acme/1' as ProcessId },
    body: new Uint8Array(),
    signatures: [{ by: 'acme/1' as ProcessId, signature }],
  },
];

const named = digest(utf8('something'));

const bodies: readonly ActBody[] = [
  {
    _tag: 'propose',
    number: 1,
    base: named,
    actions: utf8('[]'),
    effect: named,
    overrides: ['trust-violated', 'quorum-lost'],
    lengthMs: 5,
  },
  { _tag: 'ballot', number: 2, proposal: named, accepts: true, overrides: ['key-immovable'] },
  { _tag: 'withdraw', number: 3, proposal: named },
  { _tag: 'acknowledge', number: 4, change: 1, draft: named },
  { _tag: 'join', change: 1, draft: named, slot: 9, keys: [{ role: 'alliance', key: publicKey('alliance a/1') }] },
  { _tag: 'reading', readMs: 77 },
  { _tag: 'ceremony', message: utf8('a message') },
  { _tag: 'ready', configuration: named, position: 3, signature },
  { _tag: 'share', of: { _tag: 'enacted' }, share: signature },
  { _tag: 'share', of: { _tag: 'document', proposal: named }, share: signature },
  { _tag: 'erased', sharing: named },
];

const actions: readonly Action[] = [
  { _tag: 'refresh', lost: ['a/1' as ProcessId] },
  { _tag: 'enrol', application: { id: 'a/more' as ProcessId, key: publicKey('requests a/more') } },
];

/** A state with a proposal, a ballot, and a change under way. */
function states(): readonly Uint8Array[] {
  const world = World.running();
  world.propose('a', [{ _tag: 'refresh', lost: [] }]);
  const waiting = snapshotOf(world);
  world.vote(1, ['a', 'b', 'c']);
  return [waiting, snapshotOf(world)];
}

function membershipOf(world: World): Membership {
  return new Membership({ founding: world.governance, verify: ed25519Verify });
}

function snapshotOf(world: World): Uint8Array {
  return membershipOf(world).snapshot();
}

/** A world of which there is something to show. */
function shownWorld(): World {
  const world = World.running();
  world.propose('a', [{ _tag: 'suspend', organization: 'd', lengthMs: 5000 }]);
  world.vote(1, ['b', 'c']);
  world.propose('a', [{ _tag: 'refresh', lost: [] }]);
  world.vote(2, ['a', 'b', 'c']);
  world.propose('b', [{ _tag: 'refresh', lost: [] }]);
  world.vote(3, ['c'], false);
  return world;
}

const shown = shownWorld();

function viewDecoder(kind: ViewKind, doors: number, ...numbers: readonly number[]): Decoder {
  const json = (number: number): string => {
    const part = present(readViewPart(viewOf(shown.governance, { kind, number, offset: 0 })), 'a part');
    return present(fromUtf8(part.bytes), 'JSON');
  };
  return textDecoder(
    `a view "${kind}"`,
    { 'src/services/membership/view-codec.ts': doors },
    'json',
    numbers.map(json),
    (text) => E.fromNullable('refused')(decodeView(kind, text)),
    (value) => canonicalJson(encodeView({ kind, shown: value } as never)),
  );
}

function actFiles(): readonly string[] {
  const { document } = shown;
  const [act = new Uint8Array()] = acts.map(encodeAct);
  return [
    { act, document },
    { act, document, about: act },
  ].map(printActFile);
}

const results: readonly ActResult[] = [
  { _tag: 'waiting' },
  { _tag: 'refused', error: 'Busy', says: 'another proposal was examined at the same moment' },
  {
    _tag: 'taken',
    events: [
      { event: 'number-used' },
      { event: 'ballot-cast', proposal: { number: 1, id: named }, organization: 'acme' },
      { event: 'proposal-ended', proposal: { number: 1, id: named }, why: 'rejected: too many voted against it' },
    ],
  },
];

const empty = new World();

function restored(bytes: Uint8Array): Either<'refused', Membership> {
  const membership = membershipOf(empty);
  return membership.restore(Uint8Array.from(bytes)) ? E.right(membership) : E.left('refused');
}

export const managementDecoders: readonly Decoder[] = [
  bytesDecoder('an act', { 'src/management/acts/act.ts': 2 }, acts.map(encodeAct), decodeAct, encodeAct),
  bytesDecoder(
    'what an act says',
    { 'src/management/acts/act-body.ts': 2 },
    bodies.map(encodeBody),
    decodeBody,
    encodeBody,
  ),
  bytesDecoder(
    'actions',
    { 'src/management/proposals/action-codec.ts': 3 },
    actions.map((action) => encodeActions([action])),
    decodeActions,
    encodeActions,
  ),
  {
    ...bytesDecoder(
      'a state of governance',
      { 'src/services/membership/membership.ts': 1, 'src/management/governance/sharing-snapshot.ts': 2 },
      states(),
      restored,
      (membership) => membership.snapshot(),
    ),
    share: 0.2,
  },
  bytesDecoder(
    'a command for a service',
    { 'src/services/service-command.ts': 1 },
    [encodeServiceCommand({ name: 'membership', body: utf8('something') })],
    (bytes) => E.fromNullable('refused')(readServiceCommand(bytes)),
    encodeServiceCommand,
  ),
  bytesDecoder(
    'a question about governance',
    { 'src/services/membership/views.ts': 2 },
    [encodeQuery({ kind: 'proposal', number: 1, offset: 10 })],
    (bytes) => E.fromNullable('refused')(readQuery(bytes)),
    encodeQuery,
  ),
  bytesDecoder(
    'a part of a view',
    {},
    [0, 100].map((offset) => viewOf(shown.governance, { kind: 'overview', number: 0, offset })),
    (bytes) => E.fromNullable('refused')(readViewPart(bytes)),
    encodeViewPart,
  ),
  viewDecoder('overview', 5, 0),
  viewDecoder('proposal', 5, 1, 2, 3),
  viewDecoder('closed', 5, 0),
  textDecoder(
    'an act in a file',
    { 'src/cli/governance/act-file-codec.ts': 2 },
    'json',
    actFiles(),
    parseActFile,
    printActFile,
  ),
  textDecoder(
    'what came of an act',
    { 'src/services/membership/result-codec.ts': 2 },
    'json',
    results.map((result) => canonicalJson(encodeResult(result))),
    (text) => E.fromNullable('refused')(decodeResult(text)),
    (result) => canonicalJson(encodeResult(result)),
  ),
];
