/** `koinon alliance acknowledge`: an organization compares a founding document, signs it, and takes in what the others have signed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { printConsents } from '../../../management/founding/consent-codec.js';
import type { Consent } from '../../../management/founding-consent.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { printTrust } from '../../../quorum/trust/trust-text.js';
import { readDocumentAt } from '../../../server/directory/alliance-directory.js';
import type { AllianceDocument } from '../../../server/directory/directory-documents.js';
import { describeDirectoryError } from '../../../server/directory/errors.js';
import { fileModes, replaceFile } from '../../../server/directory/durable-files.js';
import { applicationPath, fileNames, serverPath } from '../../../server/directory/layout.js';
import { errorReason } from '../../../server/directory/text-files.js';
import { checkOwnPart, gatherConsents, readConsents } from '../../../server/founding/acknowledgement.js';
import { completeDirectories } from '../../../server/founding/completion.js';
import { consentOf } from '../../../server/founding/consents.js';
import {
  loadOrganization,
  type OrganizationDirectory,
  readAdministrators,
} from '../../../server/founding/organization-directory.js';
import { describeOrganizationError } from '../../../server/founding/organization-errors.js';
import { compareWords } from '../../confirmation.js';
import { jsonOption } from '../../options.js';
import { answeredNo, badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import { writeOutput } from '../../output-file.js';
import type { Session } from '../../session.js';
import { row, spokenRows, spokenText } from '../../spoken-rows.js';
import { describeGovernance } from './governance-description.js';

const help = `
First it is compared: the organization must stand in the document as it has exported itself, and no gate may stand that the document
does not name. Who decides what, and the terms, are shown. Then a person compares the words with what all the others read out, and the administrators sign.
With --merge it takes in what the others have sent. Once all have signed, the history and the document are put into the directories
of the organization's servers and applications, which then start.

Examples:
  koinon alliance acknowledge alliance.json acme
  koinon alliance acknowledge alliance.json acme --key ann.key --key bob.key
  koinon alliance acknowledge alliance.json acme --merge globex.founded initech.founded umbrella.founded

Exit status: 0 signed, or complete; 1 nothing was signed, or not all have signed yet; 2 the document is refused.`;

interface AcknowledgeOptions {
  readonly key?: readonly string[];
  readonly merge?: readonly string[];
  readonly expect?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function registerAllianceAcknowledge(alliance: Command, session: Session): void {
  alliance
    .command('acknowledge')
    .description('compare a founding document and sign it; take in what the others have signed')
    .argument('<document>', 'that koinon alliance assemble has written')
    .argument('<directory>', 'of the organization')
    .option('--key <file>', 'of an administrator; may be repeated (if absent, those in the directory)', repeated)
    .option('--expect <words>', 'the words of the alliance, as the others read them out')
    .option('--merge <files...>', 'what other organizations have signed')
    .option('-o, --out <file>', `for what was signed; ${fileNames.founded} in the directory if absent`)
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((document: string, directory: string, options: AcknowledgeOptions) =>
        acknowledge({ document, directory }, options, session),
      ),
    );
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function acknowledge(
  paths: { readonly document: string; readonly directory: string },
  options: AcknowledgeOptions,
  session: Session,
): Promise<Outcome> {
  const organization = await loadOrganization(paths.directory)();
  if (E.isLeft(organization)) return badInput(describeOrganizationError(organization.left));
  const document = await readDocumentAt(paths.document)();
  if (E.isLeft(document)) return badInput(describeDirectoryError(document.left));
  const { epoch } = document.right.alliance;
  if (epoch !== 1)
    return badInput(`${paths.document}: a document of epoch ${epoch}: only a founding document is acknowledged`);
  const own = checkOwnPart(organization.right.content, document.right);
  if (E.isLeft(own)) return badInput(`${paths.document}: ${describeOrganizationError(own.left)}`);
  const scene = { organization: organization.right, document: document.right };
  return options.merge === undefined
    ? sign(scene, options, session)
    : merge(scene, { ...options, merge: options.merge }, session);
}

interface Scene {
  readonly organization: OrganizationDirectory;
  readonly document: AllianceDocument;
}

async function sign(
  { organization, document }: Scene,
  options: AcknowledgeOptions,
  session: Session,
): Promise<Outcome> {
  const file = options.out ?? join(organization.path, fileNames.founded);
  const before = await ownConsents(file, document);
  if (E.isLeft(before)) return before;
  const seeds = await readAdministrators(organization, options.key ?? [])();
  if (E.isLeft(seeds)) return badInput(describeOrganizationError(seeds.left));
  const { alliance, allianceId } = document;
  const own = organization.content.organization;
  session.note(`${own.name} stands in the document as it has exported itself.`);
  for (const line of describeDocument(document)) session.note(line);
  if (options.expect === undefined) session.note(row('alliance', 'in words:'));
  const question = 'Do all other organizations read the same words?';
  const compared = await compareWords(allianceId, { heard: options.expect, option: '--expect', question }, session);
  if (E.isLeft(compared)) return compared;
  const signed = [...before.right, consentOf(own, allianceId, seeds.right)];
  const { consents, missing } = gatherConsents({ ...document, alliance }, signed);
  const written = replace(file, printConsents({ allianceId, consents }));
  if (E.isLeft(written)) return written;
  const isComplete = !missing.includes(own.name);
  const by = [...seeds.right.keys()].sort();
  session.print(
    {
      json: { file, allianceId: toHex(allianceId), words: spokenText(allianceId), signedBy: by, isComplete },
      lines: [
        `Signed for ${own.name} by ${by.join(', ')}: ${file}.`,
        ...spokenRows('alliance', allianceId),
        isComplete
          ? 'Send it to the others, and take in what they send with --merge.'
          : `It is not enough yet: ${printPolicy(own.rule)} speaks for ${own.name}. The others sign the same way, with --key.`,
      ],
    },
    options.json,
  );
  return succeeded;
}

/** What was signed here before, if anything: of this document, for an organization founds one. */
async function ownConsents(file: string, document: AllianceDocument): Promise<Either<Failure, readonly Consent[]>> {
  if (!existsSync(file)) return E.right([]);
  const read = await readConsents([file], document)();
  if (E.isRight(read)) return read;
  const remedy =
    read.left._tag === 'ConsentToAnother' ? '; if that founding was given up by all, remove the file first' : '';
  return badInput(`${describeOrganizationError(read.left)}${remedy}`);
}

