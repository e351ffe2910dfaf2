/** `koinon up`: runs every server of an alliance for trying, each as a process of its own. */
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import { loadAllianceDirectory } from '../../server/directory/alliance-directory.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { interrupted } from '../interruption.js';
import { badInput, type Outcome, succeeded, unavailable } from '../outcome.js';
import { ServerProcess } from '../server-processes.js';
import type { Session } from '../session.js';

export function registerUp(program: Command, session: Session): void {
  program
    .command('up')
    .description('run every server of an alliance for trying until Ctrl-C')
    .argument('<directory>', 'that koinon init has written')
    .action(session.action((directory: string) => up(directory, session)));
}

async function up(path: string, session: Session): Promise<Outcome> {
  const alliance = await loadAllianceDirectory(path)();
  if (E.isLeft(alliance)) return badInput(describeDirectoryError(alliance.left));
  if (alliance.right.servers.length === 0)
    return badInput(`${path}: no server directories here: koinon init writes them`);
  let isEnding = false;
  const ending = interrupted();
  const processes = alliance.right.servers.map(
    ({ entry, path: directory }) =>
      new ServerProcess(entry.id, directory, {
        onLine: (_, line) => {
          session.note(line);
        },
        onExit: (id, how) => {
          if (!isEnding) session.note(`${id} has ended (${how})`);
        },
      }),
  );
  void Promise.all(processes.map((process) => process.ready)).then((ready) => {
    if (ready.includes(true) && !isEnding)
      session.note(`${ready.filter(Boolean).length} of ${processes.length} servers run; Ctrl-C ends them`);
  });
  const allEnded = Promise.all(processes.map((process) => process.ended)).then(() => 'ended' as const);
  const reason = await Promise.race([ending.promise, allEnded]);
  ending.release();
  isEnding = true;
  for (const process of processes) process.kill('SIGTERM');
  await allEnded;
  return reason === 'ended' ? unavailable('no server runs any more; what each said stands above') : succeeded;
}
