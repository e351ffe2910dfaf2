import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProcessId, type ProcessSet, Universe } from '../../../src/prelude/process.js';
import { type AccessStructure, predicateStructure } from '../../../src/quorum/access-structure.js';
import { isQualified, type Policy } from '../../../src/quorum/policy/policy.js';
import { PolicyStructure } from '../../../src/quorum/policy/policy-structure.js';
import type { VoteState } from '../../../src/quorum/policy/vote-tracker.js';
import { arbitraryPolicy } from '../../support/naive-structures.js';
import { servers } from '../../support/quorum.js';
import { right } from '../../support/right.js';
import { policy } from '../../support/trust.js';
import { vectorText } from '../../support/vectors.js';

/** By the definition. */
function stateOf(qualifies: (set: ProcessSet) => boolean, accepted: ProcessSet, rejected: ProcessSet): VoteState {
  if (qualifies(accepted)) return 'won';
  return qualifies(rejected.complement()) ? 'pending' : 'lost';
}

describe('a tracker', () => {
  const rules = fc.tuple(
    arbitraryPolicy({ maxMembers: 8, weights: true, repeats: true }),
    fc.boolean(),
    fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 8, maxLength: 16 }),
  );

  it('knows after every vote, in any order, what the votes so far decide', () => {
    const reached = new Set<VoteState>();
    const property = fc.property(rules, ([rule, isPredicate, ballots]) => {
      const made = new PolicyStructure(rule);
      const { universe } = made.processes;
      const qualifies = (set: ProcessSet): boolean => isQualified(rule, set);
      const structure: AccessStructure = isPredicate ? right(predicateStructure(universe, qualifies)) : made;
      const tracker = structure.tracker();
      let [accepted, rejected] = [universe.none, universe.none];
      expect(tracker.state).toBe('pending');
      for (const [number, yes] of ballots) {
        const id = universe.ids[number % universe.size] as ProcessId;
        const isFirst = !accepted.has(id) && !rejected.has(id);
        if (isFirst && yes) accepted = accepted.with(id);
        if (isFirst && !yes) rejected = rejected.with(id);
        const state = yes ? tracker.accept(id) : tracker.reject(id);
        expect(state).toBe(stateOf(qualifies, accepted, rejected));
        expect(tracker.state).toBe(state);
        reached.add(state);
      }
      expect(tracker.accepted.equals(accepted)).toBe(true);
      expect(tracker.rejected.equals(rejected)).toBe(true);
    });
    fc.assert(property, { numRuns: 500 });
    expect(reached.size).toBe(3);
  });

  it('counts the first vote of a process and no stranger', () => {
    const tracker = new PolicyStructure(policy('2 of (a, b, c)')).tracker();
    const [a, b, stranger] = ['a', 'b', 'z'] as ProcessId[];
    tracker.accept(a as ProcessId);
    expect(tracker.accept(a as ProcessId)).toBe('pending');
    expect(tracker.reject(a as ProcessId)).toBe('pending');
    expect(tracker.reject(stranger as ProcessId)).toBe('pending');
    expect(tracker.accept(stranger as ProcessId)).toBe('pending');
    expect(tracker.reject(b as ProcessId)).toBe('pending');
    expect([[...tracker.accepted], [...tracker.rejected]]).toEqual([['a'], ['b']]);
  });

  it('is independent of other trackers of its structure', () => {
    const structure = new PolicyStructure(policy('2 of (a, b, c)'));
    const [first, second] = [structure.tracker(), structure.tracker()];
    first.accept('a' as ProcessId);
    expect(second.accept('b' as ProcessId)).toBe('pending');
    expect(first.accept('b' as ProcessId)).toBe('won');
    expect(second.state).toBe('pending');
  });

  it('asks a predicate once a vote, and no more once it has an answer', () => {
    let questions = 0;
    const predicate = (set: ProcessSet): boolean => {
      questions += 1;
      return set.size >= 2;
    };
    const tracker = right(predicateStructure(servers(4), predicate)).tracker();
    questions = 0;
    tracker.accept('s1' as ProcessId);
    tracker.reject('s2' as ProcessId);
    expect([tracker.state, questions]).toEqual(['pending', 2]);
    tracker.accept('s3' as ProcessId);
    tracker.accept('s4' as ProcessId);
    expect([tracker.state, questions]).toEqual(['won', 3]);
  });

  it('keeps its answer, and records what comes later', () => {
    const structure = right(predicateStructure(servers(3), (set) => set.size >= 2));
    for (const tracker of [structure.tracker(), new PolicyStructure(policy('2 of (s1, s2, s3)')).tracker()]) {
      tracker.accept('s1' as ProcessId);
      tracker.accept('s3' as ProcessId);
      expect(tracker.reject('s2' as ProcessId)).toBe('won');
      expect([...tracker.rejected]).toEqual(['s2']);
    }
  });
});

