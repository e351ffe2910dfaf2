/**
 * What quorums cost while a service runs: access policies, votes, and the questions of consensus, each beside its evaluation straight
 * from the definition (one look-up a leaf), side by side in one run. Best of several rounds, since other programs share the machine.
 */
import { cpus } from 'node:os';
import type { Universe } from '../src/prelude/process.js';
import { type ProcessId, type ProcessSet } from '../src/prelude/process.js';
import { isQualified, type Policy } from '../src/quorum/policy/policy.js';
import { PolicyStructure } from '../src/quorum/policy/policy-structure.js';
import type { QuorumSystem } from '../src/quorum/quorum-system.js';
import { vouchPolicy } from '../src/quorum/trust/derived-policy.js';
import { ExplicitSystem } from '../src/quorum/trust/explicit-system.js';
import { OrganizationSystem } from '../src/quorum/trust/organizations.js';
import type { TrustTree } from '../src/quorum/trust/trust-tree.js';

const rounds = 12;
const roundMs = 15;
const sampleCount = 64;

/** Numbers from 0 to 1, the same in every run. */
const random = ((state) => () => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x7fffffff;
})(7);

/** Nanoseconds of one call of `ask` with the number of a sample: the best of some rounds. */
function nanoseconds(ask: (sample: number) => unknown): number {
  let best = Infinity;
  let sink = 0;
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    let calls = 0;
    for (; performance.now() - startMs < roundMs; calls += 16 * sampleCount) {
      for (let call = 0; call < 16 * sampleCount; call++) sink += ask(call % sampleCount) === true ? 1 : 0;
    }
    best = Math.min(best, ((performance.now() - startMs) * 1e6) / calls);
  }
  if (sink < 0) throw new Error('unreachable; keeps the calls from being left out');
  return best;
}

interface Row {
  readonly what: string;
  readonly ask: (sample: number) => unknown;
  /** The same answer from the definition. */
  readonly naive?: (sample: number) => unknown;
}

function table(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  for (const { what, ask, naive } of rows) {
    const ns = nanoseconds(ask);
    const naiveNs = naive === undefined ? undefined : nanoseconds(naive);
    const ratio =
      naiveNs === undefined ? '' : `   naive ${naiveNs.toFixed(0).padStart(7)} ns   x ${(naiveNs / ns).toFixed(1)}`;
    console.log(`  ${what.padEnd(24)} ${ns.toFixed(0).padStart(7)} ns${ratio}`);
  }
}

function members(count: number, prefix = 's'): readonly TrustTree[] {
  return Array.from({ length: count }, (_, index) => ({ _tag: 'member', id: `${prefix}${index + 1}` as ProcessId }));
}

function organizations(count: number, servers: number): TrustTree {
  const of = Array.from({ length: count }, (_, index): TrustTree => {
    const f = Math.max(0, Math.floor((servers - 1) / 5));
    return { _tag: 'gate', f, t: f, of: members(servers, `o${index + 1}/s`) };
  });
  const f = Math.floor((count - 1) / 5);
  return { _tag: 'gate', f, t: f, of };
}

function flat(count: number): TrustTree {
  const f = Math.floor((count - 1) / 5);
  return { _tag: 'gate', f, t: f, of: members(count) };
}

function weighted(count: number): TrustTree {
  const weights = Array.from({ length: count }, () => 1 + Math.floor(1000 * random()));
  const f = Math.floor(weights.reduce((sum, weight) => sum + weight, 0) / 6);
  return { _tag: 'gate', f, t: f, of: members(count), weights };
}

/** Sets of every size, so that no branch is always taken. */
function samples(universe: Universe): readonly ProcessSet[] {
  return Array.from({ length: sampleCount }, () => {
    const share = random();
    return universe.of(universe.ids.filter(() => random() < share));
  });
}