function replace(file: string, content: string): Either<Failure, void> {
  try {
    replaceFile(file, content, fileModes.public);
    return E.right(undefined);
  } catch (error) {
    return badInput(`${file}: cannot be written (${errorReason(error)})`);
  }
}

function describeDocument({ alliance }: AllianceDocument): readonly string[] {
  return [
    row('trust', printTrust(alliance.trust)),
    ...alliance.organizations.map(({ name, servers }, index) =>
      row(
        index === 0 ? 'members' : '',
        `${name}, with ${servers.map(({ id, host, port }) => `${id} at ${host}:${port}`).join(', ')}`,
      ),
    ),
    ...describeGovernance(alliance).map(([label, text]) => row(label, text)),
  ];
}

async function merge(
  { organization, document }: Scene,
  options: AcknowledgeOptions & { readonly merge: readonly string[] },
  session: Session,
): Promise<Outcome> {
  const { path } = organization;
  const own = join(path, fileNames.founded);
  const read = await readConsents([...(existsSync(own) ? [own] : []), ...options.merge], document)();
  if (E.isLeft(read)) return badInput(describeOrganizationError(read.left));
  const { consents, missing } = gatherConsents(document, read.right);
  const { alliance, allianceId } = document;
  if (options.out !== undefined) {
    const written = writeOutput(options.out, printConsents({ allianceId, consents }), '--out');
    if (E.isLeft(written)) return written;
  }
  if (missing.length > 0) {
    const lines = [`NOT FOUNDED yet: ${missing.join(', ')} ${missing.length === 1 ? 'has' : 'have'} not signed.`];
    session.print({ json: { founded: false, missing }, lines }, options.json);
    return answeredNo;
  }
  const context = { alliance, history: [{ document: alliance, founded: consents }] };
  const completed = completeDirectories(organization, context, false);
  if (E.isLeft(completed)) return badInput(describeOrganizationError(completed.left));
  const { servers, applications } = completed.right;
  session.print(
    {
      json: { founded: true, allianceId: toHex(allianceId), missing, servers, applications },
      lines: [
        `Founded: all ${alliance.organizations.length} organizations have signed, which ${join(path, fileNames.history)} shows.`,
        ...spokenRows('alliance', allianceId),
        ...servers.map((id) => row('server', `koinon serve ${serverPath(path, id)}`)),
        ...applications.map((id) => row('application', applicationPath(path, id))),
      ],
    },
    options.json,
  );
  return succeeded;
}
