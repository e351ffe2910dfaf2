/** Selection against a naive twin that counts, in every world of four reporters with up to three values; and its verdicts' proofs. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { type Digest, digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import { merkleTree } from '../../src/prelude/merkle.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { encodeVerdict } from '../../src/consensus/codec.js';
import { permitFor, verdictsOf } from '../../src/consensus/evidence.js';
import type { Report, Verdict } from '../../src/consensus/message.js';
import { permits, select, type Selection } from '../../src/consensus/selection.js';
import { trustOf } from '../support/simulation/configuration.js';

type Value = 'x' | 'y' | 'z';
/** What one process says of slot 1: its last vote and its highest certificate. */
interface Said {
  readonly vote?: { readonly view: number; readonly value: Value };
  readonly commit?: { readonly view: number; readonly value: Value };
}

const digests: Record<Value, Digest> = { x: digest(utf8('x')), y: digest(utf8('y')), z: digest(utf8('z')) };
const noSignature = new Uint8Array(64);

function reportOf({ vote, commit }: Said): Report {
  return {
    view: 9,
    votes:
      vote === undefined
        ? []
        : [{ view: vote.view, slot: 1, digest: digests[vote.value], leaderSignature: noSignature }],
    commits:
      commit === undefined
        ? []
        : [{ view: commit.view, slot: 1, digest: digests[commit.value], signature: noSignature as never }],
  };
}

/** The rule in numbers: f = 1 of n = 4, by counting alone. The leader of view v is process (v-1) mod 4. */
function naive(said: ReadonlyMap<number, Said>, t: number, accused: ReadonlySet<number>): string {
  if (said.size < 3) return 'wait';
  const all = [...said.values()];
  const views = all.flatMap(({ vote, commit }) => [vote?.view ?? 0, commit?.view ?? 0]);
  const w = Math.max(0, ...views);
  if (w === 0) return 'none';
  for (const { commit } of all) if (commit?.view === w) return commit.value;
  const values = [...new Set(all.flatMap(({ vote }) => (vote?.view === w ? [vote.value] : [])))];
  if (values.length === 1) return values[0] ?? 'none';
  const byzantine = new Set([...accused, (w - 1) % 4]);
  if (byzantine.size > 1) return 'halt';
  const candidates = values.filter((value) => {
    const others = [...said].filter(
      ([index, { vote }]) => !(vote?.view === w && vote.value === value) && !byzantine.has(index),
    );
    return others.length <= t + 1 - byzantine.size;
  });
  if (candidates.length === 0) return 'free';
  return candidates.length === 1 ? (candidates[0] ?? 'none') : 'wait';
}

function summary(selection: Selection): string {
  if (selection._tag !== 'selected') return selection._tag;
  const [verdict] = selection.verdicts;
  if (verdict === undefined) return 'none';
  if (verdict._tag !== 'pick') return verdict._tag;
  return present(
    (['x', 'y', 'z'] as const).find((value) => digests[value] === verdict.digest),
    'a value',
  );
}

/** Everything that a process can say with views 1 and 2. */
function sayings(): readonly Said[] {
  const votes = [undefined, ...[1, 2].flatMap((view) => (['x', 'y', 'z'] as const).map((value) => ({ view, value })))];
  const commits = [undefined, { view: 1, value: 'x' as const }, { view: 2, value: 'y' as const }];
  return votes.flatMap((vote) => commits.map((commit) => ({ ...(vote && { vote }), ...(commit && { commit }) })));
}

