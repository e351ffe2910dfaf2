/** The model's own selection, into which faults are put, is the shipping one where it has none: on every set of reports. */
import { describe, expect, it } from 'vitest';
import { commitOf, shown } from '../../spec/model/coding.js';
import { faultySelection } from '../../spec/model/faulty-selection.js';
import { selectionMutants } from '../../spec/model/mutant.js';
import { settingOf } from '../../spec/model/setting.js';
import { type Reports, shippingSelection } from '../../spec/model/shipping-selection.js';

/** Everything that four processes can report of two values and two views, in ascending order of the last three, with one accused or none. */
function* worlds(): Generator<{ readonly reports: Reports; readonly accused: number }> {
  const ballots = [0, 1, 2, 3, 4];
  const said = [undefined, ...ballots.flatMap((vote) => ballots.map((commit) => shown(vote, commit)))];
  for (const a of said) {
    for (let second = 0; second < said.length; second++) {
      for (let third = second; third < said.length; third++) {
        for (let fourth = third; fourth < said.length; fourth++) {
          const reports = [a, said[second], said[third], said[fourth]];
          if (!hasOneCertificateAView(reports)) continue;
          yield { reports, accused: (second + third + fourth) % 2 === 0 ? 0 : 1 << (third % 4) };
        }
      }
    }
  }
}

/** Two certificates of one view do not exist (S1), and what selection would make of them is of no account. */
function hasOneCertificateAView(reports: Reports): boolean {
  const commits = new Set(reports.map((code) => (code === undefined ? 0 : commitOf(code))));
  return [1, 3].every((first) => !(commits.has(first) && commits.has(first + 1)));
}

describe.each([0, 1])('n = 4, t = %i', (t) => {
  const setting = settingOf({ n: 4, f: 1, t, views: 2, values: 2 });
  const shipping = shippingSelection(setting);
  const leaderOf = (view: number): number => view - 1;

  it('agrees with the shipping selection', () => {
    const twin = faultySelection(setting, 'none');
    let count = 0;
    for (const { reports, accused } of worlds()) {
      count += 1;
      if (twin(reports, leaderOf, accused) !== shipping(reports, leaderOf, accused))
        expect.fail(`${reports.map(String).join(' ')}, accused ${accused}`);
    }
    expect(count).toBe(39_976);
  });

  // With t = 0 no two values are ever candidates, so nothing waits.
  const seen = [...selectionMutants].filter((mutant) => t > 0 || mutant !== 'wait taken as free');
  it.each(seen)('differs with the fault: %s', (mutant) => {
    const twin = faultySelection(setting, mutant);
    const differs = ({ reports, accused }: { readonly reports: Reports; readonly accused: number }): boolean =>
      twin(reports, leaderOf, accused) !== shipping(reports, leaderOf, accused);
    expect(someOf(worlds(), differs)).toBe(true);
  });
});

function someOf<A>(items: Iterable<A>, fits: (item: A) => boolean): boolean {
  for (const item of items) if (fits(item)) return true;
  return false;
}
