/** The command line: which commands there are, and how whatever goes wrong becomes one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { registerAlliance } from './commands/alliance.js';
import { registerDemo } from './commands/demo.js';
import { registerOrg } from './commands/org.js';
import { registerInit } from './commands/init.js';
import { registerStatus } from './commands/status.js';
import { registerVerify } from './commands/verify.js';
import { registerEpoch } from './commands/epoch.js';
import { registerListen } from './commands/listen.js';
import { registerMember } from './commands/member.js';
import { registerProposal } from './commands/proposal.js';
import { registerRefresh } from './commands/refresh.js';
import { registerSign } from './commands/sign.js';
import { registerPropose } from './commands/propose.js';
import { registerUp } from './commands/up.js';
import { registerServe } from './commands/serve.js';
import { registerPolicy } from './commands/policy.js';
import { registerKey } from './commands/key.js';
import { registerTrust } from './commands/trust-check.js';
import type { Io } from './io.js';
import { type ExitCode, exitCodes } from './outcome.js';
import { Session } from './session.js';
import { version } from './version.js';

/** Every command, in the order of the help page. */
const registrations: readonly ((program: Command, session: Session) => void)[] = [
  registerDemo,
  registerInit,
  registerUp,
  registerServe,
  registerPropose,
  registerListen,
  registerVerify,
  registerStatus,
  registerOrg,
  registerAlliance,
  registerProposal,
  registerMember,
  registerEpoch,
  registerRefresh,
  registerSign,
  registerKey,
  registerTrust,
  registerPolicy,
];

/** Runs one command line, without the names of node and script, and returns the exit code; never throws, never exits. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  const session = new Session(io);
  try {
    await buildProgram(session).parseAsync([...argv], { from: 'user' });
    return session.end();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.badInput;
    return reportBug(error, session);
  }
}

/** Says that koinon is wrong, with a stack trace only where it is asked for. */
export function reportBug(error: unknown, session: Session): ExitCode {
  const message = error instanceof Error ? error.message : String(error);
  const wantsStack = session.io.env['KOINON_DEBUG'] !== undefined;
  session.complain(`this is a bug in koinon: ${message}${wantsStack ? '' : ' (KOINON_DEBUG=1 shows where)'}`);
  if (wantsStack && error instanceof Error && error.stack !== undefined) session.note(error.stack);
  return exitCodes.bug;
}

const examples = `
Examples:
  koinon demo                                               the tour: agreement, a killed server, openssl
  koinon init league --orgs acme,globex,initech,umbrella    four organizations, any one of which may be Byzantine
  koinon up league                                          run its servers
  koinon propose league lines.txt --as acme/app             have every line decided
  koinon proposal create league refresh --as acme/app        new shares of every key, once the others agree
  koinon key deal --policy '2 of (a, b, c)' --scheme shoup-rsa --out k   a key that three hold
  koinon trust check 'f=1 t=1 of (a, b, c, d)'              may four agree so?
  koinon policy check '2 of (a, b, c)'                      who may act, who can block?

Exit status: 0 success, 1 the answer is no, 2 bad input or usage, 3 not available, 70 a bug in koinon.`;

function buildProgram(session: Session): Command {
  const { io } = session;
  const program = new Command('koinon')
    .description('Shared services that autonomous organizations run together, and none of them can subvert or stop.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this page, or that of a command')
    .helpCommand('help [command]', 'print the page of a command')
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  for (const register of registrations) register(program, session);
  nameHelpPages(program, 'koinon');
  return program;
}

/** Has the complaints of a command, and of all below it, name its own page. */
function nameHelpPages(command: Command, path: string): void {
  command.configureOutput({
    outputError: (text, write) => {
      write(`koinon: ${usageComplaint(text)}; see ${path} --help\n`);
    },
  });
  for (const child of command.commands) nameHelpPages(child, `${path} ${child.name()}`);
}

/** Commander's complaint as one line without its own beginning and end. */
function usageComplaint(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
}
