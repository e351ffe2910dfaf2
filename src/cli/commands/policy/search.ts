/** `koinon policy search`: from what an alliance means to survive to the policies that do, the best first. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { E } from '../../../prelude/fp.js';
import { describeIntentError, describeSearch } from '../../../quorum/strategy/search-description.js';
import { type PolicyIntent, type PolicySearch, searchPolicies } from '../../../quorum/strategy/policy-search.js';
import type { IntendedOrganization, PolicyRole } from '../../../quorum/strategy/intent.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { printTrustTree } from '../../../quorum/trust/trust-text.js';
import { budgetOption, startBudget } from '../../budget-option.js';
import { integerIn, jsonOption } from '../../options.js';
import { badInput, type Outcome, succeeded, unavailable } from '../../outcome.js';
import { figureJson } from '../../policy-json.js';
import type { Session } from '../../session.js';

const help = `
Examples:
  koinon policy search --orgs acme:4,globex:4,initech:4,umbrella:4 --survive-orgs 1 --survive-servers 1
  koinon policy search --orgs 20x7 --survive-orgs 3 --survive-servers 1 --role storage --optimize availability

--role says what its quorums are for:
  signing           no faulty set can sign, and none can prevent it
  amendment         besides, any two quorums share a correct server
  storage           the same, for data that is signed
  unsigned-storage  any two quorums share so many correct servers that they outvote the faulty ones

Exit status: 0 found, 1 nothing survives this (the most that can be survived is told), 2 bad input, 3 out of time.`;

interface PolicySearchOptions {
  readonly orgs: readonly IntendedOrganization[];
  readonly surviveOrgs: number;
  readonly surviveServers: number;
  readonly role: string;
  readonly optimize: PolicyIntent['optimize'];
  readonly up: number;
  readonly budget: number;
  readonly json?: boolean;
}

const roles: Readonly<Record<string, PolicyRole>> = {
  signing: 'signing',
  amendment: 'amendment',
  storage: 'storage',
  'unsigned-storage': 'unsigned storage',
};

export function registerPolicySearch(policy: Command, session: Session): void {
  policy
    .command('search')
    .description('find the policies that survive what you say, the best first')
    .requiredOption('--orgs <list>', 'organizations and their servers: acme:4,globex:3,… or 20x7', organizationsOf)
    .option('--survive-orgs <count>', 'so many organizations may lie or fail as a whole', integerIn(0, 10_000), 1)
    .option('--survive-servers <count>', 'and so many servers inside each of the others', integerIn(0, 10_000), 0)
    .addOption(new Option('--role <role>', 'what it is for').choices(Object.keys(roles)).default('signing'))
    .addOption(
      new Option('--optimize <figure>', 'what counts first').choices(['load', 'availability', 'size']).default('load'),
    )
    .option('--up <probability>', 'that a server is up', probabilityOf, 0.99)
    .addOption(budgetOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((options: PolicySearchOptions) => Promise.resolve(search(options, session))));
}

function search(options: PolicySearchOptions, session: Session): Outcome {
  const { orgs, surviveOrgs, surviveServers, role, optimize, up, budget } = options;
  const intent: PolicyIntent = {
    organizations: orgs,
    survive: { organizations: surviveOrgs, serversInEachOther: surviveServers },
    role: roles[role] ?? 'signing',
    optimize,
    up: () => up,
  };
  const found = searchPolicies(intent, startBudget(budget));
  if (E.isLeft(found)) {
    const { left } = found;
    if (left._tag === 'OutOfRange') return badInput(describeIntentError(left));
    return E.left({ exitCode: 1, message: describeIntentError(left) });
  }
  if (found.right.found.length === 0)
    return unavailable('the search was out of time before it found a policy; raise --budget');
  session.print({ json: searchJson(found.right), lines: describeSearch(found.right) }, options.json);
  return succeeded;
}

function searchJson({ trust, found, rejected, triedCount, isComplete }: PolicySearch): object {
  return {
    trust: printTrustTree(trust),
    found: found.map(({ policy, shape, thresholds, load, uptime, size }) => ({
      policy: printPolicy(policy),
      shape,
      thresholds,
      load: figureJson(load, String),
      availability: figureJson(uptime, ({ up }) => up),
      minQuorumSize: size,
    })),
    rejected: rejected.map(({ policy, thresholds, flaw }) => ({
      policy: printPolicy(policy),
      thresholds,
      flaw: flaw._tag,
    })),
    triedCount,
    isComplete,
  };
}

/** `acme:4,globex:3`, or `20x7` for o1 to o20 with seven servers each. */
function organizationsOf(text: string): readonly IntendedOrganization[] {
  const alike = /^(?<count>[1-9]\d{0,3})x(?<servers>[1-9]\d{0,3})$/.exec(text)?.groups;
  if (alike !== undefined) {
    const servers = Number(alike['servers']);
    return Array.from({ length: Number(alike['count']) }, (_, index) => ({ name: `o${index + 1}`, servers }));
  }
  return text.split(',').map((part) => {
    const [name = '', servers = '1', ...rest] = part.trim().split(':');
    if (name === '' || rest.length > 0 || !/^[1-9]\d{0,3}$/.test(servers))
      throw new InvalidArgumentError('Expected organizations with their numbers of servers: acme:4,globex:3 or 20x7.');
    return { name, servers: Number(servers) };
  });
}

function probabilityOf(text: string): number {
  const up = /^(0|1|0?\.\d{1,17}|1\.0{1,17})$/.test(text) ? Number(text) : Number.NaN;
  if (up >= 0 && up <= 1) return up;
  throw new InvalidArgumentError('Expected a probability from 0 to 1, such as 0.99.');
}
