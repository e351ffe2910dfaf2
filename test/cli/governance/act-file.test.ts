import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { signersOf } from '../../../src/client/governance/act-signing.js';
import { parseActFile, printActFile } from '../../../src/cli/governance/act-file-codec.js';
import { readActFile, writeActFile } from '../../../src/cli/governance/act-file.js';
import { keyFilesOf, readAdministrators } from '../../../src/cli/governance/administrator-keys.js';
import { encodeAct } from '../../../src/management/acts/act.js';
import type { Alliance } from '../../../src/management/alliance.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { printPrivateKey } from '../../../src/server/directory/private-key-file.js';
import { administrator, GovernedLog } from '../../client/governance/governed-log.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { withOrganization } from '../../management/governed-alliance.js';
import { publicKey, secret } from '../../management/governance/world.js';
import { policyOf } from '../../management/proposals/alliances.js';
import { right } from '../../support/right.js';
import { run } from '../run.js';

const root = mkdtempSync(join(tmpdir(), 'koinon-act-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

const refresh: Action = { _tag: 'refresh', lost: [] };

/** Two of its three administrators speak for "a". */
function twoOfThree(): Alliance {
  return withOrganization(fixedAlliance(), 'a', (entry) => ({
    administrators: [...entry.administrators, { name: 'cal' as ProcessId, key: publicKey('administrator a cal') }],
    rule: policyOf('2 of (ann, bob, cal)'),
  }));
}

function keyFile(organization: string, name: string, mode = 0o600): string {
  const path = join(root, `${organization}-${name}-${mode}.key`);
  writeFileSync(path, printPrivateKey(secret(`administrator ${organization} ${name}`)));
  chmodSync(path, mode);
  return path;
}

async function drafted(name: string, log = new GovernedLog(twoOfThree())): Promise<string> {
  const path = join(root, name);
  right(writeActFile(path, right(await log.voice('a').draft({ _tag: 'propose', actions: [refresh] }))));
  return path;
}

describe('an act in a file', () => {
  it('is shown with what it does, and signed by one administrator after another', async () => {
    const log = new GovernedLog(twoOfThree());
    const path = await drafted('refresh.json', log);
    const looked = await run('proposal', 'sign', path);
    expect(looked.exitCode).toBe(0);
    expect(looked.stdout).toContain('a proposes, for 7 d:');
    expect(looked.stdout).toContain('To do: refresh');
    expect(looked.stdout).toContain('signed for a by ann\nIts rule still asks for one more of (bob, cal)');
    const signed = await run('proposal', 'sign', path, '--key', keyFile('a', 'cal'), '--json');
    expect(JSON.parse(signed.stdout)).toMatchObject({
      organization: 'a',
      signed: ['ann', 'cal'],
      missing: null,
      says: { kind: 'propose', does: { actions: ['refresh'] } },
    });
    const { act } = right(await readActFile(path));
    expect(signersOf(act)).toEqual(['ann', 'cal']);
    expect(E.isRight(await log.client.say(act))).toBe(true);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('is not sent before enough have signed, and not written over another', async () => {
    const path = await drafted('early.json');
    const sent = await run('proposal', 'send', root, path);
    expect(sent).toMatchObject({ exitCode: 2, stdout: '' });
    expect(sent.stderr).toContain("a's rule still asks for one more of (bob, cal): koinon proposal sign");
    const again = writeActFile(path, right(await readActFile(path)));
    expect(E.isLeft(again) && again.left.message).toContain('something else stands there');
  });

  it('is not signed with a key of somebody else, or one that others may read', async () => {
    const path = await drafted('strange.json');
    const strange = await run('proposal', 'sign', path, '--key', keyFile('b', 'ann'));
    expect(strange.stderr).toContain('the key of no administrator of a');
    const open = await run('proposal', 'sign', path, '--key', keyFile('a', 'bob', 0o644));
    expect(open.stderr).toContain('others than its owner');
    expect(signersOf(right(await readActFile(path)).act)).toEqual(['ann']);
  });

  it('is refused where it is not what it says', async () => {
    const path = await drafted('forged.json');
    const file = right(parseActFile(readFileSync(path, 'utf8')));
    const written = (name: string, change: Partial<typeof file>): string => {
      const other = join(root, name);
      writeFileSync(other, printActFile({ ...file, ...change }));
      return other;
    };
    const otherDocument = { ...file.document, parameters: { ...file.document.parameters, windowSlots: 128 } };
    const bent = await run('proposal', 'sign', written('bent.json', { document: otherDocument }));
    expect(bent).toMatchObject({ exitCode: 2 });
    expect(bent.stderr).toContain('written against another document');
    const flipped = Uint8Array.from(file.act);
    flipped.set([(flipped.at(-1) ?? 0) ^ 1], flipped.length - 1);
    const signed = await run('proposal', 'sign', written('flipped.json', { act: flipped }));
    expect(signed.stderr).toContain('the signature of ann does not verify');
    writeFileSync(join(root, 'none.json'), '{}');
    expect((await run('proposal', 'sign', join(root, 'none.json'))).stderr).toContain(
      'none.json: at /koinon: expected',
    );
    expect((await run('proposal', 'sign', join(root, 'nothing'))).stderr).toContain('no such file');
  });

  it('carries the proposal that a ballot is about, and no other', async () => {
    const log = new GovernedLog();
    right(await log.voice('a').propose({ actions: [refresh] }));
    const ballot = right(await log.voice('b').draft({ _tag: 'ballot', proposal: 1, accepts: true }));
    const path = join(root, 'ballot.json');
    right(writeActFile(path, ballot));
    expect((await run('proposal', 'sign', path)).stdout).toContain('b votes YES on proposal');
    const other = right(await new GovernedLog().voice('c').draft({ _tag: 'propose', actions: [refresh] }));
    const swapped = join(root, 'swapped.json');
    right(writeActFile(swapped, { ...ballot, about: encodeAct(other.act) }));
    expect((await run('proposal', 'sign', swapped)).stderr).toContain('about another proposal');
  });
});

describe("administrators' keys", () => {
  it('are told by the document, and of one organization', async () => {
    const { organizations } = fixedAlliance();
    const read = right(await readAdministrators([keyFile('b', 'ann'), keyFile('b', 'bob')], organizations));
    expect(read.organization).toBe('b');
    expect(read.keys.map(({ name }) => name)).toEqual(['ann', 'bob']);
    const statement = new TextEncoder().encode('a statement');
    expect(read.keys[0]?.sign(statement)).toEqual(administrator('b').sign(statement));
    const two = await readAdministrators([keyFile('a', 'ann'), keyFile('b', 'ann')], organizations);
    expect(E.isLeft(two) && two.left.message).toContain('two organizations, a and b');
  });

  it('are found where founding has put them', () => {
    const folder = join(root, 'league/organizations/acme');
    mkdirSync(folder, { recursive: true });
    for (const name of ['admin-bob.key', 'admin.key', 'recovery.key', 'ca.key']) writeFileSync(join(folder, name), '');
    const found = ['admin-bob.key', 'admin.key'].map((name) => join(folder, name));
    expect(keyFilesOf(join(root, 'league'), 'acme')).toEqual(found);
    expect(keyFilesOf(join(root, 'league/applications/acme-app'), 'acme')).toEqual(found);
    expect(keyFilesOf(join(root, 'league'), 'globex')).toEqual([]);
  });
});