for (const t of [0, 1]) {
  describe(`select, n = 4, f = 1, t = ${t}`, () => {
    const { system } = trustOf({ trust: `f=1 t=${t} of (a, b, c, d)` });
    const { universe } = system.processes;
    const leaderOf = (view: number): ProcessId => present(universe.at((view - 1) % 4), 'a leader');
    const run = (said: ReadonlyMap<number, Said>, accused: ReadonlySet<number>): Selection =>
      select({
        system,
        leaderOf,
        reports: new Map([...said].map(([index, one]) => [leaderOf(index + 1), reportOf(one)])),
        accused: universe.of([...accused].map((index) => leaderOf(index + 1))),
      });

    it('agrees with counting in every world of three reporters', () => {
      const all = sayings();
      const outcomes = new Set<string>();
      for (const one of all)
        for (const two of all)
          for (const three of all)
            for (const accused of [new Set<number>(), new Set([0])]) {
              const said = new Map([one, two, three].map((saying, index) => [index + 1, saying]));
              const expected = naive(said, t, accused);
              outcomes.add(expected);
              if (summary(run(said, accused)) !== expected)
                expect(summary(run(said, accused)), JSON.stringify([...said])).toBe(expected);
            }
      for (const outcome of ['x', 'y', 'z', 'none', 'halt', t === 0 ? 'free' : 'wait'])
        expect(outcomes).toContain(outcome);
    });

    it('agrees with counting in every world of four reporters who voted in one view', () => {
      const all = sayings().filter(({ commit, vote }) => commit === undefined && vote?.view !== 2);
      for (const one of all)
        for (const two of all)
          for (const three of all)
            for (const four of all) {
              const said = new Map([one, two, three, four].map((saying, index) => [index, saying]));
              expect(summary(run(said, new Set()))).toBe(naive(said, t, new Set()));
            }
    });

    it('waits for a recovery quorum', () => {
      expect(
        run(
          new Map([
            [0, {}],
            [1, {}],
          ]),
          new Set(),
        )._tag,
      ).toBe('wait');
    });
  });
}

describe('select, over slots', () => {
  const { system } = trustOf({ trust: 'f=1 t=1 of (a, b, c, d)' });
  const ids = system.processes.universe.ids;
  const leaderOf = (): ProcessId => present(ids[3], 'd');
  const vote = (slot: number) => ({ view: 1, slot, digest: digests.x, leaderSignature: noSignature });
  const checkpoint = { slot: 2, chain: digests.y, boundary: 0, signature: noSignature as never };
  const reportsOf = (...reports: readonly Report[]) =>
    new Map(reports.map((report, index) => [present(ids[index], 'a process'), report]));

  it('closes what the highest checkpoint covers, fills gaps with nothing, and leaves the rest free', () => {
    const reports = reportsOf(
      { view: 9, checkpoint, votes: [vote(4)], commits: [] },
      { view: 9, votes: [vote(1), vote(2)], commits: [] },
      { view: 9, votes: [], commits: [] },
    );
    const selection = select({ system, leaderOf, reports, accused: system.processes.universe.none });
    const pick: Verdict = { _tag: 'pick', digest: digests.x };
    expect(selection).toEqual({ _tag: 'selected', low: 2, top: 4, verdicts: [{ _tag: 'noop' }, pick] });
  });

  it('bears the largest reports that are received', () => {
    const votes = Array.from({ length: 4096 }, (_, index) => vote(index + 1));
    const many = trustOf({ trust: `f=6 of (${Array.from({ length: 20 }, (_, index) => `s${index}`).join(', ')})` });
    const reports = new Map([...many.system.processes].map((process) => [process, { view: 9, votes, commits: [] }]));
    const selection = select({ system: many.system, leaderOf, reports, accused: many.system.processes.universe.none });
    expect(selection._tag === 'selected' && selection.verdicts.length).toBe(4096);
  });
});

describe('permits', () => {
  const noopDigest = digests.z;
  const pick: Verdict = { _tag: 'pick', digest: digests.x };

  it('say what may be proposed', () => {
    const cases: readonly [Verdict, readonly boolean[]][] = [
      [{ _tag: 'closed' }, [false, false, false]],
      [pick, [true, false, false]],
      [{ _tag: 'noop' }, [false, false, true]],
      [{ _tag: 'free' }, [true, true, true]],
    ];
    for (const [verdict, expected] of cases) {
      expect([digests.x, digests.y, digests.z].map((value) => permits(verdict, value, noopDigest))).toEqual(expected);
    }
  });

  it('show a slot’s verdict by its path, and nothing above the top', () => {
    const verdicts: readonly Verdict[] = [pick, { _tag: 'free' }, { _tag: 'noop' }];
    const certificate = {
      view: 2,
      low: 4,
      top: 7,
      root: verdictsOf(verdicts).tree.root,
      signature: noSignature as never,
    };
    expect(permitFor(certificate, verdictsOf(verdicts), 6).shown?.verdict).toEqual({ _tag: 'free' });
    expect(permitFor(certificate, verdictsOf(verdicts), 8)).toEqual({ certificate });
    expect(verdictsOf(verdicts).tree.root).toEqual(merkleTree(verdicts.map(encodeVerdict)).root);
  });
});
