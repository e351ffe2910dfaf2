/** The bytes of management (spec/wire.md): a state written by hand, and known answers for acts, actions, commands and states. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromUtf8, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { readAll, Writer } from '../../../src/prelude/canonical.js';
import { canonicalJson } from '../../../src/prelude/codec.js';
import { digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { actDigest, decodeAct, encodeAct } from '../../../src/management/acts/act.js';
import { type ActBody, decodeBody, encodeBody } from '../../../src/management/acts/act-body.js';
import { configurationDigestOf, encodeAlliance } from '../../../src/management/alliance-codec.js';
import { examine } from '../../../src/management/governance/examination.js';
import { foundGovernance } from '../../../src/management/governance/founding.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import { readGovernance, writeGovernance } from '../../../src/management/governance/snapshot.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { actionKinds } from '../../../src/management/proposals/action-kinds.js';
import { decodeActions, encodeActions } from '../../../src/management/proposals/action-codec.js';
import { draftDigest } from '../../../src/management/proposals/draft.js';
import { bodyKinds, membershipName } from '../../../src/services/membership/membership.js';
import { cutIntoPieces } from '../../../src/services/membership/pieces.js';
import { encodeQuery } from '../../../src/services/membership/views.js';
import { encodeServiceCommand } from '../../../src/services/service-command.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { hourMs, publicKey, refresh, World } from '../../management/governance/world.js';
import { drafted, four } from '../../management/proposals/alliances.js';
import { everyAction } from '../../management/proposals/every-action.js';
import { right } from '../../support/right.js';

const [a, b] = [digest(utf8('a')), digest(utf8('b'))];
const bytes = Uint8Array.of(1, 2, 3);
const signature = new Uint8Array(64).fill(7);
const actions = encodeActions([refresh]);
const suspendD: Action = { _tag: 'suspend', organization: 'd', lengthMs: hourMs };

const bodies: readonly ActBody[] = [
  {
    _tag: 'propose',
    number: 258,
    base: a,
    actions,
    effect: b,
    overrides: ['trust-violated', 'quorum-lost'],
    lengthMs: hourMs,
  },
  { _tag: 'ballot', number: 1, proposal: a, accepts: true, overrides: ['old-shares-at-large'] },
  { _tag: 'withdraw', number: 2, proposal: a },
  { _tag: 'acknowledge', number: 3, change: 4, draft: b },
  { _tag: 'join', change: 4, draft: b, slot: 512, keys: [{ role: 'document files', key: publicKey('files') }] },
  { _tag: 'reading', readMs: 1_000_000_000_000 },
  { _tag: 'ceremony', message: bytes },
  { _tag: 'ready', configuration: a, position: 3, signature },
  { _tag: 'share', of: { _tag: 'enacted' }, share: bytes },
  { _tag: 'share', of: { _tag: 'document', proposal: a }, share: bytes },
  { _tag: 'erased', sharing: b },
];

/** One proposal is open, another has suspended somebody, and a server is heard of. */
function busy(): World {
  const world = World.running();
  world.propose('a', [refresh]);
  world.vote(1, ['b']);
  world.propose('b', [suspendD]);
  world.vote(2, ['b', 'c']);
  world.shareEnacted('a/1' as ProcessId);
  world.read();
  return world;
}

function written(governance: Governance): Uint8Array {
  const writer = new Writer();
  writeGovernance(writer, governance);
  return writer.finish();
}

function document({ document: of }: Governance): Uint8Array {
  return utf8(canonicalJson(encodeAlliance(of)));
}

/** Of a state, what stands behind its document. */
function behindDocument(governance: Governance): string {
  return toHex(written(governance).subarray(4 + document(governance).length));
}

interface Vector {
  readonly actions: readonly string[];
  readonly bodies: Readonly<Record<string, string>>;
  readonly act: string;
  readonly actDigest: string;
  readonly commands: { readonly piece: string; readonly question: string };
  /** Of a refresh of four organizations with a server each, and of a suspension. */
  readonly digests: { readonly effect: string; readonly immediateEffect: string; readonly draft: string };
  readonly state: string;
}

