/**
 * Any bytes from a member, at any time: three servers under a flood from the fourth, in league with an application. They go on
 * serving, within a heap that is capped and a ceiling of memory in all, and blame nobody else. `FLOOD_SECONDS` is how long.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../src/prelude/bytes.js';
import { Writer } from '../../src/prelude/canonical.js';
import { digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { type Request, requestStatement, type UnsignedRequest } from '../../src/consensus/batch.js';
import { ConsensusCodec } from '../../src/consensus/codec.js';
import type { Message } from '../../src/consensus/message.js';
import type { Signature, SignatureShare } from '../../src/schemes/contract/distributed-signer.js';
import { dataFrame } from '../../src/server/epochs/frame-router.js';
import { loadServerDirectory, type ServerDirectory } from '../../src/server/directory/server-directory.js';
import { openLinks } from '../../src/server/links.js';
import type { TlsTransport } from '../../src/transport/tls.js';
import { mutatedBytes } from '../fuzz/byte-mutation.js';
import { right } from '../support/right.js';
import { Prng } from '../support/simulation/random.js';
import { AllianceProcesses, eventually } from './alliance-processes.js';

const seconds = Number(process.env['FLOOD_SECONDS'] ?? 4);

/** At least so many commands are committed while it goes on. */
const commands = 3;

/** Of one server: its JavaScript heap, which it does not survive to exceed, and its memory in all, at its highest. */
const heapMiB = 160;
const memoryMiB = 640;

/** Frames that were heard and are replayed. */
const recorded = 500;

/** Frames of each kind. */
const variants = 40;

/** What one turn sends to each server, at most. */
const bytesPerTurn = 4 << 20;

class Flood {
  readonly sent = new Map<string, number>();
  private readonly heard: Uint8Array[] = [];
  private readonly made = new Map<string, Uint8Array[]>();
  private readonly random = new Prng(7);
  private readonly codec: ConsensusCodec;
  private transport: TlsTransport | undefined;
  private isOver = false;
  private sequence = 1;

  constructor(
    private readonly directory: ServerDirectory,
    private readonly application: AllianceProcesses['application'],
  ) {
    const { system } = directory.alliance.trust;
    this.codec = new ConsensusCodec(system.processes.universe, directory.alliance.epoch);
  }

  async begin(): Promise<void> {
    const listener = {
      onFrame: (_: ProcessId, frame: Uint8Array) => {
        if (this.heard.length < recorded) this.heard.push(frame);
        else this.heard[this.random.between(0, recorded - 1)] = frame;
      },
      onConnected: () => undefined,
      onDisconnected: () => undefined,
    };
    const onClient = () => ({ onFrame: () => undefined, onClosed: () => undefined });
    this.transport = right(await openLinks(this.directory, [], { listener, onClient, log: () => undefined })());
  }

  /** One of the frames of a kind: making them takes longer than sending them. */
  private variant(name: string, make: () => Uint8Array): Uint8Array {
    const known = this.made.get(name) ?? [];
    this.made.set(name, known);
    if (known.length >= variants && this.random.chance(0.98)) return this.random.pick(known);
    const fresh = make();
    known[known.length < variants ? known.length : this.random.between(0, variants - 1)] = fresh;
    return fresh;
  }

