import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import { checkOrganizationAct, decodeAct } from '../../src/management/acts/act.js';
import { decodeBody } from '../../src/management/acts/act-body.js';
import { allianceIdOf } from '../../src/management/alliance-codec.js';
import type { Alliance } from '../../src/management/alliance.js';
import { decodeContentText } from '../../src/management/founding/organization-export-codec.js';
import type { OrganizationContent } from '../../src/management/founding/organization-export.js';
import type { Change } from '../../src/management/governance/governance.js';
import { ed25519Verify } from '../../src/schemes/ed25519/ed25519.js';
import { printDraft } from '../../src/server/membership/draft-codec.js';
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { fixedAlliance } from '../management/fixed-alliance.js';
import { temporaryDirectory } from '../server/temporary-directory.js';
import { right } from '../support/right.js';
import { run } from './run.js';

const root = temporaryDirectory();
const hooli = join(root, 'hooli');
const server = join(hooli, 'servers', 'hooli-1');
const base = fixedAlliance();
let content: OrganizationContent;

beforeAll(async () => {
  const people = ['--administrators', 'ann,bob,carol', '--rule', '2 of (ann, bob, carol)'];
  expect(await run('org', 'init', 'hooli', hooli, '--servers', '1', ...people)).toMatchObject({ exitCode: 0 });
  content = right(decodeContentText(readFileSync(join(hooli, 'organization.json'), 'utf8')));
});

beforeEach(() => {
  for (const name of ['moves', 'acts']) rmSync(join(server, name), { recursive: true, force: true });
});

/** What the newcomer's server has learned: the draft of a change that admits it as this entry. */
function shown(number: number, organization = content.organization): void {
  const document: Alliance = {
    ...base,
    epoch: 2,
    allianceId: allianceIdOf(base),
    organizations: [...base.organizations, organization],
  };
  const change = { number, draft: { document }, draftDigest: digest(utf8(`draft ${number}`)) } as Change;
  mkdirSync(join(server, 'moves', `change-${number}`), { recursive: true });
  writeFileSync(join(server, 'moves', `change-${number}`, 'draft.json'), printDraft(change));
}

const act = (number: number) => join(server, 'acts', `acknowledge-${number}.act`);

describe('koinon member acknowledge', () => {
  it('signs the newest draft, for the server to bring into the log', async () => {
    shown(3);
    shown(7);
    const { exitCode, stdout, stderr } = await run('member', 'acknowledge', hooli);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^The draft of epoch 2:\n {2}trust model +f=1 t=1 of/u);
    expect(stdout).toContain('hooli has acknowledged change 7; hooli/1 brings it into the log while it runs.');
    expect(existsSync(act(3))).toBe(false);
    const said = right(decodeAct(new Uint8Array(readFileSync(act(7)))));
    expect(said.author).toEqual({ _tag: 'organization', name: 'hooli' });
    expect(right(decodeBody(said.body))).toMatchObject({
      _tag: 'acknowledge',
      change: 7,
      draft: digest(utf8('draft 7')),
    });
    expect(checkOrganizationAct(said, allianceIdOf(base), content.organization, ed25519Verify)).toBeUndefined();
  });

  it('signs nothing without a draft, and says how there comes to be one', async () => {
    const { exitCode, stderr } = await run('member', 'acknowledge', hooli);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`no server of hooli shows a draft yet: run one (koinon serve ${server})`);
  });

  it('signs no draft that says something else of it', async () => {
    const [first] = content.organization.servers;
    const moved = { ...present(first, 'a server'), host: 'elsewhere.example' };
    shown(7, { ...content.organization, servers: [moved] });
    const { exitCode, stderr } = await run('member', 'acknowledge', hooli);
    expect([exitCode, existsSync(act(7))]).toEqual([2, false]);
    expect(stderr).toContain('its servers');
  });

  it('signs nothing for an organization whose rule asks for more people', async () => {
    shown(7);
    const key = join(root, 'ann.key');
    copyFileSync(join(hooli, 'admin-ann.key'), key);
    const { exitCode, stderr } = await run('member', 'acknowledge', hooli, '--key', key);
    expect([exitCode, existsSync(act(7))]).toEqual([1, false]);
    expect(stderr).toContain('do not speak for hooli alone');
  });

  it('says where a draft is none', async () => {
    shown(7);
    writeFileSync(join(server, 'moves', 'change-7', 'draft.json'), '{"version": 1}');
    const { exitCode, stderr } = await run('member', 'acknowledge', hooli);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/draft\.json: at .*: expected /u);
  });
});
