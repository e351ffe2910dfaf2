/** Fetching a state from peers that are honest, slow, silent or lying, across crashes, driven by a simulated clock. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, toHex, utf8 } from '../../src/prelude/bytes.js';
import { readAll, Writer } from '../../src/prelude/canonical.js';
import { digest, type Digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import { merkleLeaf, MerkleTree } from '../../src/prelude/merkle.js';
import type { ProcessId } from '../../src/prelude/process.js';
import {
  chunkBytes,
  chunkCountOf,
  chunkLength,
  isChunk,
  readManifest,
  type StateTarget,
  stateDigest,
  writeManifest,
} from '../../src/consensus/manifest.js';
import {
  answerMs,
  type Chunk,
  chunksInFlight,
  standstillMs,
  StateTransfer,
  type TransferEffect,
  type TransferEvent,
} from '../../src/consensus/state-transfer.js';
import { questionsPerPeer } from '../../src/consensus/transfer-peers.js';
import { right } from '../support/right.js';

/** A state whose chunks are all different, for a slot. */
class TestState {
  readonly chunks: readonly Uint8Array[];
  readonly tree: MerkleTree;
  readonly target: StateTarget;
  readonly name: Digest;

  constructor(chunkCount: number, slot = 64, lastLength = 5) {
    this.chunks = Array.from({ length: chunkCount }, (_, index) =>
      new Uint8Array(index + 1 < chunkCount ? chunkBytes : lastLength).fill(index + slot),
    );
    this.tree = new MerkleTree(concatBytes(...this.chunks.map(merkleLeaf)));
    const byteLength = (chunkCount - 1) * chunkBytes + lastLength;
    const manifest = { chunkCount, byteLength, root: this.tree.root };
    this.target = { slot, chain: digest(utf8(`chain ${slot}`)), manifest };
    this.name = stateDigest(slot, manifest);
  }

  chunk(index: number): Chunk {
    const bytes = present(this.chunks[index], 'a chunk of the state');
    return { state: this.name, index, bytes, path: this.tree.path(index) };
  }
}

type Behaviour = 'honest' | 'slow' | 'verySlow' | 'silent' | 'wrongBytes' | 'wrongPath' | 'wrongLength' | 'wrongIndex';
const delays: Partial<Record<Behaviour, number>> = { slow: 1500, verySlow: 9000 };

/** What a peer sends back; `undefined` for nothing. */
function answer(behaviour: Behaviour, chunk: Chunk, state: TestState): Chunk | undefined {
  const { bytes, path } = chunk;
  switch (behaviour) {
    case 'silent':
      return undefined;
    case 'wrongBytes':
      return { ...chunk, bytes: bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) };
    case 'wrongPath':
      return { ...chunk, path: [...path, state.name] };
    case 'wrongLength':
      return { ...chunk, bytes: bytes.subarray(1) };
    case 'wrongIndex':
      return { ...state.chunk((chunk.index + 1) % state.chunks.length), index: chunk.index };
    default:
      return chunk;
  }
}

/** A transfer with its peers and its disk, which outlives crashes; everything happens at simulated times. */
class Surroundings {
  nowMs = 0;
  transfer = new StateTransfer();
  stored: { readonly target: StateTarget; readonly chunks: Map<number, Uint8Array> } | undefined;
  readonly effects: TransferEffect[] = [];
  mostInFlight = 0;
  private agenda: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  private order = 0;
  private timerAtMs = Number.POSITIVE_INFINITY;
  private inFlight = 0;
  /** Crashes make what was under way come to nothing. */
  private life = 0;
  readonly linkMs = 5;
  diskMs = 1;

  constructor(
    readonly states: readonly TestState[],
    readonly peers: Map<ProcessId, Behaviour>,
  ) {
    for (const peer of peers.keys()) this.feed({ _tag: 'Connected', peer });
  }

  feed(event: TransferEvent): readonly TransferEffect[] {
    const effects = this.transfer.step(event, this.nowMs);
    for (const effect of effects) this.carryOut(effect);
    return effects;
  }

  count(tag: TransferEffect['_tag']): number {
    return this.effects.filter(({ _tag }) => _tag === tag).length;
  }

  get isComplete(): boolean {
    return this.effects.at(-1)?._tag === 'Complete';
  }

