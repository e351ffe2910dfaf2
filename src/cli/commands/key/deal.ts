/** `koinon key deal`: a key that a policy holds, made in one place: whoever runs this could keep all of it (SECURITY). */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import type { Policy } from '../../../quorum/policy/policy.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { blsSuites } from '../../../schemes/bls/ciphersuite.js';
import { keyIdOf, schemeIds } from '../../../schemes/registry.js';
import { describeFoundingError } from '../../../server/directory/errors.js';
import { checkVacant, writeNewDirectory } from '../../../server/directory/new-directory.js';
import { type DealtShares, dealOffline, type OfflineUsage, type SchemeTerms } from '../../key/dealing/key-dealing.js';
import { schemeText } from '../../key/showing/key-description.js';
import { keyEntries } from '../../key/files/key-directory.js';
import { keyFileNames } from '../../key/files/key-layout.js';
import { Passphrase, type PassphraseOptions, passphraseFileOption } from '../../key/files/passphrase.js';
import {
  approximateWeightsOption,
  policyNotes,
  type ShareablePolicy,
  shareablePolicy,
  type WeightOptions,
} from '../../key/dealing/shareable-policy.js';
import { type SchemeOptions, schemeTermsOf } from '../../key/dealing/scheme-options.js';
import { jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import { policyOf } from '../../policy-argument.js';
import { searchNotice } from '../../search-notice.js';
import type { Printable, Session } from '../../session.js';
import { endingBetweenTurns } from '../../signals.js';

const help = `
The directory gets public.json for everybody, public.pem for openssl (RSA), and in shares/ a file for each member, which
is that member's secret. One program has then seen the whole key: run it where nobody looks, hand out the files over
channels you trust, and remove shares/.

Examples:
  koinon key deal --policy '2 of (acme, globex, initech)' --scheme shoup-rsa --out league
  koinon key deal --policy '2 of (acme: 2 of 3, globex: 2 of 3, initech)' --scheme shoup-rsa --pss --out league
  koinon key deal --policy league.policy --scheme shoup-rsa --from key.pem --unsafe-primes --out league
  koinon key deal --policy '3 of (a, b, c, d)' --scheme multisig --out league --passphrase-file secret.txt

Usage and algorithm are part of the key and never change. A beacon of scheme bls makes rounds and coins, one of shoup-rsa
coins alone (--coin).

A new RSA key has safe primes, so that whoever sends a bad share can be named. To find two takes some seconds for 2048 bits,
about ten for 3072, half a minute for 4096; it is a matter of luck, three times as long is not rare, and a slow or busy
machine takes longer still.`;

interface KeyDealOptions extends SchemeOptions, PassphraseOptions, WeightOptions {
  readonly policy: string;
  readonly out: string;
  readonly passphrase?: boolean;
  readonly json?: boolean;
}

const usages: readonly OfflineUsage[] = ['document', 'beacon', 'time-lock', 'decryption'];

export function registerKeyDeal(key: Command, session: Session): void {
  key
    .command('deal')
    .description('make a key and deal its shares to the members of a policy')
    .requiredOption('--policy <text-or-file>', 'who may act together; see koinon policy check --help')
    .addOption(new Option('--scheme <scheme>', 'how it is shared').choices(schemeIds).makeOptionMandatory())
    .requiredOption('--out <directory>', 'a new or empty directory')
    .addOption(
      new Option('--usage <usage>', 'the one thing that the key is for (a beacon by shoup-rsa: coins alone)')
        .choices(usages)
        .default('document'),
    )
    .option('--pss', 'RSA: sign by PS256 instead of RS256')
    .addOption(
      new Option('--bits <bits>', 'RSA: length of a new key, 2048 if absent').choices(['2048', '3072', '4096']),
    )
    .option('--from <file>', 'RSA: share this private key (PKCS#8) instead of a new one')
    .option(
      '--unsafe-primes',
      'RSA: also where its primes are not safe primes: then nobody can be blamed for a bad share',
    )
    .addOption(new Option('--suite <suite>', 'BLS: the ciphersuite').choices(blsSuites))
    .addOption(approximateWeightsOption())
    .addOption(passphraseFileOption())
    .option('--passphrase', 'ask the terminal for a passphrase to keep the key shares under')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((options: KeyDealOptions) => deal(options, session)));
}

