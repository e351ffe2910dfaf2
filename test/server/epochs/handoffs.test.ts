/** HANDOFFs are kept for ever, and believed by the key of the epoch that they end alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { type Handoff, handoffStatement } from '../../../src/consensus/handoff.js';
import type { AllianceDocument } from '../../../src/server/directory/directory-documents.js';
import { loadServerDirectory } from '../../../src/server/directory/server-directory.js';
import { Handoffs, isSigned } from '../../../src/server/epochs/handoffs.js';
import { MemoryLogStore } from '../../../src/storage/memory.js';
import { EpochAlliance } from '../../integration/epoch-alliance.js';
import { right } from '../../support/right.js';

let alliance: EpochAlliance;
let document: AllianceDocument;
let other: AllianceDocument;
let handoff: Handoff;

beforeAll(async () => {
  alliance = await EpochAlliance.found({ windowSlots: 16, checkpointInterval: 8, baseTimeoutMs: 1000 });
  const of = async (id: string) =>
    right(await loadServerDirectory(present(alliance.servers.get(id as ProcessId), 'a server'))());
  const [a, b] = [await of('a/1'), await of('b/1')];
  document = a;
  other = { ...a, alliance: alliance.second.alliance };
  const signer = present(a.keys?.allianceShare, 'a share').signer;
  const said = {
    slot: 8,
    chain: digest(utf8('chain')),
    manifest: { chunkCount: 1, byteLength: 3, root: digest(utf8('root')) },
    configuration: alliance.second.digest,
  };
  const statement = handoffStatement({ allianceId: a.allianceId, keyId: signer.keyId, epoch: 1 }, said);
  const signers = [signer, present(b.keys?.allianceShare, 'a share').signer];
  const shares = new Map(signers.map((one) => [one.me, right(one.signShare(statement))]));
  handoff = { ...said, epoch: 1, signature: right(signer.combine(statement, shares)).signature };
});
afterAll(() => {
  alliance.remove();
});

describe('a HANDOFF', () => {
  it('is believed as it was signed, and in no other way', () => {
    expect(isSigned(handoff, document)).toBe(true);
    expect(isSigned(handoff, other)).toBe(false);
    const another = digest(utf8('another'));
    const { manifest } = handoff;
    for (const changed of [
      { epoch: 2 },
      { slot: 9 },
      { chain: another },
      { configuration: another },
      { manifest: { ...manifest, byteLength: 4 } },
      { manifest: { ...manifest, root: another } },
    ])
      expect(isSigned({ ...handoff, ...changed }, document)).toBe(false);
    expect(isSigned(handoff, { ...document, allianceId: another })).toBe(false);
  });

  it('is found again as it was put, each under its epoch', async () => {
    const store = new MemoryLogStore();
    const handoffs = new Handoffs(store, 'log');
    expect(right(handoffs.of(1))).toBeUndefined();
    await handoffs.put(handoff);
    await handoffs.put({ ...handoff, epoch: 2, slot: 16 });
    const again = new Handoffs(store, 'log');
    expect([right(again.of(1)), right(again.of(2))?.slot, right(again.of(3))]).toEqual([handoff, 16, undefined]);
  });

  it('that is not what was stored is a lost disk', async () => {
    const store = new MemoryLogStore();
    await store.put('handoff/1', Uint8Array.of(1, 2, 3));
    expect(new Handoffs(store, 'log').of(1)).toMatchObject({ left: { _tag: 'Corrupt', path: 'log' } });
  });

  it('says where the epoch of a slot ends, as far as epochs have ended', async () => {
    const handoffs = new Handoffs(new MemoryLogStore(), 'nowhere');
    expect(handoffs.endOf(1, 3)).toBe(Number.POSITIVE_INFINITY);
    await handoffs.put(handoff);
    await handoffs.put({ ...handoff, epoch: 2, slot: 24 });
    for (const [slot, end] of [
      [1, 8],
      [8, 8],
      [9, 24],
      [24, 24],
      [25, Number.POSITIVE_INFINITY],
    ] as const)
      expect(handoffs.endOf(slot, 3)).toBe(end);
  });
});
