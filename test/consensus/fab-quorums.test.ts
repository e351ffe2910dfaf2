/** The questions that the protocol asks of a quorum system, and the order of leaders. */
import { describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../src/prelude/process.js';
import { highestComplaint, isDeadlocked, leaderSchedule } from '../../src/consensus/fab-quorums.js';
import { names } from '../support/scene.js';
import { trustOf } from '../support/simulation/configuration.js';

/** Every assignment of one of `choices` to each of `count` processes. */
function* assignments(count: number, choices: number): Generator<readonly number[]> {
  for (let code = 0; code < choices ** count; code++) {
    yield Array.from({ length: count }, (_, index) => Math.floor(code / choices ** index) % choices);
  }
}

describe('isDeadlocked', () => {
  for (const [n, f, t] of [
    [4, 1, 1],
    [4, 1, 0],
    [6, 1, 1],
    [6, 1, 0],
  ] as const) {
    it(`is, at n=${n}, f=${f}, t=${t}, that no value can still win by counting`, () => {
      const { system } = trustOf({ trust: `f=${f} t=${t} of (${names('a b c d e g').slice(0, n).join(', ')})` });
      const { universe } = system.processes;
      // Nothing heard, accepted x, accepted y, complained without accepting.
      for (const said of assignments(n, 4)) {
        const who = (choice: number): ProcessSet =>
          universe.of(universe.ids.filter((_, index) => said[index] === choice));
        const [x, y, complainers] = [who(1), who(2), who(3)];
        const heard = n - who(0).size;
        const against = [heard - x.size, heard - y.size, heard];
        const expected = against.every((contrary) => contrary > f + t);
        const acceptors = [x, y].filter((set) => !set.isEmpty);
        expect(isDeadlocked(system, { acceptors, complainers, accused: universe.none })).toBe(expected);
      }
    });
  }

  it('counts the accused among every Byzantine set', () => {
    const { system } = trustOf({ trust: 'f=1 t=1 of (a, b, c, d)' });
    const { universe } = system.processes;
    const acceptors = [universe.of(names('b')), universe.of(names('c'))];
    const votes = { acceptors, complainers: universe.of(names('d')) };
    expect(isDeadlocked(system, { ...votes, accused: universe.none })).toBe(false);
    expect(isDeadlocked(system, { ...votes, accused: universe.of(names('a')) })).toBe(true);
  });
});

describe('leaderSchedule', () => {
  it('takes a server of each organization in turn', () => {
    const { system } = trustOf({ trust: 'f=1 of (a: f=0 of (1, 2, 3), b: f=0 of (1, 2), c, d)' });
    expect(leaderSchedule(system.processes)).toEqual(names('a/1 b/1 c d a/2 b/2 a/3'));
  });

  it('has every eligible leader once', () => {
    const { system } = trustOf({ trust: 'f=1 of (a, b, c, d)' });
    expect(leaderSchedule(system.processes.universe.of(names('b d')))).toEqual(names('b d'));
  });
});

describe('highestComplaint', () => {
  const { system } = trustOf({ trust: 'f=1 of (a, b, c, d)' });
  const none = system.processes.universe.none;
  const complaints = (...views: readonly number[]): ReadonlyMap<ProcessId, number> =>
    new Map(views.map((view, index) => [present(system.processes.universe.at(index), 'a process'), view]));

  it('is the highest view that enough have complained about, or a later one', () => {
    const vouched = (...views: readonly number[]) =>
      highestComplaint(complaints(...views), none, (set) => system.containsCorrect(set));
    const recovered = (...views: readonly number[]) =>
      highestComplaint(complaints(...views), none, (set) => system.isRecoveryQuorum(set));
    expect(vouched(9)).toBe(0);
    expect(vouched(9, 3)).toBe(3);
    expect(vouched(2, 9, 3)).toBe(3);
    expect(recovered(9, 3)).toBe(0);
    expect(recovered(9, 3, 2)).toBe(2);
    expect(recovered(9, 3, 2, 3)).toBe(3);
  });
});
