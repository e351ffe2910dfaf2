/** `koinon key combine`: makes one result of the shares of enough members. */
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import { fileModes } from '../../../server/directory/durable-files.js';
import { checkCommand } from '../../key/use/check-command.js';
import {
  combineContributions,
  describeRejects,
  describeShortage,
  type Rejects,
  type Shortage,
} from '../../key/use/combination.js';
import { readContributions } from '../../key/use/contributions.js';
import { keyFilePath, readPublicKey } from '../../key/files/key-files.js';
import {
  addRequestOptions,
  inputsOf,
  readRequest,
  requestDigest,
  type RequestOptions,
} from '../../key/use/key-request.js';
import { combinerOf, type Delivery } from '../../key/use/key-use.js';
import {
  checkOutput,
  filesOf,
  forceOption,
  type OutputOptions,
  placeOf,
  tellResult,
  writeOutput,
} from '../../key/use/result-output.js';
import { jsonOption } from '../../options.js';
import { badInput, exitCodes, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

const help = `
Examples:
  koinon key combine --public league --in contract.pdf --out contract.sig acme.share globex.share
  koinon key combine --public beacon --round 7 --out 7.json acme.share globex.share
  koinon key combine --public vault --in secret.enc --out secret.txt acme.share globex.share

The signature is that of an ordinary key. Bad shares do no harm where enough are good; their senders are named, as the
files give them: a file is not signed, and anybody can write one in a member's name.
Exit status: 0 combined, 1 what was deciphered is no message, 2 something cannot be read, 3 more members are needed
(they are named).`;

interface KeyCombineOptions extends RequestOptions, OutputOptions {
  readonly public: string;
  readonly json?: boolean;
}

export function registerKeyCombine(key: Command, session: Session): void {
  const command = key
    .command('combine')
    .description('make one result, such as a signature, of the shares of enough members')
    .requiredOption('--public <file>', 'the public key, or the directory of the key')
    .requiredOption('--out <file>', 'where the result goes; - is standard output')
    .argument('<share...>', 'what koinon key share made');
  addRequestOptions(command)
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((shares: readonly string[], options: KeyCombineOptions) => combine(shares, options, session)),
    );
}

async function combine(paths: readonly string[], options: KeyCombineOptions, session: Session): Promise<Outcome> {
  const sources = [await keyFilePath(options.public), ...inputsOf(options), ...paths];
  const vacant = await checkOutput(options, sources);
  if (E.isLeft(vacant)) return vacant;
  const key = await readPublicKey(options.public);
  if (E.isLeft(key)) return key;
  const request = await readRequest(key.right, options, session.io);
  if (E.isLeft(request)) return request;
  const brought = await readContributions(paths);
  if (E.isLeft(brought)) return brought;
  const combiner = combinerOf(key.right, request.right);
  if (E.isLeft(combiner)) return badInput(`${options.public}: ${combiner.left}`);
  const input = requestDigest(request.right);
  const combination = combineContributions(key.right, combiner.right, input, brought.right.brought);
  const { bad, leftOut } = combination.rejects;
  const rejects = { bad, leftOut: [...leftOut, ...brought.right.unreadable] };
  if (combination._tag === 'failed') return tellShortage(combination.shortage, rejects, options, session);
  const { delivery } = combination;
  const mode = delivery.isSecret ? fileModes.secret : fileModes.public;
  const written = writeOutput(options, delivery.content, session, mode);
  if (E.isLeft(written)) return written;
  await tellDelivery(key.right, delivery, rejects, options, session);
  return succeeded;
}

function tellShortage(shortage: Shortage, rejects: Rejects, options: KeyCombineOptions, session: Session): Outcome {
  const { reason, json } = describeShortage(shortage);
  const lines = [`NOT COMBINED: ${reason}`, ...describeRejects(rejects)];
  tellResult({ json: { combined: false, reason, ...json, ...rejects }, lines }, options, session);
  return E.right(exitCodeOf(shortage));
}

function exitCodeOf({ _tag }: Shortage): (typeof exitCodes)['no' | 'badInput' | 'unavailable'] {
  if (_tag === 'no-message') return exitCodes.no;
  return _tag === 'bad-request' ? exitCodes.badInput : exitCodes.unavailable;
}

async function tellDelivery(
  key: AlliancePublicKey,
  { content, what, value }: Delivery,
  rejects: Rejects,
  options: KeyCombineOptions,
  session: Session,
): Promise<void> {
  const check = options.out === '-' ? undefined : await checkCommand(key, options);
  const lines = [
    `COMBINED: ${what} is ${placeOf(options.out)}.`,
    ...describeRejects(rejects),
    ...(value === undefined ? [] : [`  value      ${value}`]),
    ...(check === undefined ? [] : [`  check it   ${check}`]),
  ];
  const found = { ...(value === undefined ? {} : { value }), ...(check === undefined ? {} : { check }) };
  const place = { out: options.out, files: filesOf(options.out), bytes: content.length };
  const json = { combined: true, ...place, ...rejects, ...found };
  tellResult({ json, lines }, options, session);
}
