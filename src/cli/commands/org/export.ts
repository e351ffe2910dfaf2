/** `koinon org export`: what the others may know of an organization, signed by every key that it names. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { exportDigest, printExport } from '../../../management/founding/organization-export-codec.js';
import { exportOrganization, loadOrganization } from '../../../server/founding/organization-directory.js';
import { describeOrganizationError } from '../../../server/founding/organization-errors.js';
import { jsonOption } from '../../options.js';
import { badInput, type Outcome, succeeded } from '../../outcome.js';
import { writeOutput } from '../../output-file.js';
import type { Session } from '../../session.js';
import { describeContent } from './content-description.js';

interface ExportOptions {
  readonly out?: string;
  readonly json?: boolean;
}

export function registerOrgExport(org: Command, session: Session): void {
  org
    .command('export')
    .description('write what the others may know of an organization: public keys and addresses, and no secret')
    .argument('<directory>', 'of the organization')
    .option('-o, --out <file>', 'entry.json in the directory if absent')
    .addOption(jsonOption())
    .action(session.action((directory: string, options: ExportOptions) => exportEntry(directory, options, session)));
}

async function exportEntry(directory: string, options: ExportOptions, session: Session): Promise<Outcome> {
  const organization = await loadOrganization(directory)();
  if (E.isLeft(organization)) return badInput(describeOrganizationError(organization.left));
  const exported = await exportOrganization(organization.right)();
  if (E.isLeft(exported)) return badInput(describeOrganizationError(exported.left));
  const file = options.out ?? join(directory, 'entry.json');
  const written = writeOutput(file, printExport(exported.right), '--out');
  if (E.isLeft(written)) return written;
  const { json, lines } = describeContent(exported.right, exportDigest(exported.right));
  const { name } = exported.right.organization;
  session.print(
    {
      json: { file, ...json },
      lines: [
        `Wrote ${file}, what the others may know of ${name}: no secret is in it.`,
        ...lines,
        'Send it to the others, and read the words out to them over another channel.',
      ],
    },
    options.json,
  );
  return succeeded;
}
