/** `koinon alliance assemble`: a founding document out of what organizations have exported. */
import { type Command, InvalidArgumentError } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import {
  type Alliance,
  type AllianceParameters,
  type GovernanceLengths,
  type GovernanceLimits,
  type GovernanceTerms,
  serversOf,
} from '../../../management/alliance.js';
import { allianceIdOf } from '../../../management/alliance-codec.js';
import type { OrganizationExport } from '../../../management/founding/organization-export.js';
import { defaultLengths, defaultLimits } from '../../../management/governance-defaults.js';
import { type ActionKind, actionKinds } from '../../../management/proposals/action-kinds.js';
import { type DocumentGate, documentGates } from '../../../management/proposals/gate-names.js';
import { standingOf } from '../../../management/proposals/standing.js';
import { formatParseError } from '../../../quorum/errors.js';
import type { Policy } from '../../../quorum/policy/policy.js';
import type { TrustModel } from '../../../quorum/trust/trust-model.js';
import { parseTrust, printTrust } from '../../../quorum/trust/trust-text.js';
import { assembleAlliance, readExports } from '../../../server/founding/assembly.js';
import { printDocument } from '../../../server/founding/founding-files.js';
import { describeOrganizationError } from '../../../server/founding/organization-errors.js';
import { assignmentsTo } from '../../assignments.js';
import { jsonOption } from '../../options.js';
import { badInput, exitCodes, type Failure, type Outcome, succeeded } from '../../outcome.js';
import { writeOutput } from '../../output-file.js';
import { policyOf } from '../../policy-argument.js';
import type { Session } from '../../session.js';
import { row, spokenRows, spokenText } from '../../spoken-rows.js';
import { trustOf, trustTextOf } from '../../trust-argument.js';
import { describeStanding } from './standing-description.js';

const help = `
Who assembles it needs no secret, and any of the organizations can do it again: the same entries and options give the same document.
It is refused where an entry is not signed by all of its keys, where consensus would not be safe, and where a gate stands, with the
sets that show it; --override names a gate that is accepted all the same.
Policies are over organizations. What is not given follows from the trust model (spec/management.md, "Documents").

Examples:
  koinon alliance assemble acme.json globex.json initech.json umbrella.json --trust 'f=1 t=1 of (acme, globex, initech, umbrella)'
  koinon alliance assemble *.json --trust league.trust --amendment '3 of (a, b, c, d)' --amendment-of 'admit=all of (a, b, c, d)'
  koinon alliance assemble *.json --trust league.trust --terms refreshMs=604800000 --parameters windowSlots=64,checkpointInterval=16`;

interface AssembleOptions {
  readonly trust: string;
  readonly structure?: string;
  readonly amendment?: string;
  readonly amendmentOf?: ReadonlyMap<ActionKind, string>;
  readonly emergency?: string;
  readonly recovery?: string;
  readonly parameters?: Partial<AllianceParameters>;
  readonly terms?: Partial<GovernanceLengths>;
  readonly limits?: Partial<GovernanceLimits>;
  readonly override?: readonly DocumentGate[];
  readonly out: string;
  readonly json?: boolean;
}

const parameterNames = ['windowSlots', 'checkpointInterval', 'baseTimeoutMs', 'snapshotInterval'] as const;
const termNames = Object.keys(defaultLengths) as (keyof GovernanceLengths)[];
const limitNames = Object.keys(defaultLimits) as (keyof GovernanceLimits)[];

export function registerAllianceAssemble(alliance: Command, session: Session): void {
  alliance
    .command('assemble')
    .description('make a founding document out of what organizations have exported')
    .argument('<entries...>', 'of the organizations, that koinon org export has written')
    .requiredOption('--trust <text-or-file>', 'who may fail together; see koinon trust check --help')
    .option('--structure <text-or-file>', 'which organizations may fail together')
    .option('--amendment <policy>', 'who may change the alliance')
    .option('--amendment-of <kind=policy>', 'who may, by one kind of action; may be repeated', amendmentOf)
    .option('--emergency <policy>', 'who may suspend a member')
    .option('--recovery <policy>', 'whose recovery keys restart the alliance')
    .option('--parameters <name=number,...>', parameterNames.join(', '), assignmentsTo(parameterNames))
    .option('--terms <name=number,...>', `in milliseconds: ${termNames.join(', ')}`, assignmentsTo(termNames))
    .option('--limits <name=number,...>', limitNames.join(', '), assignmentsTo(limitNames))
    .option('--override <gate>', `accept what it warns of: ${documentGates.join(', ')}; may be repeated`, gate)
    .option('-o, --out <file>', 'the document', 'alliance.json')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((entries: readonly string[], options: AssembleOptions) => assemble(entries, options, session)),
    );
}

