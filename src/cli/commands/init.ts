/** `koinon init`: an alliance for trying, all of it on this machine. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { toHex } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { type Alliance, serversOf } from '../../management/alliance.js';
import { movesWithoutEveryone } from '../../quorum/trust/slow-quorums.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import { printTrust } from '../../quorum/trust/trust-text.js';
import { type SchemeId, schemeIds } from '../../schemes/registry.js';
import type { AllianceScheme, SearchProgress } from '../../server/founding/alliance-key-dealing.js';
import { describeFoundingError } from '../../server/directory/errors.js';
import { type Founded, foundForTrying } from '../../server/founding/founding.js';
import { fileNames } from '../../server/directory/layout.js';
import { commaList, integerIn, jsonOption } from '../options.js';
import { badInput, type Outcome, succeeded } from '../outcome.js';
import { searchNotice } from '../search-notice.js';
import type { Printable, Session } from '../session.js';
import { endingBetweenTurns } from '../signals.js';
import { trustTextOf } from '../trust-argument.js';

const help = `
The directory gets everything: alliance.json, and a directory for each organization, server and application with its keys.
That of an organization has what only its people need: admin.key speaks for it, recovery.key can restart the alliance together
with others, ca.key names its servers and applications.
One program has then seen every private key. A real alliance is founded by its organizations, each on its own machines.

Examples:
  koinon init league --orgs acme,globex,initech,umbrella
  koinon init league --trust 'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)' --scheme multisig
  koinon init league --orgs a,b,c,d --base-port 9000 --apps a/shop,b/bank

Without --trust every organization has one server, and as many organizations may be Byzantine (f) or silent (t = f) as
agreement in two message delays allows: 1 of 4, 2 of 9.`;

interface InitOptions {
  readonly orgs?: readonly string[];
  readonly trust?: string;
  readonly apps?: readonly string[];
  readonly scheme: SchemeId;
  readonly certificates: Certificates;
  readonly documentKey?: ReadonlyMap<string, SchemeId>;
  readonly modulusBits: number;
  readonly basePort: number;
  readonly json?: boolean;
}

/** How slow quorums sign. `threshold` is BLS; RSA must be asked for by name, for its security rests on more than is usual there. */
const certificateForms = ['multisig', 'threshold', 'shoup-rsa'] as const;

type Certificates = (typeof certificateForms)[number];

export function registerInit(program: Command, session: Session): void {
  program
    .command('init')
    .description('write an alliance for trying: keys, certificates, one directory a server')
    .argument('<directory>', 'a new or empty directory')
    .option('--orgs <names>', 'organizations, with commas between them (those of --trust if absent)', commaList)
    .option('--trust <text-or-file>', 'who may fail together; see koinon trust check --help')
    .option(
      '--apps <names>',
      'applications, organization/application (if absent, "app" of every organization)',
      commaList,
    )
    .addOption(new Option('--scheme <scheme>', 'of the alliance key').choices(schemeIds).default('shoup-rsa'))
    .addOption(
      new Option(
        '--certificates <form>',
        'of slow quorums: signatures side by side, or one of a shared key (BLS, or RSA by name)',
      )
        .choices(certificateForms)
        .default('multisig'),
    )
    .option(
      '--document-key <name=scheme>',
      `a key with which the alliance signs documents, of ${schemeIds.join(', ')}; may be repeated`,
      documentKey,
    )
    .option('--modulus-bits <bits>', 'length of an RSA key, even; below 2048 only for tests', modulusBits, 2048)
    .option(
      '--base-port <port>',
      'servers listen from this port on; 0: wherever it is free',
      integerIn(0, 65_535),
      7100,
    )
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((directory: string, options: InitOptions) => init(directory, options, session)));
}

function documentKey(
  text: string,
  before: ReadonlyMap<string, SchemeId> = new Map<string, SchemeId>(),
): ReadonlyMap<string, SchemeId> {
  const [name = '', scheme = ''] = text.split('=', 2);
  const known = schemeIds.find((id) => id === scheme);
  if (known === undefined) throw new InvalidArgumentError(`Expected name=scheme, of ${schemeIds.join(', ')}.`);
  if (before.has(name)) throw new InvalidArgumentError(`A key ${name} was asked for already.`);
  return new Map([...before, [name, known]]);
}

