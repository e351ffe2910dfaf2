/** L1: what the delays of the links alone say of when a slot can be decided, and when it is. */
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../src/prelude/process.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import { trustOf } from '../support/simulation/configuration.js';
import { calm, quickParameters, type Scenario } from '../support/simulation/scenario.js';
import { Simulation } from '../support/simulation/simulation.js';
import { oneWayMs } from './regions.js';

type Links = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Processes stand in the regions in turn. */
function linksOf(everyone: readonly ProcessId[]): Links {
  return Object.fromEntries(
    everyone.map((from, index) => [
      from,
      Object.fromEntries(everyone.map((to, other) => [to, from === to ? 0 : oneWayMs(index, other)])),
    ]),
  );
}

/** When the last that a quorum needs has arrived. */
function quorumMs(
  system: QuorumSystem,
  arrivals: readonly (readonly [ProcessId, number])[],
  isQuorum: (set: ProcessSet) => boolean,
): number {
  let heard = system.processes.universe.none;
  for (const [process, atMs] of arrivals.toSorted(([, a], [, b]) => a - b)) {
    heard = heard.with(process);
    if (isQuorum(heard)) return atMs;
  }
  return Number.POSITIVE_INFINITY;
}

/** When each process decides what `leader` proposes at 0, by the delays alone. */
function bestMs(system: QuorumSystem, up: readonly ProcessId[], leader: ProcessId, links: Links) {
  const delay = (from: ProcessId, to: ProcessId) => present(links[from]?.[to], 'a link');
  const votesAt = (to: ProcessId) => up.map((from) => [from, delay(leader, from) + delay(from, to)] as const);
  const certifiedAt = new Map(
    up.map((process) => [process, quorumMs(system, votesAt(process), (set) => system.isSlowQuorum(set))]),
  );
  return (process: ProcessId) => {
    const fast = quorumMs(system, votesAt(process), (set) => system.isFastQuorum(set));
    const commits = up.map((from) => [from, (certifiedAt.get(from) ?? 0) + delay(from, process)] as const);
    return {
      fast,
      slow: quorumMs(system, commits, (set) => system.isSlowQuorum(set)),
      proposal: delay(leader, process),
    };
  };
}

/** Every maximal set that one fault set of its kind contains, the leader not among them. */
function faultSets(
  system: QuorumSystem,
  leader: ProcessId,
  isOne: (set: ProcessSet) => boolean,
): readonly ProcessSet[] {
  const { ids } = system.processes.universe;
  const others = ids.filter((process) => process !== leader);
  const sets = Array.from({ length: 2 ** others.length }, (_, mask) =>
    system.processes.universe.of(others.filter((__, index) => ((mask >>> index) & 1) === 1)),
  ).filter(isOne);
  return sets.filter((set) => !sets.some((other) => other.size > set.size && set.isSubsetOf(other)));
}

function decisionTimes(trust: string, silent: ProcessSet, leader: ProcessId, links: Links) {
  const scenario: Scenario = {
    seed: 1,
    trust,
    byzantine: [...silent],
    adversary: 'silent',
    faults: { ...calm, links, diskMs: 0, signingMs: 0 },
    load: { sessions: 1, requestsPerSession: 1, commandsPerRequest: 1, gapMs: 0, isRetransmitted: false },
    scheme: 'mock',
    parameters: {
      ...quickParameters,
      baseTimeoutMs: 10_000,
      maxTimeoutMs: 10_000,
      statusMs: 5_000,
      idleStatusMs: 5_000,
    },
  };
  const simulation = new Simulation(scenario, { isTelling: true });
  const { violation, story } = simulation.run();
  if (violation !== undefined) throw new Error(violation);
  const proposedMs = timeOf(story, leader, 'Send Propose');
  return (process: ProcessId) => timeOf(story, process, 'Decide s1') - proposedMs;
}

function timeOf(story: readonly string[], process: ProcessId, what: string): number {
  const line = story.find((entry) => entry.split(' ').slice(1, 2)[0] === process && entry.includes(` ${what}`));
  return Number(present(line, `${process}: ${what}`).split(' ')[0]);
}

/** What is decided later than it could be, under any set that may be silent; `undefined` for nothing. */
export function latencyFault(trust: string): string | undefined {
  const { system } = trustOf({ trust });
  const { ids } = system.processes.universe;
  const leader = present(ids[0], 'a leader');
  const links = linksOf(ids);
  const paths = [
    ['fast', (set: ProcessSet) => system.isCoveredBy(set, { byzantine: 0, slow: 1 })],
    ['slow', (set: ProcessSet) => system.canBeFaulty(set)],
  ] as const;
  for (const [path, maySilence] of paths) {
    for (const silent of faultSets(system, leader, maySilence)) {
      const up = ids.filter((process) => !silent.has(process));
      const best = bestMs(system, up, leader, links);
      const decided = decisionTimes(trust, silent, leader, links);
      for (const process of up) {
        const { fast, slow, proposal } = best(process);
        const boundMs = path === 'fast' ? fast : Math.min(fast, slow);
        // Times are told to a tenth of a millisecond.
        const lateMs = decided(process) - Math.max(Math.min(fast, slow), proposal);
        if (boundMs === Number.POSITIVE_INFINITY || Math.abs(lateMs) >= 0.21)
          return `L1: ${process} decides ${lateMs} ms late while ${silent.toString()} is silent`;
      }
    }
  }
  return undefined;
}
