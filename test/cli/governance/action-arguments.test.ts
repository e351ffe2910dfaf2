import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { canonicalJson } from '../../../src/prelude/codec.js';
import { E } from '../../../src/prelude/fp.js';
import { actionsOf, actionTable } from '../../../src/cli/governance/action-arguments.js';
import { describeAction } from '../../../src/cli/governance/action-showing.js';
import { lengthOf, lengthText } from '../../../src/cli/durations.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { actionKinds } from '../../../src/management/proposals/action-kinds.js';
import { decodeActions, encodeActions } from '../../../src/management/proposals/action-codec.js';
import { organizationCodec } from '../../../src/management/organization-codec.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { newOrganization } from '../../management/governance/newcomer.js';
import { publicKey } from '../../management/governance/world.js';
import { right } from '../../support/right.js';

const root = mkdtempSync(join(tmpdir(), 'koinon-actions-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

const entry = file('e.json', JSON.stringify(organizationCodec.encode(newOrganization('e'))));
const key = publicKey('requests b/app');
const pem = file(
  'key.pem',
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(`302a300506032b6570032100${toHex(key)}`, 'hex').toString('base64')}\n-----END PUBLIC KEY-----\n`,
);
const document = file('doc.txt', 'hello');
const context = { document: fixedAlliance(), change: 3 };

async function read(...words: readonly string[]): Promise<readonly Action[]> {
  const actions = right(await actionsOf(words, undefined, context));
  expect(right(decodeActions(encodeActions(actions)))).toEqual(actions);
  return actions;
}

async function complaint(...words: readonly string[]): Promise<string> {
  const actions = await actionsOf(words, undefined, context);
  return E.isLeft(actions) ? actions.left.message : 'none';
}

const trust = 'f=1 of (a/1, b/1, c/1, d/1, e/1)';

/** How each kind is written, and how it is shown. */
const lines: readonly (readonly [kind: Action['_tag'], words: readonly string[], shown: string])[] = [
  ['admit', [entry], 'admit e, with e/1'],
  ['remove', ['d'], 'remove d'],
  ['organization', [entry, 'lost', 'e/1'], 'organization e, with e/1, lost e/1'],
  ['trust', [trust], `trust ${trust}`],
  ['trust', [trust, 'structure', 'f=1 of (a, b, c, d)'], `trust ${trust}, structure f=1 of (a, b, c, d)`],
  ['policy', ['amendment', '3 of (a, b, c, d)'], 'policy amendment 3 of (a, b, c, d)'],
  ['policy', ['emergency', 'derived'], 'policy emergency derived'],
  ['policy', ['approval', 'receipts', '2 of (a, b, c)'], 'policy approval receipts 2 of (a, b, c)'],
  ['policy', ['amendment-of', 'admit', 'all of (a, b)'], 'policy amendment-of admit 2 of (a, b)'],
  ['enrol', ['b/app', toHex(key)], 'enrol b/app'],
  ['enrol', ['b/app', pem], 'enrol b/app'],
  ['dismiss', ['a/app'], 'dismiss a/app'],
  ['scheme', ['alliance', 'bls'], 'scheme alliance bls'],
  ['scheme', ['document', 'receipts', 'multisig', 'distrust'], 'scheme document receipts multisig distrust'],
  ['document-key', ['deeds', 'bls', 'for', '2 of (a, b)'], 'document-key deeds bls for 2 of (a, b)'],
  ['document-key', ['deeds', 'bls'], 'document-key deeds bls'],
  ['drop-document-key', ['deeds'], 'drop-document-key deeds'],
  ['refresh', [], 'refresh'],
  ['refresh', ['lost', 'a/1', 'b/1'], 'refresh lost a/1 b/1'],
  ['suspend', ['d', 'for', '1h'], 'suspend d for 1 h'],
  ['suspend', ['d', '90min'], 'suspend d for 90 min'],
  ['restore', ['d'], 'restore d'],
  ['abandon', ['7'], 'abandon change 7'],
  ['abandon', [], 'abandon change 3'],
];

describe('actions on the command line', () => {
  it.each(lines)('%s %j', async (kind, words, shown) => {
    const [action, ...others] = await read(kind, ...words);
    expect(action?._tag).toBe(kind);
    expect(others).toEqual([]);
    expect(action === undefined ? '' : describeAction(action)).toBe(shown);
  });

  it('has a row for every kind', () => {
    expect(Object.keys(actionTable).sort()).toEqual([...actionKinds].sort());
    for (const kind of actionKinds) expect(actionTable[kind].usage.startsWith(kind)).toBe(true);
  });

  it('reads a document that is to be signed', async () => {
    expect(await read('sign', 'receipts', document)).toEqual([
      { _tag: 'sign', key: 'receipts', document: new TextEncoder().encode('hello') },
    ]);
  });

  it('changes the parameters that are named, and no others', async () => {
    const { parameters, governance } = fixedAlliance();
    const [action] = await read(
      'parameters',
      'windowSlots=64',
      'refresh=30d',
      'proposal=2h',
      'serversPerOrganization=8',
    );
    expect(action).toEqual({
      _tag: 'parameters',
      parameters: { ...parameters, windowSlots: 64 },
      terms: { ...governance.terms, refreshMs: 30 * 86_400_000, proposalMs: 7_200_000 },
      limits: { ...governance.limits, serversPerOrganization: 8 },
    });
  });

  it('joins several with "and"', async () => {
    const actions = await read('admit', entry, 'and', 'trust', trust, 'and', 'refresh');
    expect(actions.map(({ _tag }) => _tag)).toEqual(['admit', 'trust', 'refresh']);
  });

  it('reads actions as JSON before those that are written out', async () => {
    const json = file('actions.json', JSON.stringify([{ _tag: 'refresh', lost: [] }], null, 2));
    const actions = right(await actionsOf(['restore', 'd'], json, context));
    expect(actions.map(({ _tag }) => _tag)).toEqual(['refresh', 'restore']);
    const bad = await actionsOf([], file('bad.json', canonicalJson([{ _tag: 'refresh' }])), context);
    expect(E.isLeft(bad) && bad.left.message).toContain('bad.json: at /0/lost: expected');
  });

  it('says what is wrong, and how it is written', async () => {
    expect(await complaint()).toContain('write what is to be done');
    expect(await complaint('and', 'refresh')).toContain('no kind of action');
    expect(await complaint('refresh', 'and')).toContain('no kind of action');
    expect(await complaint('burn')).toContain('burn: no kind of action; there are admit, remove');
    expect(await complaint('remove')).toBe(
      'remove: write remove ORGANIZATION, and "and" between one action and the next',
    );
    expect(await complaint('remove', 'd', 'refresh')).toContain('"and" between');
    expect(await complaint('suspend', 'd', 'for', 'ever')).toContain(
      'expected a length such as 1h or 7d instead of "ever"',
    );
    expect(await complaint('admit', join(root, 'none.json'))).toContain('none.json: no such file');
    expect(await complaint('admit', document)).toContain('doc.txt: at /: expected JSON');
    expect(await complaint('enrol', 'b/app', document)).toContain('expected an Ed25519 public key');
    expect(await complaint('enrol', 'b/app', '00'.repeat(32))).toContain('canonical');
    expect(await complaint('enrol', 'a b', toHex(key))).toContain('no organization/name');
    expect(await complaint('parameters', 'width=3')).toContain('"width": there are windowSlots');
    expect(await complaint('parameters', 'windowSlots=many')).toContain('expected a number');
    expect(await complaint('parameters', 'refresh=often')).toContain('expected a length');
    expect(await complaint('policy', 'whim', 'a')).toContain('expected amendment, emergency');
    expect(await complaint('policy', 'amendment-of', 'whim', 'a')).toMatch(
      /^policy: expected a kind of action instead of "whim": there are admit, .*abandon$/,
    );
    expect(await complaint('scheme', 'alliance', 'rot13')).toContain('expected bls, multisig');
    expect(await complaint('scheme', 'favourite', 'bls')).toContain('expected alliance, slow, or document NAME');
    expect(await complaint('refresh', 'without', 'a/1')).toContain('expected "lost" and servers');
    expect(await complaint('trust', trust, 'because', 'x')).toContain('structure TRUST');
    expect(await complaint('abandon', 'it')).toContain('the number of a change');
    const idle = await actionsOf(['abandon'], undefined, { document: fixedAlliance() });
    expect(E.isLeft(idle) && idle.left.message).toBe('abandon: no change is under way');
  });
});

describe('lengths of time', () => {
  it('are read and shown', () => {
    expect(['250ms', '90s', '10min', '1h', '7d'].map(lengthOf)).toEqual([250, 90_000, 600_000, 3_600_000, 604_800_000]);
    expect(['', '1', 'h', '-1h', '0h', '1.5h', '1 h', '999999999999d', '1w'].map(lengthOf)).toEqual(
      Array(9).fill(undefined),
    );
    expect([250, 90_000, 120_000, 86_400_000].map(lengthText)).toEqual(['250 ms', '90 s', '2 min', '1 d']);
  });
});
