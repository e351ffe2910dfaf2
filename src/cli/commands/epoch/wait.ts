/** `koinon epoch wait`: follows the change under way to its end, and puts the next document where clients look for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { progressOf } from '../../../client/governance/changes-seen.js';
import type { Overview, ShownChange } from '../../../services/membership/view-shapes.js';
import { changeJson, describeChange } from '../../governance/change-showing.js';
import { GovernanceSession } from '../../governance/governance-session.js';
import { asking, length, type ReadingOptions } from '../../governance/options.js';
import { closing } from '../../governance/speaking.js';
import { answeredNo, type Outcome, succeeded, unavailable } from '../../outcome.js';
import type { Session } from '../../session.js';

interface WaitOptions extends ReadingOptions {
  /** In milliseconds. */
  readonly within?: number;
}

const help = `
Exit status: 0 the epoch has begun, and its keys have been seen to work, 1 the change was abandoned, 3 no answer, or not in time.`;

export function registerEpochWait(epoch: Command, session: Session): void {
  asking(epoch.command('wait').description('follow the change under way until its epoch has begun'))
    .option('--within <length>', 'give up after so long, such as 10min', length)
    .addHelpText('after', help)
    .action(session.action((path: string, options: WaitOptions) => wait(path, options, session)));
}

/** How often it is looked. */
const everyMs = 500;

/** Servers are away for a moment while one epoch follows the other. */
const patienceMs = 30_000;

async function wait(path: string, options: WaitOptions, session: Session): Promise<Outcome> {
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  return closing(governance.right, follow(governance.right, options, new Progress(options.json, session)));
}

async function follow(governance: GovernanceSession, { within }: WaitOptions, progress: Progress): Promise<Outcome> {
  const deadlineMs = performance.now() + (within ?? Number.POSITIVE_INFINITY);
  let heardMs = performance.now();
  while (performance.now() < deadlineMs) {
    const seen = await governance.ask('overview');
    if (E.isLeft(seen)) {
      if (performance.now() - heardMs > patienceMs) return seen;
    } else {
      heardMs = performance.now();
      const ended = progress.take(seen.right);
      if (ended !== undefined) return ended;
    }
    await sleep(everyMs);
  }
  return unavailable(`${governance.path}: not in time: ${progress.state}`);
}

/** What is told of the change, and how it ended. */
class Progress {
  private first: Overview | undefined;
  private last: ShownChange | undefined;

  constructor(
    private readonly asJson: boolean | undefined,
    private readonly session: Session,
  ) {}

  get state(): string {
    return this.last === undefined
      ? 'nothing was heard of a change'
      : `change ${this.last.number} is ${this.last.state}`;
  }

  /** How it ended, if it did. */
  take(overview: Overview): Outcome | undefined {
    const first = (this.first ??= overview);
    const { change, epoch, enacted } = overview;
    if (epoch > first.epoch || (change === undefined && this.last === undefined && epoch > 1 && !enacted))
      return enacted ? this.begun(epoch) : undefined;
    if (change === undefined || (this.last !== undefined && change.number !== this.last.number))
      return this.over(first, overview);
    if (this.last === undefined || progressOf(this.last) !== progressOf(change)) this.tell(change, overview.timeMs);
    this.last = change;
    return undefined;
  }

  private tell(change: ShownChange, nowMs: number): void {
    this.session.print({ json: changeJson(change), lines: describeChange(change, nowMs) }, this.asJson);
  }

  private begun(epoch: number): Outcome {
    this.session.print(
      { json: { epoch, begun: true }, lines: [`Epoch ${epoch} has begun, and its keys work.`] },
      this.asJson,
    );
    return succeeded;
  }

  private over(first: Overview, { epoch, closed }: Overview): Outcome {
    const { last } = this;
    if (last === undefined) {
      this.session.print({ json: { epoch }, lines: [`Epoch ${epoch}; no change is under way.`] }, this.asJson);
      return succeeded;
    }
    const known = new Set(first.closed.map(({ number }) => number));
    const ended = closed.find(({ number }) => number === last.proposal && !known.has(number));
    const why = ended === undefined ? '' : ` (${ended.why})`;
    const lines = [`Change ${last.number} was abandoned${why}; epoch ${epoch} goes on.`];
    this.session.print({ json: { epoch, abandoned: last.number, why: ended?.why ?? null }, lines }, this.asJson);
    return answeredNo;
  }
}
