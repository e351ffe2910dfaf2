/** `koinon key encrypt` and `decrypt`: files that open when enough members say that a label's or round's time has come. */
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { maxSealedLength, openTimeLocked, sealedTarget, sealTimeLocked } from '../../../schemes/uses/sealed-message.js';
import type { TimeLockAuthority } from '../../../schemes/uses/time-lock.js';
import { timeLockAuthority } from '../../../schemes/uses/time-lock-member.js';
import { fileModes } from '../../../server/directory/durable-files.js';
import { complaintOfSharedInput, readInput } from '../../input-bytes.js';
import { describeKeyError } from '../../key/key-errors.js';
import { keyFilePath, readPublicKey } from '../../key/files/key-files.js';
import { readRequest } from '../../key/use/key-request.js';
import { maxLockedBytes, maxSignatureBytes } from '../../key/files/limits.js';
import {
  checkOutput,
  filesOf,
  forceOption,
  type OutputOptions,
  tellResult,
  writeOutput,
} from '../../key/use/result-output.js';
import { integerIn, jsonOption } from '../../options.js';
import { answeredNo, badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

const encryptHelp = `
Example:
  koinon key encrypt --public clock --label 'new year 2027' --in offer.pdf --out offer.locked

Needs the public key alone, of usage time-lock. Nobody reads the file until enough members have made their shares for the
label or round (koinon key share --label …) and those are combined; then everybody can (koinon key decrypt). At most
16 MiB; what is longer, encrypt with a key of your own, and lock that key.`;

const decryptHelp = `
Example:
  koinon key decrypt --public clock --sig new-year.sig --in offer.locked --out offer.pdf

--sig is what koinon key combine made of the members' shares. Exit status: 1 it does not open the file.`;

interface EncryptOptions extends OutputOptions {
  readonly public: string;
  readonly in: string;
  readonly label?: string;
  readonly round?: number;
  readonly json?: boolean;
}

interface DecryptOptions extends OutputOptions {
  readonly public: string;
  readonly sig: string;
  readonly in: string;
  readonly json?: boolean;
}

export function registerKeyTimeLock(key: Command, session: Session): void {
  key
    .command('encrypt')
    .description('lock a file until enough members say that the time of a label or round has come')
    .requiredOption('--public <file>', 'the public key, or the directory of the key')
    .requiredOption('--in <file>', 'what is to be locked; - reads standard input')
    .requiredOption('--out <file>', 'where the locked file goes; - is standard output')
    .option('--label <text>', 'whatever the members agree that it means')
    .option('--round <number>', "of drand's numbering", integerIn(1, Number.MAX_SAFE_INTEGER))
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText('after', encryptHelp)
    .action(session.action((options: EncryptOptions) => encrypt(options, session)));
  key
    .command('decrypt')
    .description('open a locked file whose time has come')
    .requiredOption('--public <file>', 'the public key, or the directory of the key')
    .requiredOption('--sig <file>', 'what opens it, made by koinon key combine')
    .requiredOption('--in <file>', 'the locked file')
    .requiredOption('--out <file>', 'where the opened file goes; - is standard output')
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText('after', decryptHelp)
    .action(session.action((options: DecryptOptions) => decrypt(options, session)));
}

async function readAuthority(path: string): Promise<Either<Failure, TimeLockAuthority>> {
  const key = await readPublicKey(path);
  if (E.isLeft(key)) return key;
  const authority = timeLockAuthority(key.right);
  return E.isLeft(authority) ? badInput(`${path}: ${describeKeyError(authority.left)}`) : authority;
}

const remedyOfLength = 'encrypt it with a key of your own, such as by openssl enc, and lock that key';

async function encrypt(options: EncryptOptions, session: Session): Promise<Outcome> {
  const { in: input, out, label, round } = options;
  const vacant = await checkOutput(options, [await keyFilePath(options.public), input]);
  if (E.isLeft(vacant)) return vacant;
  const key = await readPublicKey(options.public);
  if (E.isLeft(key)) return key;
  const authority = await readAuthority(options.public);
  if (E.isLeft(authority)) return authority;
  const asked = { ...(label === undefined ? {} : { label }), ...(round === undefined ? {} : { round }) };
  const request = await readRequest(key.right, asked, session.io);
  if (E.isLeft(request)) return request;
  if (request.right._tag !== 'time-lock') return badInput(`${options.public}: not a key for time-locks`);
  const message = await readInput(input, maxSealedLength, session.io, remedyOfLength);
  if (E.isLeft(message)) return message;
  const sealed = await sealTimeLocked(authority.right, request.right.target, message.right, randomBytes);
  if (E.isLeft(sealed)) return badInput('--label, --round: labels are text of at most 1024 bytes, rounds begin with 1');
  const written = writeOutput(options, sealed.right, session);
  if (E.isLeft(written)) return written;
  const until = label === undefined ? `round ${round ?? ''}` : `"${label}"`;
  const told = out === '-' ? 'What is on standard output' : out;
  const json = { out, files: filesOf(out), bytes: sealed.right.length };
  tellResult({ json, lines: [`${told} is locked until ${until}.`] }, options, session);
  return succeeded;
}

async function decrypt(options: DecryptOptions, session: Session): Promise<Outcome> {
  const { in: input, out } = options;
  const shared = complaintOfSharedInput({ '--in': input, '--sig': options.sig });
  if (shared !== undefined) return badInput(shared);
  const vacant = await checkOutput(options, [await keyFilePath(options.public), input, options.sig]);
  if (E.isLeft(vacant)) return vacant;
  const authority = await readAuthority(options.public);
  if (E.isLeft(authority)) return authority;
  const sealed = await readInput(input, maxLockedBytes, session.io);
  if (E.isLeft(sealed)) return sealed;
  if (E.isLeft(sealedTarget(sealed.right))) return badInput(`${input}: not a file that koinon key encrypt made`);
  const signature = await readInput(options.sig, maxSignatureBytes, session.io);
  if (E.isLeft(signature)) return signature;
  const opened = await openTimeLocked(authority.right, sealed.right, signature.right);
  if (E.isLeft(opened)) {
    const reason = `${options.sig} does not open ${input}: it is locked until something else, or damaged`;
    tellResult({ json: { opened: false, reason }, lines: [`NOT OPENED: ${reason}`] }, options, session);
    return answeredNo;
  }
  const written = writeOutput(options, opened.right, session, fileModes.secret);
  if (E.isLeft(written)) return written;
  const told = out === '-' ? 'What is on standard output' : out;
  const json = { opened: true, out, files: filesOf(out), bytes: opened.right.length };
  tellResult({ json, lines: [`${told} is open.`] }, options, session);
  return succeeded;
}
