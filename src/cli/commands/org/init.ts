/** `koinon org init`: an organization's directory, with all keys that are its own. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { isName, type ProcessId } from '../../../prelude/process.js';
import type { OrganizationContent } from '../../../management/founding/organization-export.js';
import { exportDigest } from '../../../management/founding/organization-export-codec.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { member } from '../../../quorum/tree/tree-check.js';
import { describeFoundingError } from '../../../server/directory/errors.js';
import { administratorKeyName, fileNames } from '../../../server/directory/layout.js';
import { type AuthorityWish, usualAuthority } from '../../../server/founding/founding-members.js';
import { type Address, foundOrganization } from '../../../server/founding/organization-founding.js';
import { addressOf } from '../../address-argument.js';
import { commaList, integerIn, jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import { policyOf } from '../../policy-argument.js';
import type { Printable, Session } from '../../session.js';
import { endingBetweenTurns } from '../../signals.js';
import { row } from '../../spoken-rows.js';
import { describeContent } from './content-description.js';

const help = `
The directory gets, all of it drawn here and known to nobody else:
  organization.json    what the organization is; public
  ca.crt, ca.key       its certificate authority, which names its servers and applications
  admin.key            speaks for it; admin-ann.key, … where administrators are named
  recovery.key         can restart the alliance together with others: take it offline
  servers/NAME-1/ …    one for each server, to be moved to the machine that runs it
  applications/NAME-app/ …

Examples:
  koinon org init acme acme --servers 1
  koinon org init acme acme --servers s1.acme.example:7100,s2.acme.example:7100 --applications shop,bank
  koinon org init acme acme --servers 1 --administrators ann,bob,carol --rule '2 of (ann, bob, carol)'`;

interface InitOptions {
  readonly servers: number | readonly Address[];
  readonly applications: readonly string[];
  readonly administrators?: readonly string[];
  readonly rule?: string;
  readonly certificates: 'multisig' | 'threshold';
  readonly json?: boolean;
}

const maxLocalServers = 100;

export function registerOrgInit(org: Command, session: Session): void {
  org
    .command('init')
    .description('write the directory of an organization: authority, administrators, servers, applications')
    .argument('<name>', 'of the organization')
    .argument('<directory>', 'a new or empty directory')
    .requiredOption(
      '--servers <addresses>',
      'host:port of each, with commas between them; or how many on this machine, at ports that are free',
      serversOf,
    )
    .option('--applications <names>', 'with commas between them', commaList, ['app'])
    .option('--administrators <names>', 'who speaks for it (if absent, one who is called "admin")', commaList)
    .option('--rule <policy>', 'which administrators together, such as "2 of (ann, bob, carol)"')
    .addOption(
      new Option('--certificates <form>', 'of slow quorums in the alliance: threshold where they share one key')
        .choices(['multisig', 'threshold'])
        .default('multisig'),
    )
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((name: string, directory: string, options: InitOptions) =>
        init({ name, directory }, options, session),
      ),
    );
}

function serversOf(text: string): number | readonly Address[] {
  if (/^\d+$/.test(text)) return integerIn(1, maxLocalServers)(text);
  return text.split(',').map((one) => {
    const address = addressOf(one);
    if (address !== undefined) return address;
    throw new InvalidArgumentError(`Expected a number, or host:port with commas between them; not ${one}.`);
  });
}

async function init(
  place: { readonly name: string; readonly directory: string },
  options: InitOptions,
  session: Session,
): Promise<Outcome> {
  const authority = await authorityOf(options);
  if (E.isLeft(authority)) return authority;
  const { servers, applications, certificates } = options;
  const wish = { ...place, servers, applications, certificates, authority: authority.right };
  const founded = await endingBetweenTurns(foundOrganization(wish));
  if (E.isLeft(founded)) return badInput(describeFoundingError(founded.left));
  session.print(describeMade(place.directory, founded.right), options.json);
  return succeeded;
}

async function authorityOf({ administrators, rule }: InitOptions): Promise<Either<Failure, AuthorityWish>> {
  if (administrators === undefined) {
    return rule === undefined ? E.right(usualAuthority) : badInput('--rule: name its people with --administrators');
  }
  const bad = administrators.find((name) => !isName(name));
  if (bad !== undefined) return badInput(`--administrators: "${bad}" is no name: letters, digits, "_" and "." only`);
  const [only, second] = administrators;
  if (rule === undefined && second !== undefined)
    return badInput(
      `--administrators names several: say with --rule which of them together, such as '2 of (${administrators.join(', ')})'`,
    );
  const policy = rule === undefined ? E.right(member(only as ProcessId)) : await policyOf(rule);
  if (E.isLeft(policy)) return policy;
  const stranger = policyMembers(policy.right).find((id) => !administrators.includes(id));
  if (stranger !== undefined) return badInput(`--rule: ${stranger} is no administrator: name all of them`);
  return E.right({ administrators: administrators as readonly ProcessId[], rule: policy.right });
}

function describeMade(directory: string, content: OrganizationContent): Printable {
  const { administrators, rule, name } = content.organization;
  const keys = administrators.map((one) => administratorKeyName(one.name));
  return {
    json: { directory, ...describeContent(content, exportDigest(content)).json },
    lines: [
      `Made the organization ${name} in ${directory}.`,
      ...describeContent(content, exportDigest(content)).lines,
      row('keys', `${keys.join(', ')}: ${printPolicy(rule)} speaks for ${name}`),
      row('offline', `take ${fileNames.recoveryKey} to where no network reaches: it is needed if all else is lost`),
      `Next: koinon org export ${directory}`,
    ],
  };
}
