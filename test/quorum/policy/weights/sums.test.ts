import { describe, expect, it } from 'vitest';
import { isSeparated, separate, ticketSums } from '../../../../src/quorum/policy/weights/sums.js';
import { seededNumbers } from '../../../schemes/sharing/policies.js';
import { allSets, randomRule, weigh } from './sets.js';

describe('ticketSums', () => {
  it('finds the lightest and the heaviest set of each number of tickets, as enumeration does', () => {
    const number = seededNumbers(1);
    for (let count = 0; count < 100; count++) {
      const { weights } = randomRule(number, 1 + (count % 8), 50);
      const tickets = weights.map(() => Math.floor(number() * 4));
      const sums = ticketSums(weights, tickets);
      const lightest = new Array<number>(weigh(tickets, [...tickets.keys()]) + 1).fill(Infinity);
      const heaviest = lightest.map(() => -Infinity);
      for (const set of allSets(weights.length)) {
        const [own, weight] = [weigh(tickets, set), weigh(weights, set)];
        lightest[own] = Math.min(lightest[own] ?? 0, weight);
        heaviest[own] = Math.max(heaviest[own] ?? 0, weight);
      }
      expect([...sums.lightest]).toEqual(lightest);
      expect([...sums.heaviest]).toEqual(heaviest);
      for (const [own, weight] of lightest.entries()) {
        if (weight === Infinity) continue;
        for (const [set, extreme] of [
          [sums.lightestSet(own), weight],
          [sums.heaviestSet(own), heaviest[own]],
        ] as const) {
          expect(weigh(weights, set)).toBe(extreme);
          expect(weigh(tickets, set)).toBe(own);
        }
      }
    }
  });

  it('is exact where weights are as large as they may be', () => {
    const weights = Array.from({ length: 200 }, (_, index) => 1_000_000_000 - index);
    const { heaviest, lightest } = ticketSums(
      weights,
      weights.map(() => 1),
    );
    expect(heaviest[200]).toBe(200 * 1_000_000_000 - 19_900);
    expect(lightest[2]).toBe(2 * 1_000_000_000 - 397);
  });
});

describe('separate', () => {
  it('finds the thresholds that refuse and accept what is asked for, if there are any', () => {
    const number = seededNumbers(2);
    let [separated, inseparable] = [0, 0];
    for (let count = 0; count < 300; count++) {
      const { k, weights } = randomRule(number, 1 + (count % 7), 30);
      const tickets = weights.map((weight) => Math.round(weight / 6));
      const demand = { refusedBelow: k, acceptedFrom: k + Math.floor(number() * 5) };
      if (demand.acceptedFrom > weigh(weights, [...weights.keys()])) continue;
      const found = separate(weights, tickets, demand);
      const sets = [...allSets(weights.length)];
      const refused = sets.filter((set) => weigh(weights, set) < demand.refusedBelow);
      const accepted = sets.filter((set) => weigh(weights, set) >= demand.acceptedFrom);
      expect(found.mostRefused).toBe(Math.max(...refused.map((set) => weigh(tickets, set))));
      expect(found.leastAccepted).toBe(Math.min(...accepted.map((set) => weigh(tickets, set))));
      if (isSeparated(found)) separated += 1;
      else inseparable += 1;
      expect(isSeparated(found)).toBe(found.mostRefused < found.leastAccepted);
    }
    expect(Math.min(separated, inseparable)).toBeGreaterThan(20);
  });
});
