import { describe, expect, it } from 'vitest';
import { describeProcesses } from '../../../src/quorum/trust/process-names.js';
import { describeTrustReport } from '../../../src/quorum/trust/trust-description.js';
import { validateTrust } from '../../../src/quorum/trust/trust-report.js';
import { NaiveSystem, servers } from '../../support/quorum.js';
import { trust } from '../../support/trust.js';

function told(text: string): readonly string[] {
  const model = trust(text);
  return describeTrustReport(validateTrust(model), model);
}

describe('what a person is told about a trust model', () => {
  it('that holds', () => {
    expect(told('f=1 t=1 of (acme, globex, initech, umbrella)')).toEqual([
      'The trust model holds: C1, and C2ℓ for each of the 4 leaders.',
      'The largest t that holds is 1 at the root: f=1 t=1 of (acme, globex, initech, umbrella).',
    ]);
    expect(told('f=1 of (a, b, c, d, e, g)')[0]).toBe('The trust model holds: C1, and C2.');
    expect(told('f=1 t=1 of (a, b, c, d) leaders (b)')[0]).toContain('C2ℓ for the one leader');
  });

  it('that violates C1, in the names of organizations', () => {
    expect(told('f=1 of (acme/1, globex/1, f=0 of (initech/1, initech/2))')).toEqual([
      'The trust model does not hold.',
      'C1 is violated: Byzantine {acme}, {globex}, {initech} together are every server. 4 members must withstand this by themselves, 3 do: add members, or lower f or t.',
    ]);
  });

  it('that violates C2l, with what is too weak inside', () => {
    const [, violation] = told(
      'f=1 t=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4, e: f=1 of 4, w: f=1 of 3)',
    );
    expect(violation).toBe(
      'C2ℓ for leader a/1 (and 19 more) is violated: Byzantine {a, w/1}, {a/1, b, w/2}, {a/1, c, w/3}; slow {d}, {e} together are every server. ' +
        '6 members must withstand this by themselves, 5 do: add members, add servers to w, or lower f or t.',
    );
  });

  it('that violates C2l for a leader whose organization falls with it', () => {
    const [, violation] = told('f=2 t=2 of (a, b, c, d, e, g, h)');
    expect(violation).toContain(
      'C2ℓ for leader a (and 6 more) is violated: Byzantine {a, b}, {a, c}, {a, d}; slow {e, g}, {h}',
    );
    expect(violation).toContain('8 members besides a must withstand this by themselves, 6 do');
  });

  it('of organizations that cannot keep the two-step path at any size', () => {
    const text = 'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)';
    expect(told(text).at(-1)).toBe(
      'The two-step path cannot survive the silence of 1 of 4 members at f=1, however many servers each has.',
    );
    expect(told(text.replaceAll('f=1 of 4', 'f=1 of 100')).at(-1)).toContain('cannot survive the silence of 1 of 4');
    expect(told('f=1 of (a, b, c, d, x: f=1 of 2, y: f=1 of 2)').at(-1)).toBe(
      'More servers inside the members could raise it to 1.',
    );
  });

  it('that has no tree', () => {
    const system = new NaiveSystem(servers(4), { byzantine: [0b0001, 0b0010, 0b1100], slow: [0b0011] });
    const report = validateTrust({ system, leaders: system.processes });
    expect(describeTrustReport(report, { system, leaders: system.processes })).toEqual([
      'The trust model does not hold.',
      'Slow sets must be possible Byzantine sets; {s1, s2} is none.',
      'C1 is violated: Byzantine {s3, s4}, {s2}, {s1} together are every server.',
    ]);
  });

  it('names an organization for all of its servers, else the servers', () => {
    const { universe } = trust('f=0 of (acme: f=0 of 2, globex: f=0 of 3, solo)').system.processes;
    const some = universe.of(universe.ids.filter((id) => id !== 'globex/2'));
    expect(describeProcesses(some)).toBe('acme, globex/1, globex/3, solo');
  });
});
