/** Real servers manage themselves: they agree on time, sign their document, and move their keys from epoch to epoch. */
import { randomBytes, verify } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FoundingWish } from '../../src/server/founding/founding.js';
import { keyIdOf } from '../../src/schemes/registry.js';
import { toHex, utf8 } from '../../src/prelude/bytes.js';
import { verifyHistory } from '../../src/client/history.js';
import { decodeHistoryText } from '../../src/management/alliance-history-codec.js';
import { present } from '../../src/prelude/invariant.js';
import type { Action, KeyRole } from '../../src/management/proposals/action.js';
import { roleName, sharingPolicy, usageOf } from '../../src/management/proposals/key-roles.js';
import { publicKeyPem } from '../../src/schemes/shoup-rsa/public-key-pem.js';
import type { SafePrimes } from '../../src/schemes/shoup-rsa/safe-primes.js';
import { writeNewDirectory } from '../../src/server/directory/new-directory.js';
import { dealAllianceKey } from '../../src/server/founding/alliance-key-dealing.js';
import { dealtKeyEntries } from '../../src/server/founding/dealt-key-files.js';
import { safePrimes1024, safePrimes512 } from '../support/rsa-keys.js';
import { run } from '../cli/run.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { right } from '../support/right.js';
import { eventually } from './alliance-processes.js';
import { GovernedAlliance } from './governed-alliance.js';

const four = ['a/1', 'b/1', 'c/1', 'd/1'] as const;
const bls = { _tag: 'bls' } as const;

let alliance: GovernedAlliance | undefined;
afterEach(async () => {
  await alliance?.end();
  alliance = undefined;
});

async function running(
  wish: Pick<FoundingWish, 'scheme' | 'certificates' | 'documentKeys' | 'lengths'>,
): Promise<GovernedAlliance> {
  alliance = await GovernedAlliance.found({ trust: 'f=1 t=0 of (a, b, c, d)', ...wish });
  await alliance.start(...four);
  const made = alliance;
  await eventually('the document is signed, and time agreed', () =>
    four.every((id) => made.governance(id).enacted.signature !== undefined && made.governance(id).time.nowMs > 0),
  );
  return made;
}

function isEnacted(made: GovernedAlliance, epoch: number, ids: readonly string[] = four): boolean {
  return ids.every((id) => {
    const governance = made.running.get(id as ProcessId)?.governance;
    return governance?.document.epoch === epoch && governance.enacted.signature !== undefined;
  });
}

