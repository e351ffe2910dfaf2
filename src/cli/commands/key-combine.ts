/** `koinon key combine`: makes one signature of the shares of enough members. */
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import { readInput, writeOutput } from '../input-bytes.js';
import { checkCommand } from '../key/check-command.js';
import {
  type Combination,
  combineContributions,
  describeRejects,
  describeShortage,
  type Rejects,
} from '../key/combination.js';
import { readContributions } from '../key/contributions.js';
import { describeKeyError } from '../key/key-errors.js';
import { readPublicKey } from '../key/key-files.js';
import { maxInputBytes } from '../key/limits.js';
import { jsonOption } from '../options.js';
import { badInput, exitCodes, type Outcome, succeeded } from '../outcome.js';
import type { Session } from '../session.js';

const help = `
Example:
  koinon key combine --public league --in contract.pdf --out contract.sig acme.share globex.share

The signature is that of an ordinary key. Bad shares do no harm where enough are good; their senders are named.
Exit status: 0 combined, 2 something cannot be read, 3 more members are needed (they are named).`;

interface KeyCombineOptions {
  readonly public: string;
  readonly in: string;
  readonly out: string;
  readonly json?: boolean;
}

export function registerKeyCombine(key: Command, session: Session): void {
  key
    .command('combine')
    .description('make one signature of the shares of enough members')
    .requiredOption('--public <file>', 'the public key, or the directory of the key')
    .requiredOption('--in <file>', 'what was signed; - reads standard input')
    .requiredOption('--out <file>', 'where the signature goes')
    .argument('<share...>', 'what koinon key share made')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((shares: readonly string[], options: KeyCombineOptions) => combine(shares, options, session)),
    );
}

async function combine(paths: readonly string[], options: KeyCombineOptions, session: Session): Promise<Outcome> {
  const key = await readPublicKey(options.public);
  if (E.isLeft(key)) return key;
  const message = await readInput(options.in, maxInputBytes, session.io);
  if (E.isLeft(message)) return message;
  const brought = await readContributions(paths);
  if (E.isLeft(brought)) return brought;
  const combination = combineContributions(key.right, message.right, brought.right);
  if (E.isLeft(combination)) return badInput(`${options.public}: ${describeKeyError(combination.left)}`);
  if (combination.right._tag !== 'combined') return tellShortage(combination.right, options, session);
  return deliver(key.right, combination.right, paths, options, session);
}

function tellShortage(
  combination: Exclude<Combination, { readonly _tag: 'combined' }>,
  options: KeyCombineOptions,
  session: Session,
): Outcome {
  const { line, json } = describeShortage(combination);
  const { rejects } = combination;
  session.print({ json: { ...json, ...rejects }, lines: [line, ...describeRejects(rejects)] }, options.json);
  return E.right(exitCodes.unavailable);
}

async function deliver(
  key: AlliancePublicKey,
  { signature, rejects }: { readonly signature: Uint8Array; readonly rejects: Rejects },
  paths: readonly string[],
  options: KeyCombineOptions,
  session: Session,
): Promise<Outcome> {
  const written = await writeOutput(options.out, signature, [options.in, ...paths]);
  if (E.isLeft(written)) return written;
  const check = await checkCommand(key, options);
  const json = { combined: true, out: options.out, bytes: signature.length, ...rejects, check };
  const lines = [
    `COMBINED: a signature of ${signature.length} bytes is in ${options.out}.`,
    ...describeRejects(rejects),
    `  check it   ${check}`,
  ];
  session.print({ json, lines }, options.json);
  return succeeded;
}
