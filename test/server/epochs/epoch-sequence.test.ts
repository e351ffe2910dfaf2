/** How a newcomer begins: by the HANDOFF that names the configuration its own operators gave it, and by no other. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { type Handoff, handoffStatement } from '../../../src/consensus/handoff.js';
import type { StateTarget } from '../../../src/consensus/manifest.js';
import { loadServerDirectory, type ServerDirectory } from '../../../src/server/directory/server-directory.js';
import { EpochSequence } from '../../../src/server/epochs/epoch-sequence.js';
import { Handoffs } from '../../../src/server/epochs/handoffs.js';
import { MemoryLogStore } from '../../../src/storage/memory.js';
import { EpochAlliance } from '../../integration/epoch-alliance.js';
import { right } from '../../support/right.js';
import { open } from '../state/state-setting.js';
import { temporaryDirectory } from '../temporary-directory.js';

/** The built one: a thread runs no TypeScript. */
const signingScript = new URL('../../../dist/src/schemes/signing-thread/worker.js', import.meta.url);
const [a, b, e] = ['a/1', 'b/1', 'e/1'] as ProcessId[] as [ProcessId, ProcessId, ProcessId];
const root = temporaryDirectory();
let alliance: EpochAlliance;
let newcomer: Newcomer;

class Newcomer {
  readonly blamed: string[] = [];
  readonly failures: string[] = [];
  readonly said: string[] = [];
  readonly store = new MemoryLogStore();
  readonly handoffs = new Handoffs(this.store, 'log');
  sequence: EpochSequence | undefined;

  async begin(path: string) {
    const { state, log } = await open({ store: this.store });
    this.sequence = new EpochSequence({
      onBehind: () => undefined,
      directory: right(await loadServerDirectory(path)()),
      handoffs: this.handoffs,
      log,
      state,
      signingScript,
      observer: {
        hasListeners: () => false,
        onCertified: () => undefined,
        onCovered: () => undefined,
        onPlaced: () => undefined,
        onRefused: () => undefined,
        onView: () => undefined,
        onBlame: (process) => this.blamed.push(process),
        onStatesDiffer: () => undefined,
        onStopped: () => undefined,
      },
      onClient: () => ({ onFrame: () => undefined, onClosed: () => undefined }),
      onLinksClosed: () => undefined,
      say: (line) => this.said.push(line),
      onFailed: (detail) => this.failures.push(detail),
      clock: () => performance.now(),
    });
    return this.sequence.begin();
  }

  /** Whether it has begun after this HANDOFF. */
  async beginsBy(handoff: Handoff, waitMs = 100): Promise<boolean> {
    const sequence = present(this.sequence, 'it began');
    sequence.onHandoff(b, handoff);
    for (let turn = 0; turn < waitMs / 10 && sequence.replica === undefined; turn++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return sequence.replica !== undefined;
  }
}

async function signed(change: Partial<StateTarget & { configuration: Handoff['configuration']; epoch: number }> = {}) {
  const directories: readonly ServerDirectory[] = await Promise.all(
    [a, b].map(async (id) => right(await loadServerDirectory(present(alliance.servers.get(id), 'a server'))())),
  );
  const said = {
    slot: 8,
    chain: digest(utf8('chain')),
    manifest: { chunkCount: 1, byteLength: 3, root: digest(utf8('root')) },
    configuration: alliance.second.digest,
    epoch: 1,
    ...change,
  };
  const signers = directories.map(({ keys }) => present(keys?.allianceShare, 'a share').signer);
  const [signer] = signers;
  const { allianceId } = present(directories[0], 'a directory');
  const statement = handoffStatement({ allianceId, keyId: present(signer, '').keyId, epoch: said.epoch }, said);
  const shares = new Map(signers.map((one) => [one.me, right(one.signShare(statement))]));
  return { ...said, signature: right(present(signer, '').combine(statement, shares)).signature };
}

beforeEach(async () => {
  alliance = await EpochAlliance.found({ windowSlots: 16, checkpointInterval: 8, baseTimeoutMs: 1000 });
  alliance.prepare(e);
  newcomer = new Newcomer();
});
afterEach(async () => {
  await newcomer.sequence?.close();
  alliance.remove();
});

describe('a newcomer', () => {
  it('begins by the HANDOFF of its own configuration, signed by the key of the epoch before, and by no other', async () => {
    right(await newcomer.begin(present(alliance.servers.get(e), 'a server')));
    expect(newcomer.said.join()).toContain('waits for the HANDOFF of epoch 1');
    const good = await signed();
    expect(await newcomer.beginsBy({ ...good, slot: 16 })).toBe(false);
    expect(newcomer.blamed).toEqual([b]);
    expect(await newcomer.beginsBy(await signed({ configuration: digest(utf8('another')) }))).toBe(false);
    expect(await newcomer.beginsBy(await signed({ epoch: 3 }))).toBe(false);
    expect([right(newcomer.handoffs.of(1)), newcomer.blamed.length]).toEqual([undefined, 1]);
    expect(await newcomer.beginsBy(good, 10_000)).toBe(true);
    expect(newcomer.sequence?.replica?.status).toMatchObject({ view: 1, low: 8, decidedUpTo: 0 });
    expect(right(newcomer.handoffs.of(1))).toEqual(good);
    expect(newcomer.failures).toEqual([]);
  });

  it('begins at once where it was told before, and not under another configuration than it was told', async () => {
    const path = present(alliance.servers.get(e), 'a server');
    await newcomer.handoffs.put(await signed());
    right(await newcomer.begin(path));
    expect(newcomer.sequence?.replica?.status.low).toBe(8);
    await newcomer.sequence?.close();
    const copy = join(root, 'copy');
    cpSync(path, copy, { recursive: true });
    newcomer = new Newcomer();
    await newcomer.handoffs.put(await signed({ configuration: digest(utf8('another')) }));
    expect(await newcomer.begin(copy)).toEqual(E.left({ _tag: 'WrongConfiguration', path: copy, epoch: 2 }));
  });
});