  /** Until {@link end}. */
  async pour(to: readonly ProcessId[]): Promise<void> {
    const kinds = Object.entries(this.kinds());
    while (!this.isOver) {
      for (const process of to) {
        for (let bytes = 0; bytes < bytesPerTurn; ) {
          const [name, make] = this.random.pick(kinds);
          const frame = this.variant(name, make);
          bytes += frame.length + 2000;
          this.sent.set(name, (this.sent.get(name) ?? 0) + 1);
          this.transport?.send(process, frame);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.transport?.close();
  }

  private kinds(): Readonly<Record<string, () => Uint8Array>> {
    const { random } = this;
    const of = (make: () => Message) => () => this.codec.encodeMessage(make());
    const view = () => random.pick([1, 2, 3, 4, 8, 1000, 2 ** 40]);
    const slot = () => random.pick([random.between(1, 300), random.between(1, 300), 2 ** 30, 2 ** 52]);
    const chain = () => digest(random.bytes(4));
    const share = () => new Uint8Array(random.pick([64, 64, 65_536])).fill(random.between(0, 255)) as SignatureShare;
    const signature = () => new Uint8Array(64).fill(random.between(0, 255));
    const ballot = () => ({ view: view(), slot: slot(), digest: chain() });
    const certificate = () => ({ slot: slot(), chain: chain(), signature: share() as unknown as Signature });
    const boundary = 0;
    const report = (length: number) => ({
      ...{ from: this.directory.me.id, view: view(), signature: signature() },
      body: new Uint8Array(length).fill(1),
    });
    const empties = { commands: Array.from({ length: 1024 }, () => new Uint8Array(0)) };
    const padding = (): Request => ({ ...this.request(['x']), ...empties, signature: signature() });
    return {
      'replayed frames': () => (this.heard.length === 0 ? new Uint8Array(9) : random.pick(this.heard)),
      'changed frames': () => {
        const specimens = this.heard.map((bytes) => ({ bytes, fields: [] }));
        return specimens.length === 0 ? new Uint8Array(9) : mutatedBytes(specimens, random);
      },
      'random bytes': () => random.bytes(random.between(0, 40)),
      'long frames': () => new Uint8Array(1 << 20).fill(random.between(0, 255)),
      'another epoch': () => concatBytes(new Writer().u64(random.pick([2, 99, 2 ** 50])).finish(), random.bytes(30)),
      handoffs: () => dataFrame({ _tag: 'AskHandoff', epoch: random.between(1, 9) }),
      'chunks asked for': () => dataFrame({ _tag: 'AskChunk', state: chain(), index: random.between(0, 9) }),
      chunks: () => dataFrame({ _tag: 'Chunk', chunk: { state: chain(), index: 0, bytes: share(), path: [] } }),
      statuses: of(() => ({ _tag: 'Status', view: view(), decided: slot(), low: 0, stuck: true })),
      'ranges asked for': of(() => ({ _tag: 'FetchRange', from: 1 })),
      'batches asked for': of(() => ({ _tag: 'FetchBatch', digest: chain() })),
      'shares asked for': of(() => ({ _tag: 'Attest', slot: random.between(1, 300), isProven: true })),
      'hand-over shares asked for': of(() => ({ _tag: 'AskHandoffShare' })),
      accepted: of(() => ({ _tag: 'Accepted', ...ballot(), leaderSignature: signature(), share: share() })),
      commits: of(() => ({ _tag: 'Commit', ...ballot(), share: share() })),
      checkpoints: of(() => ({ _tag: 'Checkpoint', slot: slot(), chain: chain(), boundary, share: share() })),
      'stable checkpoints': of(() => ({ _tag: 'StableCheckpoint', certificate: { ...certificate(), boundary } })),
      certificates: of(() => ({ _tag: 'Certificate', certificate: certificate() })),
      attested: of(() => ({ _tag: 'Attested', slot: slot(), chain: chain(), share: share() })),
      snapshots: of(() => ({ _tag: 'Snapshot', slot: slot(), chain: chain(), state: chain(), share: share() })),
      reports: of(() => ({ _tag: 'Report', report: report(1 << 20) })),
      'requests to certify': of(() => ({
        _tag: 'Certify',
        view: 4,
        reports: Array.from({ length: 4 }, () => report(1 << 18)),
        evidence: [],
      })),
      complaints: of(() => ({
        _tag: 'Timeouts',
        timeouts: Array.from({ length: 1024 }, () => ({
          from: this.directory.me.id,
          view: view(),
          signature: signature(),
        })),
        evidence: [],
      })),
      proposals: of(() => ({
        ...{ _tag: 'Propose', view: 4, slot: slot(), signature: signature(), batch: { requests: [] } },
      })),
      'batches nobody asked for': of(() => ({ _tag: 'BatchFound', batch: { requests: [padding(), padding()] } })),
      'ranges of commands that say nothing': of(() => ({
        ...{ _tag: 'Range', from: 1, tail: [], certificate: certificate() },
        batches: Array.from({ length: 200 }, () => ({ requests: [padding()] })),
      })),
      'requests in frames that are worth keeping no longer': of(() => ({
        _tag: 'Forward',
        requests: [this.request(['in league']), ...Array.from({ length: 60 }, padding)],
      })),
      'more requests than there is room for': of(() => ({
        _tag: 'Forward',
        requests: [this.request(Array.from({ length: 64 }, () => 'x'.repeat(3000)))],
      })),
    };
  }

  /** One that its client has signed, of a session that never begins. */
  private request(commands: readonly string[]): Request {
    const { allianceId, requestKeyId, me, sign } = this.application;
    this.sequence += commands.length;
    const unsigned: UnsignedRequest = {
      client: me.id,
      session: 1,
      firstSequence: 1 + this.sequence,
      commands: commands.map(utf8),
    };
    return { ...unsigned, signature: sign(requestStatement(allianceId, requestKeyId, unsigned)) };
  }
}

/** At its highest, in MiB, as the kernel has counted it. */
function peakMiB(pid: number): number {
  const [, kib] = /VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

describe.skipIf(process.platform !== 'linux')('a flood from a member', () => {
  let alliance: AllianceProcesses;
  let flood: Flood;

  beforeAll(async () => {
    const before = process.env['NODE_OPTIONS'];
    process.env['NODE_OPTIONS'] = `--max-old-space-size=${heapMiB}`;
    alliance = await AllianceProcesses.found();
    const [a, b, c, d] = alliance.ids as [ProcessId, ProcessId, ProcessId, ProcessId];
    await Promise.all([a, b, c].map((id) => alliance.start(id)));
    process.env['NODE_OPTIONS'] = before ?? '';
    flood = new Flood(right(await loadServerDirectory(alliance.pathOf(d))()), alliance.application);
    await flood.begin();
  });

  afterAll(async () => {
    await flood.end();
    await alliance.end();
  });

  it('does not stop the others, nor grow them, nor bring blame on them', async () => {
    const [a, b, c, d] = alliance.ids as [ProcessId, ProcessId, ProcessId, ProcessId];
    const client = alliance.client({ from: 0 });
    expect(await client.propose(utf8('before'))).toMatchObject({ _tag: 'committed' });
    const pouring = flood.pour([a, b, c]);
    const beganMs = performance.now();
    const endMs = beganMs + 1000 * seconds;
    let committed = 0;
    for (; performance.now() < endMs || committed < commands; committed++)
      expect(await client.propose(utf8(`during ${committed}`))).toMatchObject({ _tag: 'committed' });
    await flood.end();
    await pouring;
    expect(await client.propose(utf8('after'))).toMatchObject({ _tag: 'committed' });
    const peaks = [a, b, c].map((id) => peakMiB(present(alliance.pidOf(id), 'it runs')));
    const total = [...flood.sent.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${committed} commands committed under ${total} frames; peaks ${peaks.map((mib) => mib.toFixed(0)).join(', ')} MiB`,
    );
    expect(total).toBeGreaterThan(300);
    expect(Math.max(...peaks)).toBeLessThan(memoryMiB);
    const lines = [a, b, c].flatMap((id) => alliance.output.get(id) ?? []);
    const blamed = lines.filter((line) => line.includes('misbehaves'));
    expect(blamed.filter((line) => !line.includes(` ${d} misbehaves`))).toEqual([]);
    expect(blamed.length).toBeGreaterThan(0);
    expect(blamed.length).toBeLessThan((3 * (performance.now() - beganMs)) / 1000 + 3);
    await eventually('all three are in step', async () => {
      const log = alliance.follow(b);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return log.delivered.some(({ command }) => Buffer.from(command).toString() === 'after');
    });
  });
});
