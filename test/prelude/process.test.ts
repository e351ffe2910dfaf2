import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../src/prelude/invariant.js';
import {
  fileNameOf,
  organizationOf,
  type ProcessId,
  processId,
  type ProcessSet,
  Universe,
} from '../../src/prelude/process.js';

const ids = Array.from({ length: 70 }, (_, index) => `org/s${index}` as ProcessId);
const universe = new Universe(ids);
const members = fc.uniqueArray(fc.constantFrom(...ids));

describe('sets of processes', () => {
  it('behave as sets do, over more than two words', () => {
    fc.assert(
      fc.property(members, members, (a, b) => {
        const [setA, setB] = [universe.of(a), universe.of(b)];
        const expectSet = (set: ProcessSet, expected: readonly ProcessId[]) => {
          expect([...set]).toEqual(ids.filter((id) => expected.includes(id)));
          expect(set.size).toBe(new Set(expected).size);
        };
        expectSet(setA.union(setB), [...a, ...b]);
        expectSet(
          setA.intersection(setB),
          a.filter((id) => b.includes(id)),
        );
        expectSet(
          setA.minus(setB),
          a.filter((id) => !b.includes(id)),
        );
        expectSet(
          setA.complement(),
          ids.filter((id) => !a.includes(id)),
        );
        expect(setA.isSubsetOf(setB)).toBe(a.every((id) => b.includes(id)));
        expect(setA.equals(setB)).toBe(a.length === b.length && a.every((id) => b.includes(id)));
        expect(setA.isEmpty).toBe(a.length === 0);
      }),
    );
  });

  it('leave strangers out', () => {
    const stranger = 'other/s1' as ProcessId;
    expect(universe.of([stranger]).isEmpty).toBe(true);
    expect(universe.all.has(stranger)).toBe(false);
    expect(universe.none.with(stranger).isEmpty).toBe(true);
  });

  it('meet within one universe only', () => {
    const other = new Universe(ids.slice(1));
    expect(() => universe.all.union(other.all)).toThrow(InvariantViolation);
    expect(universe.all.equals(new Universe(ids).all)).toBe(true);
    const [twin, reversed] = [new Universe(ids), new Universe(ids.toReversed())];
    for (const again of [twin, twin, reversed, twin]) expect(universe.equals(again)).toBe(again === twin);
    expect(() => universe.all.isSubsetOf(reversed.all)).toThrow(InvariantViolation);
  });
});

describe('names', () => {
  it.each(['acme', 'acme/1', 'a_b.c/x'])('%s is one', (text) => {
    expect(processId(text)).toBe(text);
  });

  it.each(['', '/', 'a/', '/a', 'a/b/c', 'a-b', 'a b', '.a', 'a/..', 'a'.repeat(64), 'ä'])('%j is none', (text) => {
    expect(processId(text)).toBeUndefined();
  });

  it('tell organization and file', () => {
    expect(organizationOf('acme/1' as ProcessId)).toBe('acme');
    expect(organizationOf('acme' as ProcessId)).toBe('acme');
    expect(fileNameOf('acme/1' as ProcessId)).toBe('acme-1');
  });
});
