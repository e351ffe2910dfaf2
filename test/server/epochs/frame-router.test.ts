/** Where frames go, who is answered and how often: design rules D1.3 of epochs (spec/wire.md, "Links"). */
import { beforeEach, describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../../src/prelude/bytes.js';
import { Writer } from '../../../src/prelude/canonical.js';
import { digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { frameEpoch } from '../../../src/consensus/codec.js';
import type { Handoff } from '../../../src/consensus/handoff.js';
import { dataFrame, FrameRouter } from '../../../src/server/epochs/frame-router.js';
import { decodeTransferFrame } from '../../../src/server/state/transfer-frames.js';
import { right } from '../../support/right.js';

const [peer, stranger] = ['a/1', 'x/1'] as ProcessId[] as [ProcessId, ProcessId];
const state = digest(utf8('a state'));
const handoff = (epoch: number): Handoff => ({
  epoch,
  slot: 8 * epoch,
  chain: digest(utf8('chain')),
  manifest: { chunkCount: 1, byteLength: 3, root: state },
  configuration: digest(utf8('next')),
  signature: utf8('signed') as never,
});
const frameOf = (epoch: number) => new Writer().u64(epoch).u8(7).finish();

/** A server in epoch 3. */
class Setting {
  nowMs = 0;
  ended: Handoff | undefined;
  readonly heard: string[] = [];
  readonly sent: string[] = [];
  readonly router = new FrameRouter({
    epochs: {
      epoch: 3,
      isServerOf: (epoch, process) => process === peer || (epoch === 0 && process !== stranger),
      handoffOf: (epoch) => (epoch === 3 ? this.ended : epoch === 2 ? handoff(2) : undefined),
      onFrame: (from, frame) => this.heard.push(`${from} frame ${frame.length}`),
      onHandoff: (from, { epoch }) => this.heard.push(`${from} handoff ${epoch}`),
    },
    state: {
      onChunk: (from, { index }) => this.heard.push(`${from} chunk ${index}`),
      serveChunk: (to, _, index) => this.heard.push(`${to} asks ${index}`),
    },
    send: (to, frame) => {
      expect(right(frameEpoch(frame))).toBe(0);
      const sent = right(decodeTransferFrame(frame.subarray(8)));
      this.sent.push(
        `${to} ${sent._tag} ${'epoch' in sent ? sent.epoch : 'handoff' in sent ? sent.handoff.epoch : ''}`,
      );
    },
    onBlame: (process, reason) => this.heard.push(`${process}: ${reason}`),
    clock: () => this.nowMs,
  });
}

describe('a frame', () => {
  let setting: Setting;
  beforeEach(() => {
    setting = new Setting();
  });

  it('of the epoch that runs goes to its machine, whole; of a stranger to it nowhere', () => {
    setting.router.route(peer, frameOf(3));
    setting.router.route('b/1' as ProcessId, frameOf(3));
    expect(setting.heard).toEqual(['a/1 frame 9']);
    setting.ended = handoff(3);
    setting.router.route(peer, frameOf(3));
    expect([setting.heard.length, setting.sent]).toEqual([1, ['a/1 Handoff 3']]);
  });

  it('of an epoch that is over is answered with how it ended, as often as the budget allows', () => {
    for (let count = 0; count < 70; count++) setting.router.route(peer, frameOf(2));
    setting.router.route(peer, frameOf(1));
    expect([setting.sent.length, setting.sent[0]]).toEqual([64, 'a/1 Handoff 2']);
    setting.nowMs = 99;
    setting.router.route(peer, frameOf(2));
    expect(setting.sent).toHaveLength(64);
    setting.nowMs = 100;
    setting.router.route(peer, frameOf(2));
    expect(setting.sent).toHaveLength(65);
    expect(setting.heard).toEqual([]);
  });

  it('of an epoch to come makes this server ask how its own ended, once an interval', () => {
    for (let count = 0; count < 3; count++) setting.router.route(peer, frameOf(4));
    expect(setting.sent).toEqual(['a/1 AskHandoff 3']);
    setting.nowMs = 100;
    setting.router.route(peer, frameOf(5));
    expect(setting.sent).toHaveLength(2);
  });

  it('of no epoch is taken from any server that is known, and blamed where it is malformed', () => {
    const chunk = { state, index: 5, bytes: utf8('abc'), path: [] };
    setting.router.route('b/1' as ProcessId, dataFrame({ _tag: 'Chunk', chunk }));
    setting.router.route(peer, dataFrame({ _tag: 'AskChunk', state, index: 6 }));
    setting.router.route(peer, dataFrame({ _tag: 'Handoff', handoff: handoff(3) }));
    setting.router.route(peer, dataFrame({ _tag: 'AskHandoff', epoch: 2 }));
    setting.router.route(peer, dataFrame({ _tag: 'AskHandoff', epoch: 1 }));
    setting.router.route(stranger, dataFrame({ _tag: 'AskChunk', state, index: 7 }));
    expect(setting.heard).toEqual(['b/1 chunk 5', 'a/1 asks 6', 'a/1 handoff 3']);
    expect(setting.sent).toEqual(['a/1 Handoff 2']);
    setting.router.route(peer, concatBytes(dataFrame({ _tag: 'AskHandoff', epoch: 2 }), Uint8Array.of(0)));
    setting.router.route(peer, Uint8Array.of(1, 2));
    expect(setting.heard.slice(3)).toEqual(['a/1: its frame is malformed at byte 17', 'a/1: its frame names no epoch']);
  });

  it('that asks for chunks is answered within the same budget', () => {
    for (let count = 0; count < 70; count++)
      setting.router.route(peer, dataFrame({ _tag: 'AskChunk', state, index: 1 }));
    expect(setting.heard).toHaveLength(64);
    setting.router.route(peer, dataFrame({ _tag: 'AskHandoff', epoch: 2 }));
    setting.router.route('b/1' as ProcessId, dataFrame({ _tag: 'AskHandoff', epoch: 2 }));
    expect(setting.sent).toEqual(['b/1 Handoff 2']);
  });
});
