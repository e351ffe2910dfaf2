/** `koinon demo`: the tour, from one command. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { E, type Either } from '../../prelude/fp.js';
import { fromUtf8 } from '../../prelude/bytes.js';
import { batchLimits } from '../../consensus/batch.js';
import { type SchemeId, schemeIds } from '../../schemes/registry.js';
import { runTour, type TourResult } from '../demo/tour.js';
import { interrupted } from '../interruption.js';
import { jsonOption } from '../options.js';
import { answeredNo, badInput, type Failure, type Outcome, succeeded, unavailable } from '../outcome.js';
import { searchNotice } from '../search-notice.js';
import type { Printable, Session } from '../session.js';

/** The tour's own text, as long as it must be to have a middle. */
const ownText = fileURLToPath(new URL('../../../../CHANGELOG.md', import.meta.url));
const ownLines = 2000;
const maxLines = 100_000;
const outstanding = 64;
/** The tour gives up by itself. */
const deadlineMs = 95_000;

interface DemoOptions {
  readonly file?: string;
  readonly scheme: SchemeId;
  readonly keep?: string;
  readonly json?: boolean;
}

export function registerDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .description(
      'a tour: four organizations agree on a stream of lines, lose a server, heal after a break-in, and openssl checks the outcome',
    )
    .option('--file <file>', 'whose lines are decided (if absent, koinon’s own changelog, over and over)')
    .addOption(new Option('--scheme <scheme>', 'of the alliance key').choices(schemeIds).default('shoup-rsa'))
    .option('--keep <directory>', 'leave the whole alliance in this new directory, not the proof alone')
    .addOption(jsonOption())
    .action(session.action((options: DemoOptions) => demo(options, session)));
}

async function demo(options: DemoOptions, session: Session): Promise<Outcome> {
  const lines = await readLines(options.file);
  if (E.isLeft(lines)) return lines;
  const startMs = performance.now();
  const say = (line: string): void => {
    session.note(`${((performance.now() - startMs) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  };
  const root = options.keep === undefined ? await mkdtemp(join(tmpdir(), 'koinon-')) : undefined;
  const directory = options.keep ?? join(root ?? '', 'alliance');
  const proofDirectory = join(root ?? directory, 'proof');
  const notice = searchNotice(session.io.stderr);
  const scheme =
    options.scheme === 'shoup-rsa'
      ? ({ _tag: options.scheme, modulusBits: 2048 } as const)
      : ({ _tag: options.scheme } as const);
  const ending = interrupted();
  const cancelled = Promise.race([outOfTime(), ending.promise.then(() => 'the tour was interrupted')]);
  const result = await runTour(
    { directory, proofDirectory, scheme, lines: lines.right, outstanding, cancelled },
    {
      say,
      onSearch: (progress) => {
        notice.show(progress);
      },
      onSearchEnd: () => {
        notice.end();
      },
    },
  );
  ending.release();
  if (E.isRight(result)) session.print(describe(result.right), options.json);
  if (root !== undefined) await rm(E.isRight(result) ? directory : root, { recursive: true, force: true });
  if (E.isLeft(result)) return unavailable(result.left);
  for (const problem of result.right.problems) session.complain(problem);
  return result.right.problems.length === 0 ? succeeded : answeredNo;
}

function outOfTime(): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(
        `the tour took longer than ${deadlineMs / 1000} s and was ended: this machine is too busy, or koinon is wrong`,
      );
    }, deadlineMs).unref();
  });
}

async function readLines(file: string | undefined): Promise<Either<Failure, readonly string[]>> {
  const path = file ?? ownText;
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (error) {
    return badInput(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  const text = fromUtf8(bytes);
  if (text === undefined) return badInput(`${path}: is not UTF-8 text`);
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  if (text === '') return badInput(`${path}: has no lines`);
  if (lines.length > maxLines)
    return badInput(`${path}: has ${lines.length} lines, the tour takes at most ${maxLines}`);
  const long = lines.findIndex((line) => line.length > batchLimits.commandBytes / 4);
  if (long >= 0)
    return badInput(`${path}:${long + 1}: the line is longer than ${batchLimits.commandBytes / 4} characters`);
  if (file !== undefined) return E.right(lines);
  return E.right(Array.from({ length: Math.ceil(ownLines / lines.length) }, () => lines).flat());
}

function describe(result: TourResult): Printable {
  const { workload, decisions, certificates, recoveryMs, breakIn, verify, problems } = result;
  const total = decisions.fast + decisions.slow + decisions.transferred;
  const perSecond = result.lines / Math.max(workload.seconds, 0.001);
  const lines = [
    '',
    `  lines per second        ${perSecond.toFixed(0)}   (the pause of ${Math.round(recoveryMs)} ms included)`,
    `  propose to certificate  p50 ${workload.p50Ms.toFixed(1)} ms, p99 ${workload.p99Ms.toFixed(1)} ms`,
    `  decisions               ${total} slots: ${decisions.fast} fast, ${decisions.slow} slow, ${decisions.transferred} transferred`,
    `  certificates            ${certificates}`,
    ...(breakIn === undefined
      ? []
      : [`  new shares              ${(breakIn.refreshMs / 1000).toFixed(1)} s, the public key is the same`]),
    '',
    'Repeat the check without koinon:',
    ...(verify.command === undefined ? [] : [`  ${verify.command}`]),
    `  ${verify.recompute}   (the statement follows from the lines; --lines shows them)`,
    '',
    problems.length === 0 ? 'All of it held.' : `${problems.length} things did not hold.`,
  ];
  return { json: result, lines };
}