function amendmentOf(
  text: string,
  before: ReadonlyMap<ActionKind, string> = new Map(),
): ReadonlyMap<ActionKind, string> {
  const [, name, policy = ''] = /^([a-z-]+)=(.+)$/su.exec(text) ?? [];
  const kind = actionKinds.find((one) => one === name);
  if (kind === undefined) throw new InvalidArgumentError(`Expected kind=policy, of ${actionKinds.join(', ')}.`);
  return new Map([...before, [kind, policy]]);
}

function gate(text: string, before: readonly DocumentGate[] = []): readonly DocumentGate[] {
  const found = documentGates.find((one) => one === text);
  if (found === undefined) throw new InvalidArgumentError(`Expected one of ${documentGates.join(', ')}.`);
  return [...new Set([...before, found])].sort();
}

async function assemble(entries: readonly string[], options: AssembleOptions, session: Session): Promise<Outcome> {
  const exports = await readExports(entries)();
  if (E.isLeft(exports)) return badInput(describeOrganizationError(exports.left));
  const trust = await trustAmong(exports.right, options.trust);
  if (E.isLeft(trust)) return trust;
  const governance = await governanceOf(options);
  if (E.isLeft(governance)) return governance;
  const { parameters = {} } = options;
  const terms = { trust: trust.right, parameters, governance: governance.right };
  const made = assembleAlliance(exports.right, terms);
  if (E.isLeft(made)) {
    const message = describeOrganizationError(made.left);
    return made.left._tag === 'GatesStand' ? E.left({ exitCode: exitCodes.no, message }) : badInput(message);
  }
  const written = writeOutput(options.out, printDocument(made.right), '--out');
  if (E.isLeft(written)) return written;
  session.print(describeAssembled(options.out, made.right), options.json);
  return succeeded;
}

/** Its organizations stand for their servers. */
async function trustAmong(
  exports: readonly OrganizationExport[],
  argument: string,
): Promise<Either<Failure, TrustModel>> {
  const text = await trustTextOf(argument);
  if (E.isLeft(text)) return text;
  const membership = new Map(
    exports.map(({ organization: { name, servers } }) => [name, servers.map(({ id }) => id.slice(name.length + 1))]),
  );
  const parsed = parseTrust(text.right, membership);
  return E.isLeft(parsed) ? badInput(`--trust: ${formatParseError(parsed.left, text.right)}`) : parsed;
}

async function governanceOf(options: AssembleOptions): Promise<Either<Failure, Partial<GovernanceTerms>>> {
  const { amendmentOf: byKind = new Map<ActionKind, string>(), terms, limits, override } = options;
  const policies: Partial<Record<'amendment' | 'emergency' | 'recovery', Policy>> = {};
  for (const subject of ['amendment', 'emergency', 'recovery'] as const) {
    const text = options[subject];
    if (text === undefined) continue;
    const policy = await policyOf(text);
    if (E.isLeft(policy)) return policy;
    policies[subject] = policy.right;
  }
  const kinds = new Map<ActionKind, Policy>();
  for (const kind of actionKinds) {
    const text = byKind.get(kind);
    if (text === undefined) continue;
    const policy = await policyOf(text);
    if (E.isLeft(policy)) return policy;
    kinds.set(kind, policy.right);
  }
  const structure = options.structure === undefined ? E.right(undefined) : await trustOf(options.structure);
  if (E.isLeft(structure)) return structure;
  return E.right({
    ...policies,
    ...(kinds.size === 0 ? {} : { amendmentOf: kinds }),
    ...(structure.right === undefined ? {} : { structure: structure.right }),
    ...(terms === undefined ? {} : { terms: { ...defaultLengths, ...terms } }),
    ...(limits === undefined ? {} : { limits: { ...defaultLimits, ...limits } }),
    ...(override === undefined ? {} : { overrides: override }),
  });
}

function describeAssembled(
  file: string,
  alliance: Alliance,
): { readonly json: object; readonly lines: readonly string[] } {
  const allianceId = allianceIdOf(alliance);
  const { organizations, trust } = alliance;
  const names = organizations.map(({ name }) => name);
  const standing = describeStanding(alliance, standingOf(alliance));
  const servers = serversOf(alliance);
  return {
    json: {
      file,
      allianceId: toHex(allianceId),
      words: spokenText(allianceId),
      trust: printTrust(trust),
      organizations: names,
      servers: servers.map(({ id, host, port }) => ({ id, host, port })),
      ...standing.json,
    },
    lines: [
      `Wrote ${file}, the founding document of ${names.length} organizations with ${servers.length} servers.`,
      ...spokenRows('alliance', allianceId),
      row('trust', printTrust(trust)),
      row('members', names.join(', ')),
      ...standing.lines,
      'Every organization compares the words and signs: koinon alliance acknowledge',
    ],
  };
}
