/** `koinon member admit`, `remove`, `replace`, `suspend` and `restore`: proposals about one organization. */
import { type Command, Option } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Alliance, OrganizationEntry } from '../../../management/alliance.js';
import type { Action } from '../../../management/proposals/action.js';
import { adaptedTrust } from '../../../management/proposals/adapted-trust.js';
import { broughtIn, entryOf } from '../../governance/entry-argument.js';
import { asking, length, overriding, speaking } from '../../governance/options.js';
import { proposing, type ProposingOptions } from '../../governance/proposing.js';
import { badInput, type Failure } from '../../outcome.js';
import type { Session } from '../../session.js';
import { trustOf } from '../../trust-argument.js';

interface MemberOptions extends ProposingOptions {
  readonly trust?: string;
  readonly lost?: readonly ProcessId[];
  readonly for?: number;
}

/** What is proposed of an organization, or of the entry in a file. */
type About = (
  argument: string,
  document: Alliance,
  options: MemberOptions,
) => Promise<Either<Failure, readonly Action[]>>;

export function registerMemberAdmit(member: Command, session: Session): void {
  const command = member.command('admit').description('propose to admit an organization, as it exported itself');
  register(trusting(command), 'entry', admission, session);
}

export function registerMemberRemove(member: Command, session: Session): void {
  const command = member
    .command('remove')
    .description('propose to remove an organization, with its servers and applications');
  register(trusting(command), 'name', removal, session);
}

export function registerMemberReplace(member: Command, session: Session): void {
  const command = member
    .command('replace')
    .description('propose another entry for an organization: other servers, keys, administrators')
    .option('--lost <servers>', 'whose old keys somebody else may have, with commas between them', serverList);
  register(trusting(command), 'entry', replacement, session);
}

export function registerMemberSuspend(member: Command, session: Session): void {
  const term = new Option('--for <length>', 'such as 1h or 7d').argParser(length).makeOptionMandatory();
  const command = member
    .command('suspend')
    .description('propose to refuse what an organization says, for a time')
    .addOption(term);
  register(command, 'name', suspension, session);
}

export function registerMemberRestore(member: Command, session: Session): void {
  const command = member.command('restore').description('propose to end a suspension');
  register(command, 'name', restoration, session);
}

function trusting(command: Command): Command {
  return command.option('--trust <text-or-file>', 'the trust model with the servers that there will be');
}

function serverList(text: string): readonly ProcessId[] {
  return text.split(',').map((name) => name.trim() as ProcessId);
}

function register(command: Command, what: 'entry' | 'name', run: About, session: Session): void {
  speaking(overriding(asking(command)))
    .argument(`<${what}>`, what === 'entry' ? 'file with the entry of the organization' : 'of the organization')
    .option('--term <length>', 'how long the proposal is open at most, such as 7d', length)
    .option('--dry-run', 'show what it would do, and propose nothing')
    .option('--vote', 'vote yes as well')
    .action(
      session.action((path: string, argument: string, options: MemberOptions) =>
        proposing(path, options, session, ({ document }) => run(argument, document, options)),
      ),
    );
}

const admission: About = async (file, document, options) => {
  const brought = await broughtIn(file);
  if (E.isLeft(brought)) return brought;
  const { organization, applications } = brought.right;
  if (document.organizations.some(({ name }) => name === organization.name))
    return badInput(
      `${organization.name}: it is a member already: koinon member replace proposes another entry for it`,
    );
  const trust = await trustAfter(document, { added: idsOf(organization), removed: [] }, options);
  if (E.isLeft(trust)) return trust;
  const enrolled = applications.map((application) => ({ _tag: 'enrol', application }) as const);
  return E.right([{ _tag: 'admit', organization }, ...enrolled, ...trust.right]);
};

const removal: About = async (name, document, options) => {
  const entry = memberOf(document, name);
  if (E.isLeft(entry)) return entry;
  const trust = await trustAfter(document, { added: [], removed: idsOf(entry.right) }, options);
  return E.isLeft(trust) ? trust : E.right([{ _tag: 'remove', organization: name }, ...trust.right]);
};

const replacement: About = async (file, document, options) => {
  const entry = await entryOf(file, document);
  if (E.isLeft(entry)) return entry;
  const present = memberOf(document, entry.right.name);
  if (E.isLeft(present)) return present;
  const [old, next] = [idsOf(present.right), idsOf(entry.right)];
  const changed = { added: next.filter((id) => !old.includes(id)), removed: old.filter((id) => !next.includes(id)) };
  const trust = await trustAfter(document, changed, options);
  if (E.isLeft(trust)) return trust;
  return E.right([{ _tag: 'organization', organization: entry.right, lost: options.lost ?? [] }, ...trust.right]);
};

const suspension: About = (organization, _, options) =>
  Promise.resolve(
    options.for === undefined
      ? badInput('--for: for how long?')
      : E.right([{ _tag: 'suspend', organization, lengthMs: options.for }]),
  );

const restoration: About = (organization) => Promise.resolve(E.right([{ _tag: 'restore', organization }]));

function memberOf({ organizations }: Alliance, name: string): Either<Failure, OrganizationEntry> {
  const entry = organizations.find((each) => each.name === name);
  if (entry !== undefined) return E.right(entry);
  return badInput(`${name}: no member of the alliance; there are ${organizations.map((each) => each.name).join(', ')}`);
}

function idsOf({ servers }: OrganizationEntry): readonly ProcessId[] {
  return servers.map(({ id }) => id);
}

/** The trust model that is given, or the present one with other servers, where they are others. */
async function trustAfter(
  { trust }: Alliance,
  changed: Parameters<typeof adaptedTrust>[1],
  { trust: text }: MemberOptions,
): Promise<Either<Failure, readonly Action[]>> {
  const action = (model: typeof trust): readonly Action[] => [{ _tag: 'trust', trust: model }];
  if (text !== undefined) return E.map(action)(await trustOf(text));
  if (changed.added.length + changed.removed.length === 0) return E.right([]);
  const adapted = adaptedTrust(trust, changed);
  if (E.isRight(adapted)) return E.right(action(adapted.right));
  return badInput('the trust model cannot be adapted to these servers: give another with --trust');
}
