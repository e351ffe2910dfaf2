/** `koinon status`: what each server says of itself. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { findApplication } from '../../server/directory/application-directory.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { fileNames, serverPath } from '../../server/directory/layout.js';
import { findHaltMark } from '../../server/halt-mark.js';
import type { ServerStatus } from '../../client/protocol.js';
import { openClient } from '../../server/applications/application-client.js';
import { asOption, integerIn, jsonOption } from '../options.js';
import { badInput, type Outcome, succeeded, unavailable } from '../outcome.js';
import type { Session } from '../session.js';

interface StatusOptions {
  readonly as?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

export function registerStatus(program: Command, session: Session): void {
  program
    .command('status')
    .description('what each server says of itself (unsigned)')
    .argument('<directory>', 'of the alliance, or of the application to act as')
    .addOption(asOption())
    .option('--timeout <seconds>', 'how long to wait for answers', integerIn(1, 3600), 3)
    .addOption(jsonOption())
    .action(session.action((directory: string, options: StatusOptions) => status(directory, options, session)));
}

async function status(path: string, options: StatusOptions, session: Session): Promise<Outcome> {
  const application = await findApplication(path, options.as)();
  if (E.isLeft(application)) return badInput(describeDirectoryError(application.left));
  const troubles = new Map<string, string>();
  const client = openClient(application.right, {
    from: 0,
    onTrouble: (server, reason) => {
      troubles.set(server, reason);
    },
  });
  const ids = application.right.alliance.trust.system.processes.universe.ids;
  const answers = await Promise.all(ids.map((id) => client.askStatus(id, options.timeout * 1000)));
  client.close();
  const entries = ids.map((id, index) => ({ id, answer: answers[index] }));
  const whyNot = (id: ProcessId): string => {
    // Where the servers' directories are here, one that has halted is told from one that is merely away.
    const mark = findHaltMark(join(serverPath(path, id), fileNames.data));
    return mark === undefined ? (troubles.get(id) ?? 'no answer in time') : `HALTED: ${mark.reason}`;
  };
  const json = entries.map(
    ({ id, answer }) => (answer && { ...answer, process: id }) ?? { process: id, unreachable: whyNot(id) },
  );
  const lines = entries.map(({ id, answer }) =>
    answer === undefined ? `${id}  ${whyNot(id)}` : describe({ ...answer, process: id }),
  );
  session.print({ json, lines }, options.json);
  return answers.some((answer) => answer !== undefined)
    ? succeeded
    : unavailable(`${path}: no server answers; koinon up ${path} starts them`);
}

function describe(status: ServerStatus): string {
  const { process, epoch, view, leader, decided, certified, checkpoint, connected, fast, slow, transferred } = status;
  const paths = `fast ${fast}, slow ${slow}, transferred ${transferred}`;
  return [
    process,
    `epoch ${epoch}`,
    `view ${view} led by ${leader}`,
    `decided ${decided} (${paths})`,
    `certified ${certified}`,
    `checkpoint ${checkpoint}`,
    ...describeState(status),
    `links ${connected.join(' ') || 'none'}`,
    ...(status.proven.length === 0 ? [] : [`PROVEN BYZANTINE: ${describeProven(status)}`]),
    ...(status.halted === undefined ? [] : [`HALTED: ${status.halted}`]),
  ].join('  ');
}

/** Who, and what is proven of each. */
function describeProven({ proven }: ServerStatus): string {
  return proven.map(({ process, kind }) => `${process} (${kind})`).join(', ');
}

function describeState({ certifiedState, first, transfer }: ServerStatus): readonly string[] {
  const pruned = first > 1 ? [`log from ${first}`] : [];
  const fetched =
    transfer === undefined
      ? []
      : [`fetches the state after ${transfer.slot} (${transfer.stored} of ${transfer.chunkCount} chunks)`];
  return [`state certified ${certifiedState}`, ...pruned, ...fetched];
}
