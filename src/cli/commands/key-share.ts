/** `koinon key share`: what one member contributes to a signature, made from its key share alone. */
import type { Command } from 'commander';
import { digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { Universe } from '../../prelude/process.js';
import { policyMembers } from '../../quorum/policy/policy.js';
import type { SignatureShare, SignRefused } from '../../schemes/distributed-signer.js';
import type { ContributionFile, KeyShareFile } from '../../schemes/key-file/key-file.js';
import { printKeyFile } from '../../schemes/key-file/key-file-codec.js';
import { keyIdOf, makeSigner } from '../../schemes/registry.js';
import { readInput, writeOutput } from '../input-bytes.js';
import { describeKeyError } from '../key/key-errors.js';
import { readKeyShare } from '../key/key-files.js';
import { maxInputBytes } from '../key/limits.js';
import { Passphrase, type PassphraseOptions, passphraseFileOption } from '../key/passphrase.js';
import { jsonOption } from '../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../outcome.js';
import type { Session } from '../session.js';

const help = `
Example:
  koinon key share --key league/shares/acme.json --in contract.pdf --out acme.share

The member signs the whole file, and nobody else is asked. What comes out is public: send it to whoever combines.`;

interface KeyShareOptions extends PassphraseOptions {
  readonly key: string;
  readonly in: string;
  readonly out: string;
  readonly json?: boolean;
}

export function registerKeyShare(key: Command, session: Session): void {
  key
    .command('share')
    .description("make one member's share of a signature")
    .requiredOption('--key <file>', "the member's key share")
    .requiredOption('--in <file>', 'what is to be signed; - reads standard input')
    .requiredOption('--out <file>', 'where the share of the signature goes')
    .addOption(passphraseFileOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((options: KeyShareOptions) => share(options, session)));
}

async function share(options: KeyShareOptions, session: Session): Promise<Outcome> {
  const passphrase = new Passphrase(options, session.io);
  const file = await readKeyShare(options.key, passphrase);
  await passphrase.erase();
  if (E.isLeft(file)) return file;
  const input = await readInput(options.in, maxInputBytes, session.io);
  if (E.isLeft(input)) return input;
  const made = contribute(file.right, input.right, options);
  file.right.share.erase();
  if (E.isLeft(made)) return made;
  const written = await writeOutput(options.out, printKeyFile(made.right), [options.key, options.in]);
  if (E.isLeft(written)) return written;
  const { process, epoch, scheme, contribution } = made.right;
  session.print(
    {
      json: { out: options.out, process, epoch, scheme, bytes: contribution.length },
      lines: [`The share of ${process} is in ${options.out}.`],
    },
    options.json,
  );
  return succeeded;
}

function contribute(
  { key, share: keyShare }: KeyShareFile,
  message: Uint8Array,
  options: KeyShareOptions,
): Either<Failure, ContributionFile> {
  const signer = makeSigner(key, keyShare, new Universe(policyMembers(key.policy)));
  if (E.isLeft(signer)) return badInput(`${options.key}: ${describeKeyError(signer.left)}`);
  const signed: Either<SignRefused, SignatureShare> = signer.right.signShare(message);
  if (E.isLeft(signed)) return badInput(describeRefusal(signed.left, options));
  return E.right({
    _tag: 'contribution',
    scheme: key._tag,
    usage: key.usage,
    keyId: keyIdOf(key),
    epoch: key.epoch,
    process: keyShare.process,
    input: digest(message),
    contribution: signed.right,
  });
}

function describeRefusal({ usage }: SignRefused, options: KeyShareOptions): string {
  if (usage === 'document') {
    return `${options.in}: it begins as koinon's own statements do, which no key for documents signs: it could be a forged decision`;
  }
  return `${options.key}: a key for usage "${usage}" signs no documents; use one dealt with --usage document`;
}
