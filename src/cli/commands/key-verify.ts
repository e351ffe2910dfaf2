/** `koinon key verify`: checks a combined signature with the public key alone. */
import type { Command } from 'commander';
import { toHex } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { keyIdOf } from '../../schemes/public-key.js';
import { publicVerifier } from '../../schemes/public-verifier.js';
import { readInput } from '../input-bytes.js';
import { readPublicKey } from '../key/key-files.js';
import { maxInputBytes, maxSignatureBytes } from '../key/limits.js';
import { jsonOption } from '../options.js';
import { answeredNo, type Outcome, succeeded } from '../outcome.js';
import type { Session } from '../session.js';

interface KeyVerifyOptions {
  readonly public: string;
  readonly in: string;
  readonly sig: string;
  readonly json?: boolean;
}

const help = `
Example:
  koinon key verify --public league --in contract.pdf --sig contract.sig

Exit status: 0 the key's signature, 1 it is not, 2 something cannot be read.`;

export function registerKeyVerify(key: Command, session: Session): void {
  key
    .command('verify')
    .description('check a signature with the public key alone')
    .requiredOption('--public <file>', 'the public key, or the directory of the key')
    .requiredOption('--in <file>', 'what was signed; - reads standard input')
    .requiredOption('--sig <file>', 'the signature')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((options: KeyVerifyOptions) => verify(options, session)));
}

async function verify(options: KeyVerifyOptions, session: Session): Promise<Outcome> {
  const key = await readPublicKey(options.public);
  if (E.isLeft(key)) return key;
  const message = await readInput(options.in, maxInputBytes, session.io);
  if (E.isLeft(message)) return message;
  const signature = await readInput(options.sig, maxSignatureBytes, session.io);
  if (E.isLeft(signature)) return signature;
  const valid = await publicVerifier(key.right)(message.right, signature.right);
  const keyId = toHex(keyIdOf(key.right));
  const verdict = valid ? `VALID: signed by key ${keyId}` : `NOT SIGNED by key ${keyId}`;
  session.print({ json: { valid, keyId }, lines: [verdict] }, options.json);
  return valid ? succeeded : answeredNo;
}
