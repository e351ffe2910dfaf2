/**
 * The oracle and the machine that ships, on the same scenario: one slot, a first view that may go wrong, a second that is led
 * well. What the paper calls chosen, the machine decides; what the machine has decided, the oracle learns or is stuck over.
 *
 * They may differ where nothing was chosen and the replies show two values of one view. The paper counts values: one that
 * occurs often enough must be kept. The machine knows that a leader which signed both is Byzantine, counts it out, and is
 * free where neither value can have been decided; and a commit certificate settles for it what leaves the oracle stuck.
 * Where nothing is reported the oracle's leader proposes its own value and the machine's the no-op: both count as nothing here.
 */
import { describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import { noop } from '../../src/consensus/batch.js';
import { decisionOf, Scene } from '../support/scene.js';
import { Prng } from '../support/simulation/random.js';
import type { Message } from './message.js';
import { type Letter, Run } from './run.js';

type Word = 'x' | 'y' | '-';

/** What happens in the first view, whose leader is process 0. */
interface Scenario {
  readonly trust: string;
  readonly processes: string;
  readonly t: number;
  readonly isParameterized: boolean;
  /** What each process is proposed. */
  readonly proposed: readonly Word[];
  /** Whether process 0 is Byzantine; otherwise it crashes when it has proposed. */
  readonly isLeaderByzantine: boolean;
  /** What process 0 tells each that it accepted, and the next leader in the end. */
  readonly lies: readonly Word[];
  readonly report: Word;
  /** `heard[i][j]`: ACCEPTED of i reaches j. */
  readonly heard: readonly (readonly boolean[])[];
  readonly areCommitsHeard: boolean;
  /** Whose reply to the next leader comes after a quorum of others. */
  readonly late: number;
}

interface Outcome {
  /** Decided in the first view by some correct process. */
  readonly first: readonly string[];
  /** Decided in the end by the correct processes. */
  readonly last: readonly string[];
  readonly isLive: boolean;
}

const systems = [
  { trust: 'f=1 t=0 of (a, b, c, d)', processes: 'abcd', t: 0, isParameterized: true },
  { trust: 'f=1 t=1 of (a, b, c, d, e, f)', processes: 'abcdef', t: 1, isParameterized: false },
] as const;

function ours(scenario: Scenario): Outcome {
  const scene = new Scene({ trust: scenario.trust });
  const all = scenario.processes.split('');
  const correct = all.slice(1);
  const group = correct.join(' ');
  const batches = { x: scene.batch('x'), y: scene.batch('y') };
  const nameOf = new Map([
    [decisionOf(batches.x), 'x'],
    [decisionOf(batches.y), 'y'],
    [decisionOf(noop), 'nothing'],
  ]);
  const decided = (): readonly string[] =>
    correct.flatMap((name) => {
      const decision = scene.actor(name).decided.get(1);
      return decision === undefined ? [] : [nameOf.get(decision) ?? 'something else'];
    });
  for (const [index, value] of scenario.proposed.entries()) {
    if (value !== '-' && index > 0)
      scene.inject('a', present(all[index], 'a process'), scene.propose(1, 1, batches[value]));
  }
  for (const [index, value] of scenario.lies.entries()) {
    if (value !== '-' && index > 0)
      scene.inject('a', present(all[index], 'a process'), scene.accepted('a', 1, 1, batches[value]));
  }
  for (const [from, row] of scenario.heard.entries()) {
    for (const [to, isHeard] of row.entries()) {
      if (isHeard && from > 0 && to > 0) scene.deliver({ tag: 'Accepted', from: all[from] ?? '', to: all[to] ?? '' });
    }
  }
  if (scenario.areCommitsHeard) scene.deliver({ tag: 'Commit', from: group, to: group });
  scene.drop();
  const first = decided();
  scene.complain(1, group, group);
  if (scenario.isLeaderByzantine) {
    const votes = scenario.report === '-' ? [] : [scene.vote(1, 1, batches[scenario.report])];
    scene.inject('a', 'b', scene.report('a', 2, { votes }));
    for (const batch of [batches.x, batches.y]) scene.inject('a', 'b', { _tag: 'BatchFound', batch });
  }
  const punctual = correct.filter((_, index) => index + 1 !== scenario.late).join(' ');
  scene.deliver({ tag: 'Report', from: punctual, to: 'b' });
  scene.deliver({ tag: 'FetchBatch BatchFound', from: group, to: group });
  scene.deliver({ from: group, to: group });
  // Where no vote was reported the slot is not opened at all, and the view is.
  const isOpen = scene.actor('b').state.proposals?.view === 2;
  const last = decided().length === 0 && isOpen ? correct.map(() => 'nothing') : decided();
  return { first: [...new Set(first)], last: [...new Set(last)], isLive: last.length === correct.length };
}

interface OracleOutcome extends Outcome {
  readonly chosen: readonly string[];
  readonly isStuck: boolean;
}

function oracle(scenario: Scenario): OracleOutcome {
  const count = scenario.processes.length;
  const { t, isParameterized } = scenario;
  const counts = { acceptors: count, proposers: count, learners: count };
  const run = new Run({ f: 1, t, isParameterized, ...counts, byzantine: ['p0', 'a0', 'l0'] });
  const everyone = (index: number): readonly string[] => [`a${index}`, `l${index}`];
  for (const [index, value] of scenario.proposed.entries()) {
    if (value !== '-' && index > 0) run.inject('p0', [`a${index}`], { _tag: 'PROPOSE', value, number: 0 });
  }
  for (const [index, value] of scenario.lies.entries()) {
    if (value === '-' || index === 0) continue;
    const accepted = run.signatures.sign({ from: 'a0', value, number: 0 });
    run.inject('a0', everyone(index), { _tag: 'ACCEPTED', accepted });
  }
  const isHeard = ({ from, to, message }: Letter): boolean => {
    const [sender, receiver] = [Number(from.slice(1)), Number(to.slice(1))];
    return message._tag === 'ACCEPTED' && (sender === receiver || scenario.heard[sender]?.[receiver] === true);
  };
  run.deliver(isHeard);
  if (scenario.areCommitsHeard) run.deliver(({ message }) => message._tag === 'COMMITPROOF');
  run.letters = [];
  const [first, chosen] = [run.learnedValues, run.chosenValues];
  const isTag =
    (...tags: readonly Message['_tag'][]) =>
    ({ message }: Letter): boolean =>
      tags.includes(message._tag);
  run.suspectAll();
  run.deliver(isTag('SUSPECT', 'QUERY'));
  if (scenario.isLeaderByzantine) {
    const value = scenario.report === '-' ? {} : { value: scenario.report };
    run.inject('a0', ['p1'], { _tag: 'REP', reply: run.signatures.sign({ from: 'a0', number: 1, ...value }) });
  }
  run.deliver(({ from, message }) => message._tag === 'REP' && from !== `a${scenario.late}`);
  run.deliver();
  const last = run.correctLearners.flatMap(({ learned }) => (learned === undefined ? [] : [nameOf(learned.value)]));
  const { isStuck } = run.proposer('p1');
  return { first, chosen, last: [...new Set(last)], isStuck, isLive: last.length === run.correctLearners.length };
}

function nameOf(value: string): string {
  return value.startsWith('of p') ? 'nothing' : value;
}

function randomScenario(random: Prng, system: (typeof systems)[number], isLeaderByzantine: boolean): Scenario {
  const indices = system.processes.split('').map((_, index) => index);
  const likelyX = random.next();
  const word = (): Word => (random.chance(likelyX) ? 'x' : isLeaderByzantine && random.chance(0.7) ? 'y' : '-');
  const hearing = random.next();
  return {
    ...system,
    isLeaderByzantine,
    proposed: indices.map(word),
    lies: indices.map(() => (isLeaderByzantine ? word() : '-')),
    report: word(),
    heard: indices.map(() => indices.map(() => random.chance(hearing))),
    areCommitsHeard: random.chance(0.3),
    // The next leader's own report is never late.
    late: isLeaderByzantine ? random.between(2, indices.length - 1) : 0,
  };
}

/** The values of the correct processes and of what process 0 reports. */
function valuesShown({ proposed, report, isLeaderByzantine }: Scenario): readonly Word[] {
  const shown = [...proposed.slice(1), ...(isLeaderByzantine ? [report] : [])];
  return [...new Set(shown)].filter((value) => value !== '-');
}

for (const system of systems) {
  describe(`${system.trust}: oracle and machine`, () => {
    const everyone = system.processes.split('');
    for (const crashed of [undefined, ...everyone.slice(1)]) {
      it(`with a correct leader and ${crashed ?? 'nobody'} crashed both decide its value, in the same number of steps`, () => {
        const up = everyone.filter((name) => name !== crashed);
        const scene = new Scene({ trust: system.trust });
        scene.actor('a').request(scene.request('x'));
        scene.deliver({ from: up.join(' '), to: up.join(' ') });
        const { t, isParameterized } = system;
        const gone = crashed === undefined ? [] : ['p', 'a', 'l'].map((role) => `${role}${everyone.indexOf(crashed)}`);
        const counts = { acceptors: everyone.length, proposers: everyone.length, learners: everyone.length };
        const run = new Run({ f: 1, t, isParameterized, ...counts, byzantine: gone });
        run.proposer('p0').value = 'x';
        run.proposer('p0').start();
        for (let step = 0; step < 3; step++) run.communicate();
        const steps = crashed === undefined || t === 1 ? 2 : 3;
        const learned = { learned: { value: 'x', number: 0 }, learnedAtStep: steps };
        expect(run.correctLearners).toMatchObject(up.map(() => learned));
        for (const name of up) {
          expect(scene.actor(name).decided.get(1)).toBe(decisionOf(scene.batch('x')));
          expect(scene.actor(name).did('Decide')).toMatchObject([{ path: steps === 2 ? 'fast' : 'slow' }]);
        }
      });
    }

    it('where the leader crashes, wherever its proposal came and whatever was heard, both decide the same', () => {
      const random = new Prng(5);
      const seen = new Set<string>();
      for (let round = 0; round < 30; round++) {
        const scenario = randomScenario(random, system, false);
        const [paper, machine] = [oracle(scenario), ours(scenario)];
        expect(machine.isLive).toBe(true);
        expect(machine.last).toHaveLength(1);
        expect(paper.isStuck).toBe(false);
        for (const value of paper.last) expect(machine.last).toEqual([value]);
        for (const value of machine.last) seen.add(value);
      }
      expect(seen).toEqual(new Set(['x', 'nothing']));
    });

    it('where the leader is Byzantine, what one has decided or chosen the other decides, unless the paper is stuck', () => {
      const random = new Prng(11);
      const counts = { chosen: 0, decidedFirst: 0, differing: 0, same: 0 };
      for (let round = 0; round < 90; round++) {
        const scenario = randomScenario(random, system, true);
        const [paper, machine] = [oracle(scenario), ours(scenario)];
        expect(machine.isLive).toBe(true);
        expect(machine.last).toHaveLength(1);
        expect(paper.last.length).toBeLessThanOrEqual(1);
        const [decision] = machine.last;
        for (const value of [...paper.chosen, ...paper.first, ...machine.first]) expect(decision).toBe(value);
        if (!system.isParameterized) expect(paper.isStuck).toBe(false);
        if (paper.chosen.length > 0) counts.chosen += 1;
        if (machine.first.length > 0) counts.decidedFirst += 1;
        const [learned] = paper.last;
        if (learned === undefined || paper.isStuck) continue;
        if (machine.first.length > 0) expect(learned).toBe(decision);
        if (learned === decision) {
          counts.same += 1;
          continue;
        }
        counts.differing += 1;
        expect(paper.chosen).toEqual([]);
        expect(valuesShown(scenario)).toHaveLength(2);
      }
      // Every kind of outcome was met.
      for (const kind of ['chosen', 'decidedFirst', 'differing', 'same'] as const)
        expect(counts[kind]).toBeGreaterThan(2);
    });
  });
}

it('R1: where the paper is stuck, the machine decides what was committed', () => {
  const [system] = systems;
  const nobody = [false, false, false, false];
  const scenario: Scenario = {
    ...system,
    isLeaderByzantine: true,
    proposed: ['-', 'x', 'x', 'y'],
    lies: ['-', 'x', '-', '-'],
    report: 'y',
    heard: [nobody, nobody, [false, true, false, false], nobody],
    areCommitsHeard: false,
    late: 2,
  };
  expect(oracle(scenario)).toMatchObject({ isStuck: true, first: [], last: [], isLive: false });
  expect(ours(scenario)).toEqual({ first: [], last: ['x'], isLive: true });
});