/** The questions of consensus; naively, the vouching policy is evaluated leaf by leaf. */
function predicates(title: string, system: QuorumSystem, vouch: Policy | undefined): void {
  const { universe } = system.processes;
  const sets = samples(universe);
  const accused = universe.of(universe.ids.slice(3, 4));
  const asked = (sample: number): ProcessSet => sets[sample] ?? universe.none;
  const naive = vouch === undefined ? {} : { naive: (sample: number) => isQualified(vouch, asked(sample)) };
  table(title, [
    { what: 'containsCorrect', ask: (sample) => system.containsCorrect(asked(sample)), ...naive },
    { what: 'isRecoveryQuorum', ask: (sample) => system.isRecoveryQuorum(asked(sample)) },
    { what: 'isFastQuorum', ask: (sample) => system.isFastQuorum(asked(sample)) },
    { what: 'isLocked', ask: (sample) => system.isLocked(asked(sample)) },
    { what: 'mayBeDecided', ask: (sample) => system.mayBeDecided(asked(sample), accused) },
  ]);
}

/** An access policy; one vote is counted among all votes of a decision, the tracker's creation included. */
function policies(title: string, policy: Policy): void {
  const structure = new PolicyStructure(policy);
  const { universe } = structure.processes;
  const sets = samples(universe);
  const asked = (sample: number): ProcessSet => sets[sample] ?? universe.none;
  const { ids } = universe;
  let voted = 0;
  let tracker = structure.tracker();
  const vote = (): unknown => {
    if (voted === ids.length) [tracker, voted] = [structure.tracker(), 0];
    const id = ids[voted++];
    return id === undefined || (voted % 3 === 0 ? tracker.reject(id) : tracker.accept(id));
  };
  let counted = universe.none;
  const recount = (): unknown => {
    if (voted === ids.length) [counted, voted] = [universe.none, 0];
    counted = counted.with(ids[voted++] ?? ('' as ProcessId));
    return isQualified(policy, counted);
  };
  table(title, [
    { what: 'isQualified', ask: (n) => structure.isQualified(asked(n)), naive: (n) => isQualified(policy, asked(n)) },
    {
      what: 'isBlocking',
      ask: (n) => structure.isBlocking(asked(n)),
      naive: (n) => !isQualified(policy, asked(n).complement()),
    },
    { what: 'one vote', ask: vote, naive: recount },
  ]);
}

/** Any two of so many regions may fail together. */
function regions(count: number, servers: number): ExplicitSystem {
  const ids = Array.from({ length: count }, (_, region) =>
    Array.from({ length: servers }, (__, index) => `r${region + 1}/s${index + 1}` as ProcessId),
  );
  const pairs = ids.flatMap((one, index) => ids.slice(index + 1).map((other) => [...one, ...other]));
  return new ExplicitSystem({ _tag: 'explicit', of: ids.flat(), byzantine: pairs, slow: ids });
}

function runTime(): void {
  const trees: readonly (readonly [string, TrustTree])[] = [
    ['20 organizations of 7 servers', organizations(20, 7)],
    ['140 servers, flat', flat(140)],
    ['150 servers with weights up to 1000', weighted(150)],
  ];
  for (const [name, tree] of trees) {
    predicates(`consensus: ${name}`, new OrganizationSystem(tree), vouchPolicy({ rule: tree }));
  }
  const listed = regions(20, 7);
  predicates(`consensus: 20 regions of 7 servers, ${listed.byzantine.length} listed pairs`, listed, undefined);
  for (const [name, tree] of trees) policies(`policy: ${name}`, vouchPolicy({ rule: tree }));
}

function growth(): void {
  const sizes = [10, 50, 140, 500, 2000];
  const cost = (make: (size: number) => TrustTree): string =>
    sizes
      .map((size) => {
        const system = new OrganizationSystem(make(size));
        const sets = samples(system.processes.universe);
        const ns = nanoseconds((sample) => system.isRecoveryQuorum(sets[sample] ?? system.processes));
        return `${ns.toFixed(0)} ns`.padStart(9);
      })
      .join('');
  console.log(`\ngrowth of isRecoveryQuorum, servers:${sizes.map((size) => String(size).padStart(9)).join('')}`);
  console.log(`  flat                              ${cost(flat)}`);
  console.log(`  organizations of 5                ${cost((size) => organizations(size / 5, 5))}`);
}

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
console.log(`${sampleCount} random sets of every size, best of ${rounds} rounds of ${roundMs} ms`);
runTime();
growth();
