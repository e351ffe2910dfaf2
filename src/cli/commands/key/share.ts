/** `koinon key share`: what one member contributes to a result, made from its key share alone. */
import type { Command } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import type { ContributionFile, KeyShareFile } from '../../../schemes/key-file/key-file.js';
import { printKeyFile } from '../../../schemes/key-file/key-file-codec.js';
import { sharingNameOf } from '../../../schemes/key-file/sharing-name.js';
import { keyIdOf } from '../../../schemes/public-key.js';
import { readKeyShare } from '../../key/files/key-files.js';
import {
  addRequestOptions,
  inputsOf,
  type KeyRequest,
  readRequest,
  requestDigest,
  type RequestOptions,
} from '../../key/use/key-request.js';
import { type ContributionRefused, contributionTo } from '../../key/use/key-use.js';
import { Passphrase, type PassphraseOptions, passphraseFileOption } from '../../key/files/passphrase.js';
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
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

const help = `
Examples:
  koinon key share --key league/shares/acme.json --in contract.pdf --out acme.share
  koinon key share --key beacon/shares/acme.json --round 7 --out acme.share
  koinon key share --key vault/shares/acme.json --in secret.enc --out acme.share

The member signs the whole file, and nobody else is asked. What comes out is public: send it to whoever combines.
Of a beacon or time-lock, give no share before its time; of a ciphertext, only to who may read what it hides.`;

interface KeyShareOptions extends PassphraseOptions, RequestOptions, OutputOptions {
  readonly key: string;
  readonly json?: boolean;
}

export function registerKeyShare(key: Command, session: Session): void {
  const command = key
    .command('share')
    .description("make one member's share of a signature, a round, a coin or a decryption")
    .requiredOption('--key <file>', "the member's key share")
    .requiredOption('--out <file>', 'where the share of the result goes; - is standard output');
  addRequestOptions(command)
    .addOption(forceOption())
    .addOption(passphraseFileOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((options: KeyShareOptions) => share(options, session)));
}

async function share(options: KeyShareOptions, session: Session): Promise<Outcome> {
  const vacant = await checkOutput(options, [options.key, ...inputsOf(options)]);
  if (E.isLeft(vacant)) return vacant;
  const passphrase = new Passphrase(options, session.io);
  const file = await readKeyShare(options.key, passphrase);
  await passphrase.erase();
  if (E.isLeft(file)) return file;
  const request = await readRequest(file.right.key, options, session.io);
  if (E.isLeft(request)) return request;
  const made = contribute(file.right, request.right, options);
  file.right.share.erase();
  if (E.isLeft(made)) return made;
  const written = writeOutput(options, printKeyFile(made.right), session);
  if (E.isLeft(written)) return written;
  const { process, epoch, scheme, contribution } = made.right;
  const json = { out: options.out, files: filesOf(options.out), process, epoch, scheme, bytes: contribution.length };
  tellResult({ json, lines: [`The share of ${process} is ${placeOf(options.out)}.`] }, options, session);
  return succeeded;
}

function contribute(
  file: KeyShareFile,
  request: KeyRequest,
  options: KeyShareOptions,
): Either<Failure, ContributionFile> {
  const { key, share: keyShare } = file;
  const contribution = contributionTo(request, file);
  if (E.isLeft(contribution)) return badInput(describeRefusal(contribution.left, options));
  return E.right({
    _tag: 'contribution',
    scheme: key._tag,
    usage: key.usage,
    keyId: keyIdOf(key),
    epoch: key.epoch,
    sharing: sharingNameOf(key),
    process: keyShare.process,
    input: requestDigest(request),
    contribution: contribution.right,
  });
}

function describeRefusal(refusal: ContributionRefused, { key, in: input = '' }: KeyShareOptions): string {
  switch (refusal._tag) {
    case 'BadKey':
      return `${key}: ${refusal.reason}`;
    case 'WrongUsage':
      return `${input}: it begins as koinon's own statements do, and no key for documents signs those: it could be a forged decision`;
    case 'BadRequest':
      return input === '' ? `${key}: this key answers no such request` : `${input}: this is no ciphertext of the key`;
  }
}