  /** One thing that happens, unless it is later than `untilMs`; false where nothing does. */
  next(untilMs = Number.MAX_SAFE_INTEGER): boolean {
    const [first] = this.agenda.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    const atMs = Math.min(first?.atMs ?? Number.POSITIVE_INFINITY, this.timerAtMs);
    if (atMs > untilMs) return false;
    this.nowMs = Math.max(this.nowMs, atMs);
    if (first === undefined || this.timerAtMs < first.atMs) {
      this.timerAtMs = Number.POSITIVE_INFINITY;
      this.feed({ _tag: 'Timer' });
    } else {
      this.agenda.shift();
      first.run();
    }
    return true;
  }

  /** Until the transfer is complete, or nothing more happens up to this time. */
  run(untilMs = 1_000_000): void {
    while (!this.isComplete && this.next(untilMs));
  }

  crash(): void {
    this.life += 1;
    this.agenda = [];
    this.timerAtMs = Number.POSITIVE_INFINITY;
    this.inFlight = 0;
    const { stored } = this;
    this.transfer =
      stored === undefined
        ? new StateTransfer()
        : new StateTransfer({ target: stored.target, has: (index) => stored.chunks.has(index) }, this.nowMs);
    for (const peer of this.peers.keys()) this.feed({ _tag: 'Connected', peer });
  }

  private later(ms: number, run: () => void): void {
    const { life } = this;
    this.agenda.push({
      atMs: this.nowMs + ms,
      order: this.order++,
      run: () => {
        if (life === this.life) run();
      },
    });
  }

  private carryOut(effect: TransferEffect): void {
    this.effects.push(effect);
    switch (effect._tag) {
      case 'StoreTarget':
        this.inFlight = 0;
        this.later(this.diskMs, () => {
          this.stored = { target: effect.target, chunks: new Map() };
          this.feed({ _tag: 'TargetStored', state: stateDigest(effect.target.slot, effect.target.manifest) });
        });
        return;
      case 'Ask':
        this.inFlight += 1;
        this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
        this.answer(effect);
        return;
      case 'StoreChunk':
        this.later(this.diskMs, () => {
          this.inFlight -= 1;
          const { state, index, bytes } = effect.chunk;
          if (this.stored !== undefined) this.stored.chunks.set(index, bytes);
          this.feed({ _tag: 'ChunkStored', state, index });
        });
        return;
      case 'SetTimer':
        this.timerAtMs = effect.atMs;
        return;
      default:
    }
  }

  private answer({ to, state: name, index }: Extract<TransferEffect, { _tag: 'Ask' }>): void {
    const state = present(
      this.states.find((one) => toHex(one.name) === toHex(name)),
      'a state that is known',
    );
    const behaviour = present(this.peers.get(to), 'a peer that is known');
    const chunk = answer(behaviour, state.chunk(index), state);
    if (chunk === undefined) return;
    this.later(this.linkMs + (delays[behaviour] ?? 0), () => this.feed({ _tag: 'Chunk', from: to, chunk }));
  }
}

const peersOf = (...behaviours: readonly Behaviour[]): Map<ProcessId, Behaviour> =>
  new Map(behaviours.map((behaviour, index) => [`p${index}` as ProcessId, behaviour]));

function fetch(state: TestState, ...behaviours: readonly Behaviour[]): Surroundings {
  const around = new Surroundings([state], peersOf(...behaviours));
  around.feed({ _tag: 'Wanted', target: state.target });
  return around;
}

function expectWhole(around: Surroundings, state: TestState): void {
  expect(around.effects.at(-1)).toEqual({ _tag: 'Complete', target: state.target });
  expect(around.count('Complete')).toBe(1);
  const { target, chunks } = present(around.stored, 'something is stored');
  expect(target).toEqual(state.target);
  expect([...chunks.keys()].sort((a, b) => a - b)).toEqual([...state.chunks.keys()]);
  for (const [index, bytes] of chunks) expect(equalBytes(bytes, state.chunks[index] ?? new Uint8Array())).toBe(true);
}