describe('an alliance that governs itself', () => {
  it.each<[string, Pick<FoundingWish, 'scheme' | 'certificates' | 'documentKeys'>]>([
    ['BLS', { scheme: bls }],
    ['multisignatures', { scheme: { _tag: 'multisig' } }],
    ['BLS, and a slow key that is generated anew', { scheme: bls, certificates: bls }],
    [
      'multisignatures, and a key for documents',
      { scheme: { _tag: 'multisig' }, documentKeys: new Map([['files', bls]]) },
    ],
  ])('refreshes its keys, and keeps them: %s', async (_, wish) => {
    const made = await running(wish);
    const shares = four.map((id) => made.secret(id, 'alliance-share.json'));
    const keys = [toHex(keyIdOf(made.governance('a/1').document.allianceKey))];
    await made.decide('a/1', [{ _tag: 'refresh', lost: [] }], ['a', 'b', 'c']);
    await eventually('the next epoch is enacted', () => isEnacted(made, 2));
    const { document, without } = made.governance('a/1');
    if (wish.scheme._tag === 'bls') {
      expect(toHex(keyIdOf(document.allianceKey))).toBe(keys[0]);
      for (const [index, id] of four.entries()) expect(made.secret(id, 'alliance-share.json')).not.toBe(shares[index]);
    }
    expect(without).toEqual([]);
    await eventually('old shares are erased', () =>
      made
        .governance('a/1')
        .sharings.every(({ epoch, holders, erased }) => epoch === 2 || holders.length === erased.size),
    );
    const entries = right(decodeHistoryText(present(made.secret('d/1', 'history.json'), 'a history')));
    const { allianceKey } = made.governance('a/1').document;
    const history = right(await verifyHistory(entries, { _tag: 'key', keyId: keyIdOf(allianceKey) }));
    expect(history.epochs.map(({ isEnacted }) => isEnacted)).toEqual([true, true]);
    const transcripts = four.map((id) => join(made.path(id), 'transcripts', 'change-1.transcript'));
    const [transcript = ''] = transcripts;
    for (const other of transcripts) expect(readFileSync(other).equals(readFileSync(transcript))).toBe(true);
    const judged = await run('alliance', 'transcript', transcript, '--history', made.path('d/1'), '--json');
    expect([judged.exitCode, judged.stderr]).toEqual([0, '']);
    expect(JSON.parse(judged.stdout)).toMatchObject({ valid: true, change: 1, epoch: 2, culprits: [] });
    const told = await made.say('a', { _tag: 'withdraw', proposal: made.governance('a/1').history });
    expect(told, 'the client has come along').toContain('UnknownProposal');
    expect(made.stopped.size).toBe(0);
  });

  it('goes on without a server that has lost its share, and repairs it', async () => {
    const made = await running({ scheme: bls });
    await made.stop('d/1');
    rmSync(join(made.path('d/1'), 'alliance-share.json'));
    await made.start('d/1');
    expect(made.secret('d/1', 'alliance-share.json')).toBeUndefined();
    await made.decide('a/1', [{ _tag: 'refresh', lost: ['d/1' as never] }], ['a', 'b', 'c']);
    await eventually('the next epoch is enacted', () => isEnacted(made, 2));
    expect(made.secret('d/1', 'alliance-share.json')).toBeDefined();
  });

  it('takes along a server that was away while an epoch ended, and gives it a share', async () => {
    const made = await running({ scheme: bls, lengths: { readyMs: 2000, readingMs: 2000 } });
    await made.stop('d/1');
    await made.decide('a/1', [{ _tag: 'refresh', lost: [] }], ['a', 'b', 'c']);
    const others = ['a/1', 'b/1', 'c/1'];
    await eventually('the others are in the next epoch', () => isEnacted(made, 2, others));
    await made.start('d/1');
    await eventually('all are in the epoch after that', () => isEnacted(made, 3));
    expect(made.secret('d/1', 'alliance-share.json')).toBeDefined();
    expect(made.said).toContainEqual(expect.stringContaining('d/1: was away while its epoch ended'));
    expect(made.stopped.size).toBe(0);
  });

  it('takes keys that a dealer made, and signs with them as any RSA key does', async () => {
    const made = await running({ scheme: { _tag: 'multisig' } });
    const { document } = made.governance('a/1');
    const dealt = async (role: KeyRole, primes: SafePrimes) => {
      const { trust, epoch } = document;
      const { universe } = trust.system.processes;
      const terms = { policy: sharingPolicy(role, trust), epoch: epoch + 1, universe, usage: usageOf(role) };
      const options = { random: randomBytes, onProgress: () => undefined };
      const scheme = { _tag: 'shoup-rsa', modulusBits: 0, primes } as const;
      const key = right(await dealAllianceKey(scheme, terms, options));
      const folder = join(made.root, `dealt-${roleName(role)}`);
      right(writeNewDirectory(folder, dealtKeyEntries(role, key)));
      // One server is not given its share: the others are enough, and it is repaired by itself.
      for (const id of ['a/1', 'b/1', 'c/1'])
        cpSync(join(folder, id.replace('/', '-')), join(made.path(id), 'incoming'), { recursive: true });
      return { _tag: 'dealt', publicKey: key.publicKey, organization: 'a' } as const;
    };
    const [alliance, receipts] = [{ _tag: 'alliance' }, { _tag: 'document', name: 'receipts' }] as const;
    const actions: readonly Action[] = [
      { _tag: 'scheme', role: alliance, source: await dealt(alliance, safePrimes512), distrust: false },
      { _tag: 'document-key', name: 'receipts', source: await dealt(receipts, safePrimes1024) },
    ];
    await made.decide('a/1', actions, ['a', 'b', 'c']);
    await eventually('the epoch after the next is enacted', () => isEnacted(made, 3));
    expect(made.governance('a/1').document.allianceKey._tag).toBe('shoup-rsa');
    for (const id of four) expect(made.secret(id, 'alliance-share.json')).toBeDefined();
    const text = utf8('what the alliance received');
    await made.decide('a/1', [{ _tag: 'sign', key: 'receipts', document: text }], ['a', 'b', 'c']);
    const signature = () => [...made.governance('a/1').signings.values()][0]?.signature;
    await eventually('it is signed', () => signature() !== undefined);
    const [entry] = made.governance('a/1').document.documentKeys;
    if (entry?.publicKey._tag !== 'shoup-rsa') throw new Error('no RSA key');
    const pem = publicKeyPem(entry.publicKey);
    expect(verify('sha256', text, pem, present(signature(), 'a signature'))).toBe(true);
    for (const id of four) expect(made.secret(id, 'incoming', 'alliance.share.json')).toBeUndefined();
    expect(made.stopped.size).toBe(0);
  });
});