function modulusBits(text: string): number {
  const bits = integerIn(1024, 4096)(text);
  if (bits % 2 === 0) return bits;
  throw new InvalidArgumentError('Expected an even number: half of the bits are of either prime.');
}

async function init(directory: string, options: InitOptions, session: Session): Promise<Outcome> {
  const { orgs: organizations, apps: applications, basePort } = options;
  const trust = options.trust === undefined ? E.right(undefined) : await trustTextOf(options.trust);
  if (E.isLeft(trust)) return trust;
  const ports = basePort === 0 ? ({ _tag: 'any' } as const) : ({ _tag: 'from', port: basePort } as const);
  const notice = searchNotice(session.io.stderr);
  const onProgress = (progress: SearchProgress): void => {
    notice.show(progress);
  };
  const wish = {
    directory,
    organizations,
    trust: trust.right,
    applications,
    ports,
    scheme: schemeOf(options.scheme, options),
    certificates: schemeOf(options.certificates === 'threshold' ? 'bls' : options.certificates, options),
    documentKeys: new Map([...(options.documentKey ?? [])].map(([name, scheme]) => [name, schemeOf(scheme, options)])),
    onProgress,
  };
  const founded = await endingBetweenTurns(foundForTrying(wish));
  notice.end();
  if (E.isLeft(founded)) return badInput(describeFoundingError(founded.left));
  session.print(describeFounded(directory, founded.right), options.json);
  return succeeded;
}

function schemeOf(scheme: SchemeId, { modulusBits }: InitOptions): AllianceScheme {
  return scheme === 'shoup-rsa' ? { _tag: scheme, modulusBits } : { _tag: scheme };
}

/** What an alliance that tolerates nothing should know. */
function describeFragility({ system }: TrustModel): readonly string[] {
  const { processes } = system;
  if ([...processes].some((id) => system.canBeFaulty(processes.universe.of([id])))) return [];
  return ['No server may lie or be broken into: four organizations would survive any one of them.'];
}

/** What a slow key that is shared means for whoever runs the alliance. */
function describeCertificates({ slowKey, trust }: Alliance): readonly string[] {
  if (slowKey === undefined) return [];
  return [
    'The key of the certificates is dealt anew in each epoch.',
    ...(movesWithoutEveryone(trust.system)
      ? []
      : ['No ceremony could refresh or move it while a server is missing, as it can the alliance key.']),
    ...(slowKey._tag === 'shoup-rsa'
      ? [
          'With RSA in that place agreement rests on an assumption that is not a standard one, and each share takes milliseconds: prefer threshold, which is BLS.',
        ]
      : []),
  ];
}

function describeFounded(directory: string, { alliance, allianceId }: Founded): Printable {
  const servers = serversOf(alliance);
  const applications = alliance.applications.map(({ id }) => id);
  const { allianceKey, slowKey, documentKeys, trust } = alliance;
  const keyFile = allianceKey._tag === 'shoup-rsa' ? ` (${fileNames.alliancePem})` : '';
  const json = {
    directory,
    allianceId: toHex(allianceId),
    trust: printTrust(trust),
    scheme: allianceKey._tag,
    certificates: slowKey?._tag ?? 'multisig',
    documentKeys: documentKeys.map(({ name, publicKey }) => ({ name, scheme: publicKey._tag })),
    servers: servers.map(({ id, host, port }) => ({ id, host, port })),
    applications,
  };
  const lines = [
    `Made an alliance for trying in ${directory}.`,
    `  alliance      ${toHex(allianceId)}`,
    `  trust         ${printTrust(trust)}`,
    `  key           ${allianceKey._tag}${keyFile}`,
    `  certificates  ${slowKey?._tag ?? 'multisig'}`,
    ...documentKeys.map(({ name, publicKey }) => `  signs         documents with ${name}, ${publicKey._tag}`),
    ...servers.map(
      ({ id, host, port }, index) => `  ${index === 0 ? 'servers ' : '        '}      ${id} at ${host}:${port}`,
    ),
    `  applications  ${applications.join(', ')}`,
    ...describeFragility(trust),
    ...describeCertificates(alliance),
    'One program has seen every private key: use it for trying and testing only.',
  ];
  return { json, lines };
}
