/** Real servers manage themselves: they agree on time, sign their document, and move their keys from epoch to epoch. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { FoundingWish } from '../../src/server/founding/founding.js';
import { keyIdOf } from '../../src/schemes/registry.js';
import { toHex } from '../../src/prelude/bytes.js';
import { verifyHistory } from '../../src/client/history.js';
import { decodeHistoryText } from '../../src/management/alliance-history-codec.js';
import { present } from '../../src/prelude/invariant.js';
import { run } from '../cli/run.js';
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
  wish: Pick<FoundingWish, 'scheme' | 'certificates' | 'documentKeys'>,
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
    const { document, enacted } = made.governance(id);
    return document.epoch === epoch && enacted.signature !== undefined;
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
});
