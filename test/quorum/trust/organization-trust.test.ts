import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { organizationOf, type ProcessId } from '../../../src/prelude/process.js';
import { organizationTrust } from '../../../src/quorum/trust/organization-trust.js';
import { trustModel, type TrustModel } from '../../../src/quorum/trust/trust-model.js';
import { parseTrust, printTrust } from '../../../src/quorum/trust/trust-text.js';
import { right } from '../../support/right.js';

function among(text: string): string {
  return printTrust(right(organizationTrust(right(parseTrust(text)))));
}

/** By definition: whether all servers of these organizations are in one set of 𝓩 (or 𝓣). */
function failTogether({ system }: TrustModel, names: readonly string[], kind: 'byzantine' | 'slow'): boolean {
  const { universe } = system.processes;
  const servers = universe.of(universe.ids.filter((id) => names.includes(organizationOf(id))));
  return system.isCoveredBy(servers, kind === 'byzantine' ? { byzantine: 1 } : { byzantine: 0, slow: 1 });
}

describe('organizations as processes', () => {
  it('are the leaves of the tree, where the servers of each stand together', () => {
    expect(among('f=1 t=1 of (a/1, b/1, c/1, d/1)')).toBe('f=1 t=1 of (a, b, c, d)');
    expect(among('f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)')).toBe('f=1 of (a, b, c, d)');
    expect(among('f=1 of (a: f=1 of 4, f=1 t=1 of (b/1, c/1, d/1, e/1), x/1, y/1)')).toBe(
      'f=1 of (a, f=1 t=1 of (b, c, d, e), x, y)',
    );
    expect(among('f=1 of (f=0 of (a/1, a/2), b/1, b/2, c/1, d/1)')).not.toContain('a/1');
  });

  it('are listed, where the servers of one stand in several places', () => {
    const trust = right(organizationTrust(right(parseTrust('f=2 of (a/1, a/2, b/1, c/1, d/1, e/1, f/1)'))));
    expect(trust.rule).toMatchObject({ _tag: 'explicit', of: ['a', 'b', 'c', 'd', 'e', 'f'] });
    expect(failTogether(trust, ['a'], 'byzantine')).toBe(true);
    expect(failTogether(trust, ['a', 'b'], 'byzantine')).toBe(false);
    expect(failTogether(trust, ['b', 'c'], 'byzantine')).toBe(true);
  });

  it('are refused, with the reason, where they are too many for a list', () => {
    const ids = Array.from({ length: 20 }, (_, index) => `o${index}/1`);
    const gate = `f=6 of (${['o0/2', ...ids].join(', ')})`;
    const refused = organizationTrust(right(parseTrust(gate)));
    expect(refused).toMatchObject(E.left({ _tag: 'NoOrganizationTrust' }));
    const more = Array.from({ length: 21 }, (_, index) => `o${index}/1`);
    const wide = organizationTrust(right(parseTrust(`f=1 of (${['o0/2', ...more].join(', ')})`)));
    expect(wide).toMatchObject(E.left({ expected: expect.stringContaining('20 organizations') as unknown }));
  });

  it('fail together exactly where all their servers may', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const server = fc.constantFrom(
      ...names.flatMap((name) => [1, 2].map((number) => `${name}/${number}` as ProcessId)),
    );
    const gate = fc
      .record({ of: fc.uniqueArray(server, { minLength: 2, maxLength: 8 }), f: fc.nat(7), cut: fc.nat(7) })
      .map(({ of, f, cut }) => {
        const leaf = (id: ProcessId) => ({ _tag: 'member', id }) as const;
        const [inner, outer] = [of.slice(0, cut % of.length), of.slice(cut % of.length).map(leaf)];
        const nested =
          inner.length > 1 ? [{ _tag: 'gate' as const, f: 1, t: 0, of: inner.map(leaf) }] : inner.map(leaf);
        const children = [...nested, ...outer];
        return { _tag: 'gate' as const, f: f % children.length, t: 0, of: children };
      });
    fc.assert(
      fc.property(gate, fc.subarray(names), (rule, some) => {
        const trust = right(trustModel(rule));
        const made = right(organizationTrust(trust));
        const known = some.filter((name) => made.system.processes.universe.has(name));
        for (const kind of ['byzantine', 'slow'] as const)
          expect(failTogether(made, known, kind)).toBe(failTogether(trust, known, kind));
      }),
    );
  });
});
