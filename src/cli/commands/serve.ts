/** `koinon serve`: runs one server until it is told to end. */
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { loadServingDirectory, type ServingDirectory } from '../../server/directory/learner-directory.js';
import { startAs } from '../../server/learner/newcomer.js';
import { describeServerError, type RunningServer } from '../../server/server.js';
import { interrupted } from '../interruption.js';
import { integerIn } from '../options.js';
import { growHeapFreely } from '../serving-heap.js';
import { badInput, type Outcome, succeeded, unavailable } from '../outcome.js';
import type { Session } from '../session.js';

interface ServeOptions {
  readonly retain: number;
}

export function registerServe(program: Command, session: Session): void {
  program
    .command('serve')
    .description('run one server of an alliance until SIGTERM')
    .argument('<directory>', 'of the server, such as league/servers/acme-1')
    .option(
      '--retain <slots>',
      'how many decided slots to keep below the oldest snapshot, for listeners',
      integerIn(0, Number.MAX_SAFE_INTEGER),
      1_000_000,
    )
    .action(session.action((directory: string, options: ServeOptions) => serve(directory, options, session)));
}

async function serve(path: string, { retain: retainSlots }: ServeOptions, session: Session): Promise<Outcome> {
  growHeapFreely();
  const directory = await loadServingDirectory(path)();
  if (E.isLeft(directory)) return badInput(describeDirectoryError(directory.left));
  const id = idOf(directory.right);
  let stop: (reason: string) => void = () => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  const events = {
    log: (line: string) => {
      session.note(`${new Date().toISOString()} ${id} ${line}`);
    },
    onStopped: (reason: string) => {
      stop(reason);
    },
  };
  const server = await startAs(directory.right, events, { retainSlots })();
  if (E.isLeft(server)) return unavailable(describeServerError(server.left));
  session.print({ json: undefined, lines: [describeStart(directory.right, server.right)] }, false);
  const ending = interrupted();
  const reason = await Promise.race([stopped, ending.promise]);
  ending.release();
  await server.right.close();
  return reason === undefined ? succeeded : unavailable(`${id} has stopped: ${reason}`);
}

function idOf(serving: ServingDirectory): string {
  return serving._tag === 'member' ? serving.directory.me.id : serving.directory.id;
}

function describeStart(serving: ServingDirectory, server: RunningServer): string {
  if (serving._tag === 'member') return `${server.me} serves at ${serving.directory.me.host}:${server.port}`;
  const { epoch } = serving.directory.alliance;
  return `${server.me} does not stand in the document of epoch ${epoch} with the key that it has: it learns the log until one lists it`;
}