const blamed = (around: Surroundings): readonly string[] => [
  ...new Set(around.effects.flatMap((effect) => (effect._tag === 'Blame' ? effect.process : []))),
];
const asked = (effects: readonly TransferEffect[], peer?: string): readonly number[] =>
  effects.flatMap((effect) => (effect._tag === 'Ask' && (peer ?? effect.to) === effect.to ? effect.index : []));

describe('a transfer', () => {
  const small = new TestState(3);
  const large = new TestState(70);

  it('asks nobody before its target is durable, then every peer in turn, and never for too much', () => {
    const around = fetch(large, 'honest', 'honest', 'honest');
    expect(around.effects).toEqual([{ _tag: 'StoreTarget', target: large.target }]);
    around.next();
    const questions = around.effects.slice(1);
    expect(questions.filter(({ _tag }) => _tag === 'Ask')).toHaveLength(3 * questionsPerPeer);
    expect(asked(questions, 'p0')).toEqual([0, 3, 6, 9]);
    expect(asked(questions)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    around.run();
    expectWhole(around, large);
    expect(asked(around.effects)).toHaveLength(70);
    expect(around.transfer.progress).toEqual({ slot: 64, chunkCount: 70, stored: 70 });
  });

  it('keeps no more on its way than its bound, counting what is not yet durable', () => {
    const around = fetch(large, ...Array.from({ length: 12 }, () => 'honest' as const));
    around.diskMs = 1000;
    around.run();
    expect(around.mostInFlight).toBe(chunksInFlight);
    expectWhole(around, large);
  });

  it('is complete at once after a restart that found everything', () => {
    const transfer = new StateTransfer({ target: small.target, has: () => true });
    expect(transfer.step({ _tag: 'Timer' }, 0)).toEqual([{ _tag: 'Complete', target: small.target }]);
    expect(transfer.step({ _tag: 'Timer' }, 1)).toEqual([]);
  });

  it('of a single short chunk ends', () => {
    const one = new TestState(1, 64, 1);
    const around = fetch(one, 'honest');
    around.run();
    expectWhole(around, one);
  });

  it('asks another after two seconds, and one that was silent for one chunk at a time until it answers', () => {
    const around = fetch(large, 'silent', 'honest');
    around.run(answerMs - 1);
    const before = around.effects.length;
    around.run();
    expectWhole(around, large);
    expect(around.nowMs).toBeLessThan(2 * answerMs);
    expect(asked(around.effects.slice(0, before), 'p0')).toEqual([0, 2, 4, 6]);
    expect(asked(around.effects.slice(before), 'p0').length).toBeLessThanOrEqual(1);
    expect(blamed(around)).toEqual([]);
  });

  it('takes answers that come late, and trusts whoever sends them with more again', () => {
    const around = fetch(new TestState(8), 'verySlow');
    around.run();
    expectWhole(around, around.states[0] ?? small);
    expect(around.nowMs).toBeLessThan(5 * 9000);
  });

  it.each(['wrongBytes', 'wrongPath', 'wrongLength', 'wrongIndex'] as const)(
    'blames and bars who sends a chunk with %s, and asks it no more',
    (lie) => {
      const around = fetch(large, lie, 'honest');
      around.run();
      expectWhole(around, large);
      expect(blamed(around)).toEqual(['p0']);
      expect(asked(around.effects, 'p0')).toHaveLength(questionsPerPeer);
    },
  );

  it('lifts the bars where everybody is barred, but does not hurry', () => {
    const around = fetch(small, 'wrongBytes', 'wrongPath');
    around.run(10 * answerMs);
    expect(around.count('Complete')).toBe(0);
    expect(around.count('Blame')).toBeGreaterThan(10);
    expect(around.count('Blame')).toBeLessThanOrEqual(2 * 11);
    around.peers.set('p9' as ProcessId, 'honest');
    around.feed({ _tag: 'Connected', peer: 'p9' as ProcessId });
    around.run();
    expectWhole(around, small);
  });

  it('ignores what it did not ask for', () => {
    const around = fetch(large, 'silent', 'silent');
    around.next();
    const [p0, p1] = ['p0', 'p1'] as ProcessId[] as [ProcessId, ProcessId];
    const other = new TestState(70, 65);
    const strays: TransferEvent[] = [
      { _tag: 'Chunk', from: p1, chunk: large.chunk(0) },
      { _tag: 'Chunk', from: p0, chunk: large.chunk(60) },
      { _tag: 'Chunk', from: p0, chunk: { ...other.chunk(0), bytes: new Uint8Array(0) } },
      { _tag: 'Chunk', from: 'p7' as ProcessId, chunk: large.chunk(0) },
      { _tag: 'Chunk', from: p0, chunk: { ...large.chunk(0), index: 2 ** 32 - 1 } },
      { _tag: 'ChunkStored', state: other.name, index: 0 },
      { _tag: 'TargetStored', state: other.name },
      { _tag: 'Damaged', state: other.name },
    ];
    for (const stray of strays) expect(around.feed(stray)).toEqual([]);
    expect(around.feed({ _tag: 'Chunk', from: p0, chunk: large.chunk(0) })[0]).toMatchObject({ _tag: 'StoreChunk' });
    expect(around.feed({ _tag: 'Chunk', from: p0, chunk: large.chunk(0) })).toEqual([]);
  });

  it('asks others for what a peer owes whose link goes down', () => {
    const around = fetch(large, 'silent', 'silent');
    around.next();
    const effects = around.feed({ _tag: 'Disconnected', peer: 'p0' as ProcessId });
    expect(asked(effects)).toEqual([]);
    around.peers.set('p5' as ProcessId, 'silent');
    const again = around.feed({ _tag: 'Connected', peer: 'p5' as ProcessId });
    expect(asked(again, 'p5')).toEqual([0, 2, 4, 6]);
  });

  it('changes to the highest state that is wanted once it has stood still for thirty seconds', () => {
    const higher = new TestState(4, 128);
    const lower = new TestState(4, 32);
    const around = new Surroundings([large, higher, lower], peersOf('silent', 'silent'));
    around.feed({ _tag: 'Wanted', target: large.target });
    around.run(5000);
    const [index] = asked(around.effects);
    const atMs = around.nowMs;
    around.feed({ _tag: 'Chunk', from: 'p0' as ProcessId, chunk: large.chunk(index ?? 0) });
    for (const { target } of [higher, lower, large]) around.feed({ _tag: 'Wanted', target });
    around.run(atMs + standstillMs - 1);
    expect(around.count('StoreTarget')).toBe(1);
    around.run(atMs + standstillMs);
    expect(around.effects.at(-1)).toEqual({ _tag: 'StoreTarget', target: higher.target });
    around.peers.set('p0' as ProcessId, 'honest');
    around.run();
    expectWhole(around, higher);
  });

  it('stays with a state that comes, though a higher one is wanted', () => {
    const higher = new TestState(4, 128);
    const around = new Surroundings([large, higher], peersOf('verySlow'));
    around.feed({ _tag: 'Wanted', target: large.target });
    around.feed({ _tag: 'Wanted', target: higher.target });
    around.run();
    expect(around.nowMs).toBeGreaterThan(standstillMs);
    expectWhole(around, large);
  });

  it('is fetched again where it was damaged, and given up where it is twice', () => {
    const around = fetch(small, 'honest');
    around.run();
    expect(around.feed({ _tag: 'Damaged', state: small.name })[0]).toEqual({
      _tag: 'StoreTarget',
      target: small.target,
    });
    around.run();
    expect(around.count('Complete')).toBe(2);
    expect(around.feed({ _tag: 'Damaged', state: small.name })).toEqual([{ _tag: 'GiveUp', target: small.target }]);
  });

  it('ends where its state is not wanted any more, and begins with the next', () => {
    const around = fetch(large, 'honest');
    around.run(3);
    around.feed({ _tag: 'Settled' });
    expect(around.transfer.progress).toBeUndefined();
    const before = asked(around.effects).length;
    while (around.next());
    expect(asked(around.effects)).toHaveLength(before);
    expect(around.count('Complete')).toBe(0);
    expect(around.feed({ _tag: 'Wanted', target: large.target })).toEqual([
      { _tag: 'StoreTarget', target: large.target },
    ]);
  });

  it('goes on where it was after a crash at any point', () => {
    const state = new TestState(9);
    for (let steps = 0; ; steps++) {
      const around = fetch(state, 'honest', 'wrongBytes');
      for (let left = steps; left > 0 && !around.isComplete; left--) around.next();
      const held = new Set(around.stored?.chunks.keys());
      const [done, before] = [around.isComplete, around.effects.length];
      around.crash();
      if (around.stored === undefined) around.feed({ _tag: 'Wanted', target: state.target });
      around.run();
      expect(around.effects.at(-1)).toEqual({ _tag: 'Complete', target: state.target });
      expect(around.stored?.chunks.size).toBe(9);
      for (const index of asked(around.effects.slice(before))) expect(held.has(index)).toBe(false);
      if (done) break;
    }
  });

  it('ends with exactly the bytes, whatever others do, while one honest peer is connected', () => {
    const others = fc.constantFrom<Behaviour[]>('silent', 'slow', 'verySlow', 'wrongBytes', 'wrongPath', 'wrongIndex');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.array(others, { maxLength: 4 }),
        fc.nat(4),
        fc.array(fc.nat(60), { maxLength: 3 }),
        (chunkCount, behaviours, at, crashes) => {
          const state = new TestState(chunkCount, 64, 1);
          const around = fetch(state, ...behaviours.toSpliced(at, 0, 'honest'));
          for (const steps of crashes) {
            for (let left = steps; left > 0 && !around.isComplete; left--) around.next();
            if (around.isComplete) break;
            around.crash();
            if (around.stored === undefined) around.feed({ _tag: 'Wanted', target: state.target });
          }
          around.run(60_000);
          expectWhole(around, state);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a manifest', () => {
  const state = new TestState(3);
  const { manifest } = state.target;
  const encode = (chunkCount: number, byteLength: number): Uint8Array =>
    new Writer().u32(chunkCount).u64(byteLength).fixed(manifest.root).finish();

  it('is read back, and refused where its numbers do not fit', () => {
    const writer = new Writer();
    writeManifest(writer, manifest);
    expect(right(readAll(writer.finish(), readManifest))).toEqual(manifest);
    expect(writer.finish()).toEqual(encode(3, 2 * chunkBytes + 5));
    const good: [number, number][] = [
      [1, 1],
      [1, chunkBytes],
      [2, chunkBytes + 1],
      [2 ** 24, 2 ** 40],
    ];
    for (const numbers of good) expect(right(readAll(encode(...numbers), readManifest)).chunkCount).toBe(numbers[0]);
    const bad: [number, number][] = [
      [0, 0],
      [1, 0],
      [1, chunkBytes + 1],
      [2, chunkBytes],
      [2 ** 24 + 1, 2 ** 40 + 1],
      [3, 2 ** 53 - 1],
    ];
    for (const numbers of bad) expect(readAll(encode(...numbers), readManifest)).toMatchObject({ _tag: 'Left' });
  });

  it('fixes each chunk’s bytes, length and place', () => {
    expect([0, 1, 2].map((index) => chunkLength(manifest, index))).toEqual([chunkBytes, chunkBytes, 5]);
    expect([1, chunkBytes, chunkBytes + 1].map(chunkCountOf)).toEqual([1, 1, 2]);
    for (const index of [0, 1, 2]) {
      const { bytes, path } = state.chunk(index);
      expect(isChunk(manifest, index, bytes, path)).toBe(true);
      for (const wrong of [0, 1, 2, 3].filter((one) => one !== index))
        expect(isChunk(manifest, wrong, bytes, path)).toBe(false);
      expect(isChunk(manifest, index, bytes.subarray(1), path)).toBe(false);
      expect(isChunk(manifest, index, concatBytes(bytes, bytes), path)).toBe(false);
    }
    // A tree over longer items could have the same shape: lengths are checked for themselves.
    const odd = new MerkleTree(merkleLeaf(new Uint8Array(9)));
    expect(isChunk({ chunkCount: 1, byteLength: 8, root: odd.root }, 0, new Uint8Array(9), [])).toBe(false);
  });

  it('names a state by its slot and every number', () => {
    const names = [
      stateDigest(64, manifest),
      stateDigest(65, manifest),
      stateDigest(64, { ...manifest, chunkCount: 4 }),
      stateDigest(64, { ...manifest, byteLength: 9 }),
      stateDigest(64, { ...manifest, root: state.name }),
    ];
    expect(new Set(names.map(toHex)).size).toBe(5);
  });
});
