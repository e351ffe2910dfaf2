/** Execution is a function of the log: commands once and in order, snapshots at the same slots, epochs that follow each other. */
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromUtf8, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import { encodeControl } from '../../../src/consensus/epoch-change.js';
import { decodeSnapshot, encodeSnapshot } from '../../../src/server/state/snapshot-content.js';
import type { Executor, ExecutorParts } from '../../../src/server/state/executor.js';
import { right } from '../../support/right.js';
import { CommandedEpochs } from '../../support/commanded-epochs.js';
import { trust } from '../../support/trust.js';
import { batchesUpTo, chainsOf, Ledger, ledgerExecutor, shortTerms, request } from './replicated-log.js';

const anyReady = { keyId: digest(utf8('identities')), verify: () => true };
const configuration = digest(utf8('configuration 2'));
const { system } = trust('f=1 of (a, b, c, d)');
const configurationOf = (_: number, named: Uint8Array) =>
  equalBytes(named, configuration) ? { system, identities: anyReady } : undefined;
const control = (tag: 'Prepare' | 'Activate') => encodeControl({ _tag: tag, configuration });
const ready = (position: number) =>
  encodeControl({ _tag: 'Ready', configuration, position, signature: new Uint8Array(64) });
/** PREPARE in slot 3, READY up to 6, ACTIVATE in 7: the epoch ends with slot 16. */
const controls = new Map([
  [3, control('Prepare')],
  [4, ready(0)],
  [5, ready(1)],
  [6, ready(3)],
  [7, control('Activate')],
]);

function run(executor: Executor, from: number, last: number, given = new Map<number, Uint8Array>()) {
  const batches = batchesUpTo(last, given);
  const chains = chainsOf(batches);
  return batches
    .slice(from - 1)
    .map((batch, index) => executor.execute(from + index, present(chains[from + index], 'a chain'), batch));
}

describe('an executor', () => {
  it('hands each command to its application once, and gives back results', () => {
    const [left, other] = [new Ledger(), new Ledger()];
    const applications = new Map([
      ['left', left],
      ['right', other],
    ]);
    const applicationOf: ExecutorParts['applicationOf'] = ({ command }) => fromUtf8(command)?.split(' ')[0];
    const { executor } = ledgerExecutor({ applications, applicationOf });
    const commands = ['left a', 'right b', 'nobody c', 'left d'].map(utf8);
    const { executed, epoch } = executor.execute(1, configuration, {
      requests: [request(1, ...commands), request(2, ...commands.slice(1)), request(5, utf8('left e'))],
    });
    expect([left.text, other.text, epoch]).toEqual(['left a;left d;left e;', 'right b;', 1]);
    expect(executed.map(({ result }) => result && fromUtf8(result))).toEqual(['7', '8', undefined, '14', '21']);
    expect(executed.map(({ delivered }) => delivered.sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(executor.position).toEqual({ slot: 1, chain: configuration });
    expect(() => executor.execute(3, configuration, { requests: [] })).toThrow('in order');
  });

  it('takes snapshots at multiples of S, of the state right after the slot', () => {
    const { executor } = ledgerExecutor();
    const taken = run(executor, 1, 9).map(({ snapshot }) => snapshot);
    expect(taken.flatMap((one) => one?.slot ?? [])).toEqual([4, 8]);
    expect(fromUtf8(taken[3]?.states.get('ledger') ?? new Uint8Array())).toBe('1;2;3;4;');
    expect(taken[3]?.delivery.lastSequence('acme/app', 1)).toBe(4);
  });

  it('ends an epoch where its controls say so, with a snapshot there, and begins the next with none prepared', () => {
    const asked: number[] = [];
    const { executor } = ledgerExecutor({
      control: new CommandedEpochs({
        terms: (epoch) => {
          asked.push(epoch);
          return { ...shortTerms, snapshotInterval: epoch === 1 ? 100 : 9 };
        },
        configurationOf,
      }),
    });
    const done = run(executor, 1, 18, controls);
    expect(done.flatMap(({ boundary }) => boundary ?? [])).toEqual([{ since: 7, slot: 16, configuration }]);
    expect(done[6]?.boundary).toBeDefined();
    expect(done.flatMap(({ snapshot }) => (snapshot === undefined ? [] : [[snapshot.slot, snapshot.epoch]]))).toEqual([
      [16, 1],
      [18, 2],
    ]);
    expect(done.map(({ epoch }) => epoch).slice(14)).toEqual([1, 1, 2, 2]);
    expect(done[15]?.snapshot?.change).toEqual({ _tag: 'Activated', boundary: { since: 7, slot: 16, configuration } });
    expect(done[17]?.snapshot?.change).toEqual({ _tag: 'None' });
    expect([executor.boundaryOf(1), executor.boundaryOf(2), executor.epoch]).toEqual([undefined, undefined, 2]);
    expect(new Set(asked)).toEqual(new Set([1, 2]));
  });

  it.each([2, 4, 5, 7, 12, 16, 17])('goes on from its state after slot %i as if it had executed everything', (slot) => {
    const terms = { ...shortTerms, snapshotInterval: 1 };
    const parts = { control: new CommandedEpochs({ terms, configurationOf }) };
    const whole = ledgerExecutor(parts);
    const done = run(whole.executor, 1, 18, controls);
    const bytes = concatBytes(...encodeSnapshot(present(done[slot - 1]?.snapshot, 'a snapshot')));
    const resumed = ledgerExecutor(parts);
    run(resumed.executor, 1, 1);
    expect(resumed.executor.restore(right(decodeSnapshot(bytes)))).toBe(true);
    expect(resumed.executor.position).toEqual({ slot, chain: done[slot - 1]?.snapshot?.chain });
    const rest = run(resumed.executor, slot + 1, 18, controls);
    const encode = (executions: typeof done) =>
      executions.map(({ snapshot, boundary, executed, epoch }) => [
        concatBytes(...encodeSnapshot(present(snapshot, 'a snapshot'))),
        boundary,
        executed.map(({ result }) => result),
        epoch,
      ]);
    expect(encode(rest)).toEqual(encode(done.slice(slot)));
    expect(resumed.executor.boundaryOf(resumed.executor.epoch)).toEqual(whole.executor.boundaryOf(2));
  });

  it('refuses a state of other applications, and one that an application refuses', () => {
    const { executor } = ledgerExecutor();
    const content = present(run(executor, 1, 4)[3]?.snapshot, 'a snapshot');
    const state = utf8('1;');
    for (const states of [
      new Map(),
      new Map([['other', state]]),
      new Map([
        ['ledger', state],
        ['other', state],
      ]),
    ])
      expect(ledgerExecutor().executor.restore({ ...content, states })).toBe(false);
    expect(ledgerExecutor().executor.restore({ ...content, states: new Map([['ledger', utf8('bad')]]) })).toBe(false);
    expect(ledgerExecutor().executor.restore(content)).toBe(true);
  });

  it('takes a result beyond its bound, or a name that is none, for a bug', () => {
    const big = new Ledger();
    big.apply = () => new Uint8Array(64 * 1024 + 1);
    const { executor } = ledgerExecutor({ applications: new Map([['ledger', big]]) });
    expect(() => run(executor, 1, 1)).toThrow('at most 64 KiB');
    expect(() => ledgerExecutor({ applications: new Map([['', big]]) })).toThrow('applications have names');
  });
});
