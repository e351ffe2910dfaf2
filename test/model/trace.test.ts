/** Traces of the simulator, judged by the model's rules; and tampered ones, to see that the rules notice. */
import { describe, expect, it } from 'vitest';
import { noop } from '../../src/consensus/batch.js';
import { decodeReport, encodeReport } from '../../src/consensus/codec.js';
import type { Effect } from '../../src/consensus/effect.js';
import type { Vote } from '../../src/consensus/message.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { randomScenario } from '../simulation/matrix.js';
import { right } from '../support/right.js';
import { judgeSchedule } from './simulator-trace.js';
import { TraceRules } from './trace-rules.js';

const batchSize = 12;

describe('random schedules of the simulator are runs of the model', () => {
  const asked = { vote: 0, commit: 0, report: 0, certificate: 0, decision: 0 };
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(`batch %i of ${batchSize}`, (batch) => {
    for (let seed = batchSize * batch; seed < batchSize * (batch + 1); seed++) {
      for (const { counts } of judgeSchedule(randomScenario(seed)))
        for (const rule of ['vote', 'commit', 'report', 'certificate', 'decision'] as const)
          asked[rule] += counts[rule];
    }
  });

  it('in which every rule was asked often', () => {
    expect(Math.min(...Object.values(asked))).toBeGreaterThan(200);
  });
});

/** What the rules are told in place of what a correct process did; `undefined`: nothing. */
type Tamper = (effect: Effect) => Effect | undefined;

const tampers: readonly (readonly [what: string, complaint: RegExp, tamper: Tamper])[] = [
  ['a vote without its permit', /not permitted/, onVote((vote) => (vote.view > 1 ? withoutPermit(vote) : vote))],
  [
    'a vote for what was not proposed',
    /nobody proposed/,
    onVote((vote) => ({ ...vote, digest: vote.digest.map((byte) => byte ^ 1) as Vote['digest'] })),
  ],
  [
    'a vote in an earlier view',
    /after it promised/,
    onVote((vote) => (vote.view > 1 ? { ...withoutPermit(vote), view: vote.view - 1 } : vote)),
  ],
  [
    'votes that were not told of',
    /did not cast/,
    (effect) => (effect._tag === 'Persist' && effect.record._tag === 'Vote' ? undefined : effect),
  ],
  ['a COMMIT of an earlier view', /commits in view/, onCommit((view) => view - 1)],
  ['a report without votes', /leaves its vote/, onReport((report) => ({ ...report, votes: [] }))],
  ['a report without certificates', /leaves its certificate/, onReport((report) => ({ ...report, commits: [] }))],
  ['another certificate', /selection does not give/, onCertified],
  [
    'another decision',
    /without a quorum/,
    (effect) => (effect._tag === 'Decide' ? { ...effect, batch: noop } : effect),
  ],
];

describe('the rules notice', () => {
  it.each(tampers)('%s', (_what, complaint, tamper) => {
    expect(complaintsAbout(tamper, complaint)).toMatch(complaint);
  });
});

/** What schedules tampered with alike are complained of, up to the complaint that is looked for. */
function complaintsAbout(tamper: Tamper, expected: RegExp): string {
  const complaints: string[] = [];
  for (let seed = 1; seed < 30 && !expected.test(complaints.join('\n')); seed++) {
    try {
      judgeSchedule(randomScenario(seed), (setting) => new TamperedRules(setting, tamper));
    } catch (error) {
      complaints.push(String(error));
    }
  }
  return complaints.join('\n');
}

class TamperedRules extends TraceRules {
  constructor(
    setting: ConstructorParameters<typeof TraceRules>[0],
    private readonly tamper: Tamper,
  ) {
    super(setting);
  }

  override onEffect(process: ProcessId, effect: Effect): void {
    const told = this.tamper(effect);
    if (told !== undefined) super.onEffect(process, told);
  }
}

function onVote(change: (vote: Vote) => Vote): Tamper {
  return (effect) =>
    effect._tag === 'Persist' && effect.record._tag === 'Vote'
      ? { ...effect, record: { ...effect.record, vote: change(effect.record.vote) } }
      : effect;
}

function withoutPermit({ permit: _permit, ...vote }: Vote): Vote {
  return vote;
}

function onCommit(change: (view: number) => number): Tamper {
  return (effect) =>
    effect._tag === 'Send' && effect.message._tag === 'Commit'
      ? { ...effect, message: { ...effect.message, view: change(effect.message.view) } }
      : effect;
}

function onReport(change: (report: Parameters<typeof encodeReport>[0]) => Parameters<typeof encodeReport>[0]): Tamper {
  return (effect) => {
    if (effect._tag !== 'Persist' || effect.record._tag !== 'Report') return effect;
    const { report } = effect.record;
    const body = encodeReport(change(right(decodeReport(report.body))));
    return { ...effect, record: { ...effect.record, report: { ...report, body } } };
  };
}

function onCertified(effect: Effect): Effect {
  if (effect._tag !== 'Send' || effect.message._tag !== 'Certified') return effect;
  const { progress } = effect.message;
  return { ...effect, message: { ...effect.message, progress: { ...progress, top: progress.top + 1 } } };
}