function vectorNow(): Vector {
  const world = new World();
  const act = world.organizationAct('a', { _tag: 'withdraw', number: 2, proposal: a });
  const [piece = act] = cutIntoPieces(act);
  const asked = encodeQuery({ kind: 'proposal', number: 7, offset: 61_440 });
  const command = (kind: number, body: Uint8Array): string =>
    toHex(encodeServiceCommand({ name: membershipName, body: concatBytes(Uint8Array.of(kind), body) }));
  const effectOf = (action: Action): string => toHex(right(examine(world.governance, [action], [])).effect);
  return {
    actions: everyAction.map((action) => fromUtf8(encodeActions([action])) ?? ''),
    bodies: Object.fromEntries(bodies.map((body, index) => [`${index} ${body._tag}`, toHex(encodeBody(body))])),
    act: toHex(act),
    actDigest: toHex(actDigest(right(decodeAct(act)))),
    commands: { piece: command(bodyKinds.piece, piece), question: command(bodyKinds.query, asked) },
    digests: {
      effect: effectOf(refresh),
      immediateEffect: effectOf(suspendD),
      draft: toHex(draftDigest(drafted(four(), [refresh]))),
    },
    state: behindDocument(busy().governance),
  };
}

/** Written again with UPDATE=1, for a reason that the commit names. */
const path = new URL('../../../spec/vectors/management.json', import.meta.url);
if (process.env['UPDATE'] !== undefined) writeFileSync(path, `${JSON.stringify(vectorNow(), undefined, 2)}\n`);
const vector = JSON.parse(readFileSync(path, 'utf8')) as Vector;

describe('the bytes of management', () => {
  it('are those of the vectors', () => {
    expect(vectorNow()).toEqual(vector);
  });

  it('are read as they were written', () => {
    for (const body of bodies) expect(encodeBody(right(decodeBody(encodeBody(body))))).toEqual(encodeBody(body));
    for (const text of vector.actions) expect(fromUtf8(encodeActions(right(decodeActions(utf8(text)))))).toBe(text);
    const { governance } = busy();
    expect(written(right(readAll(written(governance), readGovernance)))).toEqual(written(governance));
  });

  it('have a vector for everything that may be said', () => {
    const kinds = everyAction.map(({ _tag }) => _tag);
    expect(new Set(kinds)).toEqual(new Set(actionKinds));
    expect(new Set(bodies.map(({ _tag }) => _tag)).size).toBe(10);
  });

  it('of a PROPOSE and its act are put together as they are described', () => {
    const gates = new Writer().u32(2).u8(0).u8(6).finish();
    const body = new Writer().u8(1).u64(258).fixed(a).bytes(actions).fixed(b).fixed(gates).u64(hourMs).finish();
    expect(vector.bodies['0 propose']).toBe(toHex(body));
    const author = new Writer().u8(0).text('a').finish();
    const act = { author: { _tag: 'organization', name: 'a' }, body, signatures: [{ by: 'ann', signature }] } as const;
    const signed = new Writer().fixed(author).bytes(body).u32(1).text('ann').fixed(signature).finish();
    const by = 'ann' as ProcessId;
    expect(toHex(encodeAct({ ...act, signatures: [{ by, signature }] }))).toBe(toHex(signed));
    expect(actDigest(act)).toEqual(digest(new Writer().fixed(author).bytes(body).finish()));
  });

  it('of governance at its beginning are put together as they are described', () => {
    const founding = fixedAlliance();
    const none = (count: number): Uint8Array => new Uint8Array(4 * count);
    const time = new Writer().u64(0).bool(false).u64(0).fixed(none(2)).finish();
    const acts = new Writer().fixed(none(3)).u64(0).fixed(none(3)).finish();
    const history = digest(utf8('koinon proposal history v1'), configurationDigestOf(founding));
    const change = new Writer().fixed(none(1)).u64(0).u64(0).u64(0).u64(0).fixed(none(2)).bool(false).finish();
    const signings = new Writer().fixed(none(2)).bool(false).fixed(none(3)).finish();
    const owners = founding.applications.map(({ id }) => id.split('/')[0] ?? '').sort();
    const counts = new Writer().list(owners, (each, owner) => each.text(owner).u64(1)).finish();
    const whole = new Writer()
      .bytes(utf8(canonicalJson(encodeAlliance(founding))))
      .fixed(time)
      .fixed(acts);
    whole.fixed(history).fixed(change).fixed(signings).fixed(counts).fixed(none(2)).u64(0);
    expect(toHex(written(foundGovernance(founding)))).toBe(toHex(whole.finish()));
  });
});
