/** `koinon alliance deal`: a key for the next epoch, made in one place, which a proposal then names. */
import { randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { fileNameOf, isName } from '../../../prelude/process.js';
import type { KeyRole } from '../../../management/proposals/action.js';
import { roleName, sharingPolicy, usageOf } from '../../../management/proposals/key-roles.js';
import type { TrustModel } from '../../../quorum/trust/trust-model.js';
import { keyIdOf } from '../../../schemes/public-key.js';
import { loadAllianceDirectory } from '../../../server/directory/alliance-directory.js';
import { describeDirectoryError, describeFoundingError } from '../../../server/directory/errors.js';
import { folderNames, incomingShareName } from '../../../server/directory/layout.js';
import { checkVacant, writeNewDirectory } from '../../../server/directory/new-directory.js';
import {
  type AllianceScheme,
  dealAllianceKey,
  type DealtAllianceKey,
  type KeyTerms,
} from '../../../server/founding/alliance-key-dealing.js';
import { dealtKeyEntries, dealtKeyNames } from '../../../server/founding/dealt-key-files.js';
import { row } from '../../governance/proposal-showing.js';
import { jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import { searchNotice } from '../../search-notice.js';
import type { Session } from '../../session.js';
import { endingBetweenTurns } from '../../signals.js';
import { trustOf } from '../../trust-argument.js';

const help = `
Servers generate a BLS key among themselves, and nobody ever has it. An RSA key has to be made by somebody: whoever runs this
could keep all of it. Run it where nobody looks; give each server its folder over a channel you trust, to be put into the
server's ${folderNames.incoming}/ before the proposal is made; and remove the folders. Each server checks its share against the key,
and the change is given up where too few have theirs.

Examples:
  koinon alliance deal league --scheme shoup-rsa --out new-key
  koinon proposal create league scheme alliance dealt new-key/${dealtKeyNames.publicKey} by acme --as acme/app
  koinon alliance deal league --role receipts --scheme shoup-rsa --out receipts-key
  koinon proposal create league document-key receipts dealt receipts-key/${dealtKeyNames.publicKey} by acme --as acme/app`;

interface DealOptions {
  readonly role: KeyRole;
  readonly scheme: 'shoup-rsa' | 'bls';
  readonly bits: string;
  readonly trust?: string;
  readonly out: string;
  readonly json?: boolean;
}

export function registerAllianceDeal(alliance: Command, session: Session): void {
  alliance
    .command('deal')
    .description('make a key for the next epoch of an alliance, and deal its shares to the servers')
    .argument('<directory>', 'that holds alliance.json, the newest')
    .addOption(new Option('--scheme <scheme>', 'how it is shared').choices(['shoup-rsa', 'bls']).makeOptionMandatory())
    .requiredOption('--out <directory>', 'a new or empty directory')
    .option('--role <role>', 'alliance, slow, or the name of a key for documents', roleOf, { _tag: 'alliance' })
    .addOption(new Option('--bits <bits>', 'RSA: length of the key').choices(['2048', '3072', '4096']).default('2048'))
    .option('--trust <text-or-file>', 'the trust model of the next epoch, where the proposal changes that too')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((path: string, options: DealOptions) => deal(path, options, session)));
}

function roleOf(text: string): KeyRole {
  if (text === 'alliance' || text === 'slow') return { _tag: text };
  if (isName(text)) return { _tag: 'document', name: text };
  throw new InvalidArgumentError(
    'Expected alliance, slow, or the name of a key for documents: letters, digits, dots and underscores.',
  );
}

async function deal(path: string, options: DealOptions, session: Session): Promise<Outcome> {
  const { role, out } = options;
  const vacant = checkVacant(out);
  if (E.isLeft(vacant)) return badInput(describeFoundingError(vacant.left));
  const directory = await loadAllianceDirectory(path)();
  if (E.isLeft(directory)) return badInput(describeDirectoryError(directory.left));
  const { alliance } = directory.right;
  const trust = options.trust === undefined ? E.right(alliance.trust) : await trustOf(options.trust);
  if (E.isLeft(trust)) return trust;
  const epoch = alliance.epoch + 1;
  const dealt = await dealWithNotice(options, keyTerms(role, trust.right, epoch), session);
  if (E.isLeft(dealt)) return dealt;
  const written = writeNewDirectory(out, dealtKeyEntries(role, dealt.right));
  if (E.isLeft(written)) return badInput(describeFoundingError(written.left));
  const { publicKey, shares } = dealt.right;
  const servers = [...shares.keys()];
  const id = toHex(keyIdOf(publicKey));
  session.print(
    {
      json: { key: roleName(role), scheme: publicKey._tag, keyId: id, epoch, servers, directory: out },
      lines: [
        `A key for epoch ${epoch} is in ${out}`,
        row('key', `${roleName(role)}, ${publicKey._tag}, ${id}`),
        row('to propose', dealtKeyNames.publicKey),
        ...servers.map((server) =>
          row(
            server,
            `${fileNameOf(server)}/${incomingShareName(roleName(role))}: into ${folderNames.incoming}/ of that server`,
          ),
        ),
        'Whoever has made this could keep the whole key: remove the folders once they are handed out.',
      ],
    },
    options.json,
  );
  return succeeded;
}

function keyTerms(role: KeyRole, trust: TrustModel, epoch: number): KeyTerms {
  const { universe } = trust.system.processes;
  return { policy: sharingPolicy(role, trust), epoch, universe, usage: usageOf(role) };
}

async function dealWithNotice(
  { scheme, bits }: DealOptions,
  terms: KeyTerms,
  session: Session,
): Promise<Either<Failure, DealtAllianceKey>> {
  const notice = searchNotice(session.io.stderr);
  const wanted: AllianceScheme = scheme === 'bls' ? { _tag: 'bls' } : { _tag: scheme, modulusBits: Number(bits) };
  const dealing = dealAllianceKey(wanted, terms, {
    random: randomBytes,
    onProgress: (progress) => {
      notice.show(progress);
    },
  });
  const dealt = await endingBetweenTurns(() => dealing);
  notice.end();
  return E.isLeft(dealt) ? badInput(describeFoundingError(dealt.left)) : dealt;
}