async function deal(options: KeyDealOptions, session: Session): Promise<Outcome> {
  if (options.out === '-') return badInput('--out -: key shares are secret: name a new directory for them');
  const vacant = checkVacant(options.out);
  if (E.isLeft(vacant)) return badInput(describeFoundingError(vacant.left));
  const scheme = await schemeTermsOf(options);
  if (E.isLeft(scheme)) return scheme;
  const policy = await policyOf(options.policy);
  if (E.isLeft(policy)) return policy;
  if (options.passphrase === true && options.passphraseFile !== undefined) {
    return badInput('--passphrase: not with --passphrase-file, which has one already');
  }
  const passphrase = new Passphrase(options, session.io);
  const asked = options.passphrase === true ? await passphrase.askNew() : await passphrase.given();
  if (E.isLeft(asked)) return asked;
  const shareable = shareablePolicy(policy.right, options.scheme, options);
  if (E.isLeft(shareable)) return shareable;
  const dealt = await dealWithNotice({ policy: shareable.right.policy, scheme: scheme.right }, options, session);
  if (E.isLeft(dealt)) return dealt;
  const written = await write(dealt.right, options, passphrase);
  await passphrase.erase();
  if (E.isLeft(written)) return written;
  const isSealed = asked.right !== undefined;
  const result = { ...dealt.right, shareable: shareable.right, isSealed, files: written.right };
  session.print(describeDealt(result, options), options.json);
  return succeeded;
}

async function dealWithNotice(
  { policy, scheme }: { readonly policy: Policy; readonly scheme: SchemeTerms },
  { usage }: KeyDealOptions,
  session: Session,
): Promise<Either<Failure, DealtShares>> {
  const notice = searchNotice(session.io.stderr);
  const dealing = dealOffline({
    policy,
    usage,
    scheme,
    onProgress: (progress) => {
      notice.show(progress);
    },
  });
  const dealt = await endingBetweenTurns(() => dealing);
  notice.end();
  return dealt;
}

async function write(
  { key, shares }: DealtShares,
  options: KeyDealOptions,
  passphrase: Passphrase,
): Promise<Either<Failure, readonly string[]>> {
  const master = await passphrase.toSeal(randomBytes);
  if (E.isLeft(master)) return master;
  const entries = keyEntries(key, shares, master.right);
  const written = writeNewDirectory(options.out, entries);
  for (const share of shares.values()) share.erase();
  if (E.isLeft(written)) return badInput(describeFoundingError(written.left));
  return E.right(entries.map(({ path }) => join(options.out, path)));
}

interface Dealt extends DealtShares {
  readonly shareable: ShareablePolicy;
  readonly isSealed: boolean;
  readonly files: readonly string[];
}

function describeDealt({ key, shares, shareable, isSealed, files }: Dealt, { out, from }: KeyDealOptions): Printable {
  const folder = join(out, keyFileNames.shares);
  const shown = [...files.filter((file) => !file.startsWith(folder)), `${folder}/`];
  const keyId = toHex(keyIdOf(key));
  const policy = printPolicy(key.policy);
  const lines = [
    `Dealt a key to ${shares.size} members in ${out}.`,
    `  scheme   ${schemeText(key)}, for usage "${key.usage}"${key._tag === 'shoup-rsa' && key.usage === 'beacon' ? ', of coins alone' : ''}`,
    `  policy   ${policy}`,
    ...policyNotes(shareable),
    `  key id   ${keyId}`,
    `  files    ${shown.join(', ')}${isSealed ? ' (each under the passphrase)' : ''}`,
    `Hand each member its file, then remove ${folder}: whoever has them all has the key.`,
    ...(from === undefined
      ? []
      : [`Destroy ${from} and its copies, and deal this RSA key to nobody else, for no other use.`]),
  ];
  const { _tag: scheme, usage, epoch } = key;
  const json = {
    directory: out,
    scheme,
    usage,
    epoch,
    keyId,
    policy,
    weights: shareable.weights,
    warnings: shareable.warnings,
    members: [...shares.keys()],
    sealed: isSealed,
    files,
  };
  return { json, lines };
}
