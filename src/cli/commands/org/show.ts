/** `koinon org show`: what an organization has exported, and whether all keys in it have signed it. */
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { describeKey } from '../../../management/founding/organization-export.js';
import { exportDigest } from '../../../management/founding/organization-export-codec.js';
import { readExportUnproven, unprovenIn } from '../../../server/founding/assembly.js';
import { describeOrganizationError } from '../../../server/founding/organization-errors.js';
import { jsonOption } from '../../options.js';
import { answeredNo, badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';
import { row } from '../../spoken-rows.js';
import { describeContent } from './content-description.js';

const help = `
Compare the words with what the organization reads out over another channel: whoever carried the file could have written it.

Exit status: 0 every key in it has signed it, 1 one has not, 2 it cannot be read.`;

export function registerOrgShow(org: Command, session: Session): void {
  org
    .command('show')
    .description('show what an organization has exported, with the words to compare')
    .argument('<entry>', 'that koinon org export has written')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((file: string, options: { readonly json?: boolean }) => show(file, options, session)));
}

async function show(file: string, options: { readonly json?: boolean }, session: Session): Promise<Outcome> {
  const exported = await readExportUnproven(file)();
  if (E.isLeft(exported)) return badInput(describeOrganizationError(exported.left));
  const unproven = unprovenIn(exported.right).map(describeKey);
  const { json, lines } = describeContent(exported.right, exportDigest(exported.right));
  const verdict =
    unproven.length === 0
      ? [`${exported.right.organization.name}: every key in ${file} has signed it`]
      : [
          `NOT PROVEN: not all keys in ${file} have signed it`,
          ...unproven.map((name, index) => row(index === 0 ? 'unsigned by' : '', name)),
        ];
  session.print(
    { json: { ...json, proven: unproven.length === 0, unproven }, lines: [...verdict, ...lines] },
    options.json,
  );
  return unproven.length === 0 ? succeeded : answeredNo;
}
