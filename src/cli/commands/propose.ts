/** `koinon propose`: has every line of a file decided. */
import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import { batchLimits } from '../../consensus/batch.js';
import type { ExecutionOutcome } from '../../client/proposals.js';
import type { AllianceClient } from '../../client/alliance-client.js';
import { findApplication } from '../../server/directory/application-directory.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { openClient } from '../../server/applications/application-client.js';
import { linesOf, openInput } from '../input-lines.js';
import { tellingTroubles } from '../troubles.js';
import { readable } from '../one-line.js';
import { interrupted } from '../interruption.js';
import { asOption, integerIn, jsonOption } from '../options.js';
import { answeredNo, badInput, type Outcome, succeeded, unavailable } from '../outcome.js';
import type { Session } from '../session.js';

interface ProposeOptions {
  readonly as?: string;
  readonly outstanding: number;
  readonly timeout: number;
  readonly result?: boolean;
  readonly json?: boolean;
}

export function registerPropose(program: Command, session: Session): void {
  program
    .command('propose')
    .description('have every line of a file decided, in order, exactly once')
    .argument('<directory>', 'of the alliance, or of the application to act as')
    .argument('<file>', '- reads standard input')
    .addOption(asOption())
    .option('--outstanding <count>', 'lines that wait for their certificate at once', integerIn(1, 4096), 256)
    .option('--timeout <seconds>', 'give up when nothing was decided for so long', integerIn(1, 86_400), 60)
    .option('--result', 'wait for what the application answers to each line, and print it')
    .addOption(jsonOption())
    .action(
      session.action((directory: string, file: string, options: ProposeOptions) =>
        propose(directory, file, options, session),
      ),
    );
}

async function propose(path: string, file: string, options: ProposeOptions, session: Session): Promise<Outcome> {
  const application = await findApplication(path, options.as)();
  if (E.isLeft(application)) return badInput(describeDirectoryError(application.left));
  const input = await openInput(file, session.io);
  if (E.isLeft(input)) return input;
  const client = openClient(application.right, {
    from: 0,
    onTrouble: tellingTroubles(session),
  });
  const tally = new Tally(options.result === true);
  const ending = interrupted();
  const lines = linesOf(input.right, batchLimits.commandBytes);
  const carryOut = options.result === true ? executing(client, session, options.json) : proposing(client);
  const sending = sendAll(carryOut, lines, tally, options.outstanding).then(
    () => 'all lines were read',
    (error: unknown) => `cannot be read to its end (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
  );
  const interruption = ending.promise.then(() => 'interrupted');
  const silence = tally.silence(options.timeout * 1000).then(() => `nothing was decided for ${options.timeout} s`);
  const why = await Promise.race([sending, interruption, silence]);
  ending.release();
  tally.isEnding = true;
  client.close();
  // What the client knows of lines that wait, it has said by the next turn.
  await setImmediate();
  input.right.destroy();
  session.print(tally.describe(), options.json);
  if (tally.unknown === 0 && tally.unsent === 0 && !tally.isCutShort)
    return tally.rejected > 0 ? answeredNo : succeeded;
  const notSent = tally.isCutShort ? 'the lines after these were not sent' : `${tally.unsent} were not sent`;
  return unavailable(`${file}: ${why}: of ${tally.unknown} lines it is unknown whether they are decided, ${notSent}`);
}

/** Has a line decided. */
type CarryOut = (line: Uint8Array, number: number) => Promise<ExecutionOutcome>;

function proposing(client: AllianceClient): CarryOut {
  return (line) => client.propose(line);
}

/** Prints what came of each line as soon as servers of which one is correct have said the same. */
function executing(client: AllianceClient, session: Session, asJson: boolean | undefined): CarryOut {
  return async (line, number) => {
    const outcome = await client.execute(line);
    if (outcome._tag !== 'executed' && outcome._tag !== 'committed') return outcome;
    const result = outcome._tag === 'executed' ? readable(outcome.result) : { json: null, line: '(result unknown)' };
    const { slot } = outcome;
    session.print({ json: { line: number, slot, result: result.json }, lines: [`${number}: ${result.line}`] }, asJson);
    return outcome;
  };
}

/** Keeps at most `limit` lines waiting. */
async function sendAll(
  carryOut: CarryOut,
  lines: AsyncIterable<Uint8Array>,
  tally: Tally,
  limit: number,
): Promise<void> {
  const waiting = new Set<Promise<void>>();
  for await (const line of lines) {
    if (tally.isEnding) return;
    tally.sent += 1;
    const settled = carryOut(line, tally.sent).then((outcome) => {
      tally.count(outcome);
      waiting.delete(settled);
    });
    waiting.add(settled);
    if (waiting.size >= limit) await Promise.race(waiting);
  }
  await Promise.all(waiting);
  tally.isCutShort = false;
}

class Tally {
  sent = 0;
  /** Certified, or executed by enough servers. */
  committed = 0;
  executed = 0;
  rejected = 0;
  /** Read, but still waiting for a link when the client was closed. */
  unsent = 0;
  /** Nothing more is to be proposed. */
  isEnding = false;
  /** Not all lines were read and answered. */
  isCutShort = true;
  private firstSlot: number | undefined;
  private lastSlot: number | undefined;
  private readonly startMs = performance.now();
  private lastMs = this.startMs;
  private reason: string | undefined;

  constructor(private readonly hasResults: boolean) {}

  get unknown(): number {
    return this.sent - this.committed - this.rejected - this.unsent;
  }

  count(outcome: ExecutionOutcome): void {
    this.lastMs = performance.now();
    if (outcome._tag === 'committed' || outcome._tag === 'executed') {
      this.committed += 1;
      if (outcome._tag === 'executed') this.executed += 1;
      this.firstSlot ??= outcome.slot;
      this.lastSlot = outcome.slot;
    } else if (outcome._tag === 'rejected' && this.isEnding) {
      this.unsent += 1;
    } else if (outcome._tag === 'rejected') {
      this.rejected += 1;
      this.reason = outcome.reason;
    }
  }

  /** Resolves when lines wait and none was answered for `forMs`. */
  silence(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (this.unknown === 0) this.lastMs = performance.now();
        if (performance.now() - this.lastMs < forMs) return;
        clearInterval(timer);
        resolve();
      }, 100);
      timer.unref();
    });
  }

  describe(): { readonly json: unknown; readonly lines: readonly string[] } {
    const { sent, committed, executed, rejected, unknown, unsent, firstSlot, lastSlot } = this;
    const seconds = Math.round(this.lastMs - this.startMs) / 1000;
    const slots = firstSlot === lastSlot ? `slot ${firstSlot ?? ''}` : `slots ${firstSlot ?? ''} to ${lastSlot ?? ''}`;
    const where = firstSlot === undefined ? '' : ` in ${slots}`;
    const how = this.hasResults ? `decided, ${executed} with a known result,` : 'decided and certified';
    const lines = [`${committed} of ${sent} lines ${how}${where}, in ${seconds} s`];
    if (rejected > 0) lines.push(`${rejected} rejected: ${this.reason ?? ''}`);
    const results = this.hasResults ? { executed } : {};
    return { json: { sent, committed, ...results, rejected, unknown, unsent, firstSlot, lastSlot, seconds }, lines };
  }
}
