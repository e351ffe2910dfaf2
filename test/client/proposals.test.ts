/** What a session has under way, within its bounds. */
import { describe, expect, it } from 'vitest';
import { Proposals } from '../../src/client/proposals.js';
import type { UnsignedRequest } from '../../src/consensus/batch.js';

describe('proposals', () => {
  it('that wait for results count as waiting, until their time is over', async () => {
    const sign = (request: UnsignedRequest) => ({ ...request, signature: new Uint8Array(64) });
    const proposals = new Proposals('a/app', 9, sign);
    const last = Array.from({ length: 4097 }, () => proposals.addForResult(new Uint8Array(1))).at(-1);
    const commands = (nowMs: number): number =>
      proposals.flush(nowMs).reduce((sum, request) => sum + request.commands.length, 0);
    const sent = commands(0);
    expect(sent).toBeGreaterThanOrEqual(4096);
    const delivered = Array.from({ length: sent }, (_, index) => ({
      ...{ slot: 1, index, client: 'a/app', session: 9, sequence: index + 1 },
      command: new Uint8Array(1),
    }));
    void Array.from({ length: 8 }, () => proposals.addForResult(new Uint8Array(1)));
    proposals.settle(delivered, 0);
    expect(commands(10)).toBe(0);
    proposals.endWaits(999);
    expect(commands(20)).toBe(0);
    proposals.endWaits(1000);
    expect(commands(30)).toBeGreaterThan(0);
    proposals.abandon({ _tag: 'unknown', reason: 'the end' });
    expect((await last)?._tag).toBe(sent > 4096 ? 'committed' : 'unknown');
  });
});
