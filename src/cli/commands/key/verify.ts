/** `koinon key verify`: checks a combined result with the public key alone. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { keyIdOf } from '../../../schemes/public-key.js';
import { complaintOfSharedInput, readInput } from '../../input-bytes.js';
import { readPublicKey } from '../../key/files/key-files.js';
import { addRequestOptions, readRequest, type RequestOptions } from '../../key/use/key-request.js';
import { maxSignatureBytes } from '../../key/files/limits.js';
import { checkResult } from '../../key/use/result-check.js';
import { jsonOption } from '../../options.js';
import { answeredNo, badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

interface KeyVerifyOptions extends RequestOptions {
  readonly public: string;
  readonly sig: string;
  readonly json?: boolean;
}

const help = `
Examples:
  koinon key verify --public league --in contract.pdf --sig contract.sig
  koinon key verify --public beacon --round 7 --sig 7.json
  koinon key verify --public beacon --coin 'who begins' --sig coin.sig

Of beacons, those of scheme bls make rounds and coins, those of shoup-rsa coins alone.

Exit status: 0 the key's signature, 1 it is not, 2 something cannot be read.`;

export function registerKeyVerify(key: Command, session: Session): void {
  const command = key
    .command('verify')
    .description('check a signature, or another result, with the public key alone')
    .requiredOption('--public <file>', 'the public key, or the directory of the key')
    .requiredOption('--sig <file>', 'the signature, or what else koinon key combine made');
  addRequestOptions(command)
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((options: KeyVerifyOptions) => verify(options, session)));
}

async function verify(options: KeyVerifyOptions, session: Session): Promise<Outcome> {
  const { in: input, previous, sig } = options;
  const shared = complaintOfSharedInput({ '--in': input, '--previous': previous, '--sig': sig });
  if (shared !== undefined) return badInput(shared);
  const key = await readPublicKey(options.public);
  if (E.isLeft(key)) return key;
  if (key.right.usage === 'decryption') {
    return badInput(`${options.public}: a key for usage "decryption" signs nothing that could be checked`);
  }
  const request = await readRequest(key.right, options, session.io);
  if (E.isLeft(request)) return request;
  const result = await readInput(options.sig, maxSignatureBytes, session.io);
  if (E.isLeft(result)) return result;
  const { valid, value } = await checkResult(key.right, request.right, result.right);
  const keyId = toHex(keyIdOf(key.right));
  const verdict = valid ? `VALID: signed by key ${keyId}` : `NOT SIGNED by key ${keyId}`;
  const found = value === undefined ? {} : { value };
  const lines = [verdict, ...(value === undefined ? [] : [`  value  ${value}`])];
  session.print({ json: { valid, keyId, ...found }, lines }, options.json);
  return valid ? succeeded : answeredNo;
}
