/** `koinon listen`: prints what is decided and certified, believing no server. */
import { type Command, InvalidArgumentError } from 'commander';
import { E } from '../../prelude/fp.js';
import { type ProcessId, processId } from '../../prelude/process.js';
import type { Delivered } from '../../consensus/delivery.js';
import { findApplication } from '../../server/directory/application-directory.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { openClient } from '../../server/applications/application-client.js';
import { tellingTroubles } from '../troubles.js';
import { interrupted } from '../interruption.js';
import { readable } from '../one-line.js';
import { asOption, integerIn, jsonOption } from '../options.js';
import { badInput, type Outcome, succeeded, unavailable } from '../outcome.js';
import type { Session } from '../session.js';

interface ListenOptions {
  readonly as?: string;
  readonly from: number;
  readonly until?: number;
  readonly server?: ProcessId;
  readonly timeout?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

export function registerListen(program: Command, session: Session): void {
  program
    .command('listen')
    .description('print every command of the certified log, each once it is proven')
    .argument('<directory>', 'of the alliance, or of the application to act as')
    .addOption(asOption())
    .option('--from <slot>', 'the first slot; 0: only what is new', integerIn(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--until <slot>', 'end after this slot', integerIn(1, Number.MAX_SAFE_INTEGER))
    .option('--server <id>', 'listen to this server alone', server)
    .option('--timeout <seconds>', 'end when nothing came for so long', integerIn(1, 86_400))
    .option('--all', "with management's own commands")
    .addOption(jsonOption())
    .action(session.action((directory: string, options: ListenOptions) => listen(directory, options, session)));
}

function server(text: string): ProcessId {
  const id = processId(text);
  if (id !== undefined) return id;
  throw new InvalidArgumentError('Expected organization/server.');
}

async function listen(path: string, options: ListenOptions, session: Session): Promise<Outcome> {
  const application = await findApplication(path, options.as)();
  if (E.isLeft(application)) return badInput(describeDirectoryError(application.left));
  const { universe } = application.right.alliance.trust.system.processes;
  if (options.server !== undefined && universe.indexOf(options.server) === undefined) {
    return badInput(`--server ${options.server}: no such server; there are ${universe.ids.join(', ')}`);
  }
  const { from, until } = options;
  if (until !== undefined && until < from)
    return badInput(`--until ${until}: the listing begins only with slot ${from}, see --from`);
  let lastMs = performance.now();
  let reached: () => void = () => undefined;
  const done = new Promise<'done'>((resolve) => {
    reached = () => {
      resolve('done');
    };
  });
  const asked = options.server === undefined ? universe.ids : [options.server];
  const beginnings = new Map<ProcessId, number>();
  let missed: (first: number) => void = () => undefined;
  const gone = new Promise<Gone>((resolve) => {
    missed = (first) => {
      resolve({ first });
    };
  });
  const client = openClient(application.right, {
    from: options.from,
    server: options.server,
    hearsServices: options.all === true,
    onRange: ({ delivered, upTo }) => {
      lastMs = performance.now();
      for (const entry of delivered)
        if (entry.slot <= (options.until ?? entry.slot)) print(entry, session, options.json);
      if (options.until !== undefined && upTo >= options.until) reached();
    },
    onDoubt: (from, reason) => {
      session.note(`${from} is not believed: ${reason}`);
    },
    onPruned: (from, first) => {
      if (!beginnings.has(from)) session.note(`${from} holds the log from slot ${first} on only`);
      beginnings.set(from, first);
      if (asked.every((id) => beginnings.has(id))) missed(Math.min(...beginnings.values()));
    },
    onTrouble: tellingTroubles(session),
  });
  const ending = interrupted();
  const outcome = await Promise.race([done, gone, ending.promise, silence(() => lastMs, options.timeout)]);
  ending.release();
  client.close();
  if (typeof outcome === 'object') {
    const who = options.server ?? 'any server';
    return unavailable(
      `what was asked for is not held by ${who} any more: the log begins with --from ${outcome.first}`,
    );
  }
  return outcome === 'silent' ? unavailable(`nothing came for ${options.timeout ?? 0} s`) : succeeded;
}

/** The lowest slot that any of the servers asked still holds. */
interface Gone {
  readonly first: number;
}

function silence(lastMs: () => number, seconds: number | undefined): Promise<'silent'> {
  return new Promise((resolve) => {
    if (seconds === undefined) return;
    const timer = setInterval(() => {
      if (performance.now() - lastMs() < seconds * 1000) return;
      clearInterval(timer);
      resolve('silent');
    }, 100);
    timer.unref();
  });
}

/** A command that is no UTF-8 is shown in hexadecimal; one line a command, without what would move a terminal. */
function print(entry: Delivered, session: Session, asJson: boolean | undefined): void {
  const { slot, index, client, session: number, sequence, command } = entry;
  const { json, line } = readable(command);
  session.print({ json: { slot, index, client, session: number, sequence, ...json }, lines: [line] }, asJson);
}
