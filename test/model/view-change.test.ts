/**
 * The view change of the shipping machines after every ending of a first view with an equivocating leader: whatever a Byzantine second
 * leader asks to have certified is certified just where the model says so; a correct one brings everybody to one decision.
 */
import { describe, expect, it } from 'vitest';
import { Certification } from '../../spec/model/certification.js';
import { shown, withSet } from '../../spec/model/coding.js';
import { Model } from '../../spec/model/explorer.js';
import { halts, waits } from '../../spec/model/outcome.js';
import { batchDigest } from '../../src/consensus/batch.js';
import { decodeReport } from '../../src/consensus/codec.js';
import type { SignedReport } from '../../src/consensus/message.js';
import { equalBytes } from '../../src/prelude/bytes.js';
import type { Digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import { right } from '../support/right.js';
import { p } from '../support/scene.js';
import { correct, endings, FirstView, type Past, settle, type Value } from './view-change.js';

const values: readonly Value[] = [0, 1, 2];

describe.each([1, 0])('n = 4, t = %i', (t) => {
  const model = new Model({ n: 4, f: 1, t, views: 2, values: 2 });
  const certification = new Certification(model.setting, 'none', model.credentials, model.selection('none'), [3]);

  it('certifiers sign what the model certifies, and nothing else', () => {
    let requests = 0;
    for (const pasts of endings(t)) {
      const first = new FirstView(pasts, { t, leaders: 'z z b c' });
      const reports = first.replicas().map((replica) => present(replica.sent('Report').at(-1)?.report, 'a report'));
      expect(reports.map((report) => pastIn(first, report))).toEqual(pasts);
      let certified = 0;
      for (const shownReports of subsets(reports)) {
        for (const ofZ of [undefined, ...reportsOfZ(first, model), ...first.forgeries()]) {
          for (const evidence of [[], [first.evidence()]]) {
            requests += 1;
            certified |= first.certified(ofZ === undefined ? shownReports : [...shownReports, ofZ], evidence);
          }
        }
      }
      const expected = certification.at(stateOf(first, model)) & 0x3ff & ~(waits | halts);
      expect({ pasts, certified }).toEqual({ pasts, certified: expected });
    }
    expect(requests).toBeGreaterThan(500);
  });

  it('a correct leader brings everybody to one decision, whichever reports come first and whatever z reports', () => {
    for (const pasts of endings(t)) {
      for (const ofZ of [undefined, ...values]) {
        for (const order of ofZ === undefined ? ['cd', 'dc'] : ['cdz', 'czd', 'dzc', 'zcd']) {
          // What z alone reports, and has no batch for, does not count.
          decideTogether({ pasts, t, ofZ, order, isAnswering: false });
        }
        if (ofZ !== undefined) decideTogether({ pasts, t, ofZ, order: 'zcd', isAnswering: true });
      }
    }
  });
});

interface SecondView {
  readonly pasts: readonly Past[];
  readonly t: number;
  readonly ofZ: Value | undefined;
  /** In which the leader gets the reports of the others. */
  readonly order: string;
  /** Whether z delivers the batch that it reports. */
  readonly isAnswering: boolean;
}

/** b leads view 2, gets the reports, and everything is delivered from then on; what was sent before arrives last. */
function decideTogether(view: SecondView): void {
  const { pasts, t, ofZ = 0, order, isAnswering } = view;
  const first = new FirstView(pasts, { t, leaders: 'z b c d' });
  const replicas = first.replicas();
  const early = replicas.flatMap(({ sends }, index) => sends.map((send) => ({ ...send, by: correct[index] ?? '' })));
  const leader = present(replicas[0], 'b');
  const before = leader.sends.length;
  // Something to propose, where nothing has to be proposed again.
  leader.request(first.scene.request('fresh', 1, 2));
  for (const from of order) {
    const report = replicas[correct.indexOf(from as 'c' | 'd')]?.sent('Report').at(-1)?.report;
    leader.receive(p(from), { _tag: 'Report', report: report ?? first.reportOfZ({ vote: ofZ, commit: 0 }) });
  }
  const late = early.filter(({ message }) => message._tag !== 'Report');
  const now = leader.sends.slice(before).map((send) => ({ ...send, by: 'b' }));
  settle(first, replicas, [...now, ...late], isAnswering && ofZ !== 0 ? first.batch(ofZ) : undefined);
  const decisions = replicas.map(({ decided }) => decided.get(1));
  expect({ view, decisions: new Set(decisions).size }).toEqual({ view, decisions: 1 });
  expect({ view, isDecided: decisions[0] !== undefined }).toEqual({ view, isDecided: true });
}

/** Every report that z can make valid. */
function reportsOfZ(first: FirstView, { setting }: Model): readonly SignedReport[] {
  const certifiable = values.filter((value) => value === 0 || setting.isSlow[acceptorBits(first, value)] === 1);
  return values.flatMap((vote) => certifiable.map((commit) => first.reportOfZ({ vote, commit })));
}

/** The same ending, as the model writes it. */
function stateOf(first: FirstView, { setting }: Model): Uint16Array {
  const certified = [1, 2] as const;
  const sets = certified.reduce(
    (set, value) => set | (setting.isSlow[acceptorBits(first, value)] === 1 ? value : 0),
    0,
  );
  const words = first.pasts.map(({ vote, commit }) => shown(vote, commit));
  return Uint16Array.from([...words, withSet(0, 1, 3), withSet(0, 1, sets), 0]);
}

function acceptorBits(first: FirstView, value: Value): number {
  const order: readonly string[] = [...correct, 'z'];
  return first.acceptors(value).reduce((set, name) => set | (1 << order.indexOf(name)), 0);
}

function subsets<A>(items: readonly A[]): readonly (readonly A[])[] {
  return items.reduce<readonly (readonly A[])[]>((some, item) => [...some, ...some.map((one) => [...one, item])], [[]]);
}

/** What a report shows. */
function pastIn(first: FirstView, { body }: SignedReport): Past {
  const { votes, commits } = right(decodeReport(body));
  const valueOf = (digest: Digest | undefined): Value =>
    values.find((value) => value > 0 && digest !== undefined && equalBytes(batchDigest(first.batch(value)), digest)) ??
    0;
  return { vote: valueOf(votes[0]?.digest), commit: valueOf(commits[0]?.digest) };
}