/** A case of etcd-io/raft's data-driven tests: an empty configuration, which wins every vote, is no policy. */
interface RaftCase {
  readonly command: string;
  readonly configurations: readonly (readonly ProcessId[])[];
  readonly inputs: readonly string[];
  readonly expected: string;
}

const isEmptyConfiguration = ({ configurations }: RaftCase): boolean =>
  configurations.length === 0 || configurations.some((ids) => ids.length === 0);

function raftCases(file: string): readonly RaftCase[] | undefined {
  const text = vectorText(`quorum/raft/${file}`);
  if (text === undefined) return undefined;
  const pattern = /^(?<command>vote|committed)(?<args>[^\n]*)\n----\n(?<output>(?:[^\n]+\n)+)/gm;
  return [...text.replaceAll('\r', '').matchAll(pattern)].map(({ groups = {} }) => {
    const { command = '', args = '', output = '' } = groups;
    const listOf = (name: string): readonly string[] | undefined => {
      const value = new RegExp(` ${name}=(zero|\\([^)]*\\))`).exec(args)?.[1];
      return value
        ?.replaceAll(/zero|[() ]/g, '')
        .split(',')
        .filter((part) => part !== '');
    };
    const configurations = ['cfg', 'cfgj'].flatMap((name) => {
      const ids = listOf(name);
      return ids === undefined ? [] : [ids.map((id) => `n${id}` as ProcessId)];
    });
    const inputs = listOf('votes') ?? listOf('idx') ?? [];
    return { command, configurations, inputs, expected: output.trimEnd().split('\n').at(-1) ?? '' };
  });
}

/** A majority of each configuration. */
function jointPolicy(configurations: readonly (readonly ProcessId[])[]): Policy {
  const of = configurations.map((ids): Policy => {
    const members = ids.map((id): Policy => ({ _tag: 'member', id }));
    return { _tag: 'threshold', k: Math.floor(ids.length / 2) + 1, of: members };
  });
  return { _tag: 'threshold', k: of.length, of };
}

function structureOf({ configurations }: RaftCase): PolicyStructure {
  return new PolicyStructure(jointPolicy(configurations), new Universe([...new Set(configurations.flat())]));
}

function answer(given: RaftCase): string {
  const structure = structureOf(given);
  const { ids } = structure.processes.universe;
  expect(given.inputs).toHaveLength(ids.length);
  if (given.command === 'vote') {
    const tracker = structure.tracker();
    for (const [index, id] of ids.entries()) {
      if (given.inputs[index] === 'y') tracker.accept(id);
      if (given.inputs[index] === 'n') tracker.reject(id);
    }
    return { won: 'VoteWon', pending: 'VotePending', lost: 'VoteLost' }[tracker.state];
  }
  const acknowledged = new Map(ids.map((id, index) => [id, Number(given.inputs[index]?.replace('_', '0'))]));
  const committed = [...acknowledged.values()].filter((index) => {
    const reached = ids.filter((id) => (acknowledged.get(id) ?? 0) >= index);
    return structure.isQualified(structure.processes.universe.of(reached));
  });
  return String(Math.max(0, ...committed));
}

describe.each([
  { file: 'majority_vote.txt', count: 21, empty: 1 },
  { file: 'joint_vote.txt', count: 35, empty: 4 },
  { file: 'majority_commit.txt', count: 15, empty: 1 },
  { file: 'joint_commit.txt', count: 49, empty: 1 },
])('etcd-io/raft: $file', ({ file, count, empty }) => {
  const cases = raftCases(file);
  const expressible = (cases ?? []).filter((one) => !isEmptyConfiguration(one));

  it.skipIf(cases === undefined)('has cases, of which those with an empty configuration are not expressible', () => {
    expect({ count: expressible.length, empty: (cases?.length ?? 0) - expressible.length }).toEqual({ count, empty });
  });

  it.each(expressible)('$command $configurations $inputs', (given) => {
    expect(answer(given)).toBe(given.expected);
  });
});
