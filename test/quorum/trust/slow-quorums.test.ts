/** What certificates ask of trust models, against every set of small ones. */
import { describe, expect, it } from 'vitest';
import type { ProcessSet } from '../../../src/prelude/process.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { isAlwaysFast, movesWithoutEveryone } from '../../../src/quorum/trust/slow-quorums.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import { right } from '../../support/right.js';

/** The model, whether its slow quorums are all fast, and whether its slow key moves while some are missing. */
const models: readonly (readonly [string, boolean, boolean])[] = [
  ['f=1 t=1 of (a, b, c, d)', true, false],
  ['f=1 t=0 of (a, b, c, d)', false, false],
  ['f=0 t=0 of (a, b)', true, true],
  ['f=2 t=1 of (a, b, c, d, e, g, h)', false, false],
  ['weight f=2 t=2 of (a*2, b*2, c*1, d*1, e*1, g*1)', true, false],
  ['f=1 t=1 of (a: f=1 of (1, 2, 3, 4), b, c, d)', false, false],
  ['f=1 t=1 of (a: f=1 t=1 of (1, 2, 3, 4), b, c, d)', true, false],
  ['sets ({a, b}, {c}) slow ({a, b}, {c}) of (a, b, c, d, e, g)', true, false],
  ['sets ({a, b}, {c}) slow ({a}, {c}) of (a, b, c, d, e, g)', false, false],
  ['sets ({a, b}) slow ({a}) of (a, b, c, d)', false, true],
];

function setsOf({ processes: { universe } }: QuorumSystem): readonly ProcessSet[] {
  return Array.from({ length: 2 ** universe.size }, (_, mask) =>
    universe.of(universe.ids.filter((__, index) => ((mask >>> index) & 1) === 1)),
  );
}

describe.each(models)('%s', (text, fast, moves) => {
  const { rule, system } = right(parseTrust(text));
  const sets = setsOf(system);

  it('knows whether every slow quorum is a fast one', () => {
    expect(isAlwaysFast(rule)).toBe(fast);
    expect(sets.every((set) => !system.isSlowQuorum(set) || system.isFastQuorum(set))).toBe(fast);
  });

  it('knows whether a key along its slow quorums moves while any set that may fail is missing', () => {
    expect(movesWithoutEveryone(system)).toBe(moves);
    const faulty = sets.filter((set) => system.canBeFaulty(set));
    const survives = faulty.every((missing) =>
      faulty.every((liars) => system.isSlowQuorum(missing.union(liars).complement())),
    );
    expect(survives).toBe(moves);
  });
});
