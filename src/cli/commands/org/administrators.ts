/** `koinon org administrators`: who speaks for an organization from now on. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { isName, type ProcessId } from '../../../prelude/process.js';
import type { Policy } from '../../../quorum/policy/policy.js';
import { member } from '../../../quorum/tree/tree-check.js';
import { changeAuthority, type NewAdministrator } from '../../../server/founding/authority-change.js';
import { commaList } from '../../options.js';
import { badInput, type Failure, type Outcome } from '../../outcome.js';
import { policyOf } from '../../policy-argument.js';
import type { Session } from '../../session.js';
import { entryFile, type EntryOptions, makingEntry, ownEntry, renewedFolder, writeEntry } from './own-entry.js';

const help = `
Keys that are drawn lie in ${renewedFolder}/administrators: give each to the one it is for. Whoever makes a key at home gives NAME=FILE
there, with a copy of organization.json and history.json: an entry names no key that has not signed it. The old keys speak until the
entry is enacted, and have to propose it (koinon member replace); one begins with the entry in force.

Examples:
  koinon org administrators acme --add ann,bob --rule '2 of (admin, ann, bob)'
  koinon org administrators acme --add ann=ann.key --remove admin --rule ann
  koinon org administrators acme --recovery-key`;

interface AdministratorsOptions extends EntryOptions {
  readonly add: readonly NewAdministrator[];
  readonly remove: readonly string[];
  readonly rule?: string;
  readonly recoveryKey?: boolean;
  readonly out?: string;
}

const title = 'administrators';

export function registerOrgAdministrators(org: Command, session: Session): void {
  const command = org
    .command(title)
    .description('make the entry with other administrators, another rule, or another recovery key')
    .argument('<directory>', 'of the organization')
    .option('--add <names>', 'NAME, whose key is drawn here, or NAME=FILE; with commas between them', newcomers, [])
    .option('--remove <names>', 'who does not speak for it any more, with commas between them', commaList, [])
    .option('--rule <policy>', 'which administrators together, such as "2 of (ann, bob, carol)"')
    .option('--recovery-key', 'draw another recovery key')
    .option('--out <directory>', `for keys that are drawn; ${renewedFolder}/${title} in the directory if absent`);
  makingEntry(command, title)
    .addHelpText('after', help)
    .action(session.action((directory: string, options: AdministratorsOptions) => change(directory, options, session)));
}

function newcomers(text: string): readonly NewAdministrator[] {
  return commaList(text).map((one) => {
    const [name = '', ...rest] = one.split('=');
    if (!isName(name)) throw new InvalidArgumentError(`"${name}" is no name: letters, digits, "_" and "." only.`);
    return { name: name as ProcessId, ...(rest.length === 0 ? {} : { file: rest.join('=') }) };
  });
}

async function change(directory: string, options: AdministratorsOptions, session: Session): Promise<Outcome> {
  const { add, remove, recoveryKey = false } = options;
  const rule = await ruleOf(options);
  if (E.isLeft(rule)) return rule;
  const own = await ownEntry(directory, options, session);
  if (E.isLeft(own)) return own;
  const { organization, alliance } = own.right;
  const { name } = organization.content.organization;
  const out = options.out ?? join(directory, renewedFolder, title);
  const file = entryFile(directory, title, options, '--out');
  if (E.isLeft(file)) return file;
  const changed = await changeAuthority(organization, {
    ...{ directory: out, added: add, removed: remove, hasNewRecoveryKey: recoveryKey },
    ...(rule.right === undefined ? {} : { rule: rule.right }),
    ...(alliance === undefined ? {} : { alliance }),
  })();
  const isDrawn = recoveryKey || add.some((one) => one.file === undefined);
  const told = {
    file: file.right,
    json: isDrawn ? { directory: out } : {},
    first: `Made the entry of ${name} with who is to speak for it.${isDrawn ? ` New keys are in ${out}.` : ''}`,
    last:
      alliance === undefined
        ? `Its alliance is not founded yet: koinon org export ${directory} again, once the new keys lie there.`
        : `Propose ${file.right} (koinon member replace): until it is enacted, the old keys speak for ${name}.`,
  };
  return writeEntry(changed, told, options, session);
}

async function ruleOf({
  add,
  remove,
  rule,
  recoveryKey,
}: AdministratorsOptions): Promise<Either<Failure, Policy | undefined>> {
  if (rule !== undefined) return isName(rule) ? E.right(member(rule as ProcessId)) : policyOf(rule);
  if (add.length + remove.length > 0)
    return badInput(
      "say with --rule which administrators speak for it together from now on, such as '2 of (ann, bob, carol)'",
    );
  return recoveryKey === true
    ? E.right(undefined)
    : badInput('nothing is to change: name it with --add, --remove, --rule or --recovery-key');
}
