/** `koinon member acknowledge`: an organization that is to be admitted reads the draft of the change, and signs that it has. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { decodeJson } from '../../../prelude/codec.js';
import { shortHex } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import { signedAct, stillToSign, unsignedAct } from '../../../client/governance/act-signing.js';
import { encodeAct } from '../../../management/acts/act.js';
import { describeDirectoryError } from '../../../server/directory/errors.js';
import { fileModes, replaceFile } from '../../../server/directory/durable-files.js';
import { folderNames, serverPath } from '../../../server/directory/layout.js';
import { errorReason, readTextFile } from '../../../server/directory/text-files.js';
import { differingParts } from '../../../server/founding/acknowledgement.js';
import {
  loadOrganization,
  type OrganizationDirectory,
  readAdministrators,
} from '../../../server/founding/organization-directory.js';
import { describeOrganizationError } from '../../../server/founding/organization-errors.js';
import { actSuffix, draftName } from '../../../server/membership/change-files.js';
import { type DraftFile, draftFileCodec, maxDraftBytes } from '../../../server/membership/draft-codec.js';
import { ed25519Sign } from '../../../schemes/ed25519/ed25519.js';
import { jsonOption } from '../../options.js';
import { answeredNo, badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';
import { row } from '../../spoken-rows.js';

const help = `
One of the organization's servers must run (koinon serve): it follows the log of the alliance, and shows the draft once the proposal
to admit the organization has been accepted. The draft is compared with what the organization exported, and shown; then the
administrators sign. The server brings what they have signed into the log.

Example:
  koinon member acknowledge hooli

Exit status: 0 signed, 1 more administrators have to sign, 2 there is no draft, or it is another one than was exported.`;

interface AcknowledgeOptions {
  readonly key?: readonly string[];
  readonly json?: boolean;
}

export function registerMemberAcknowledge(member: Command, session: Session): void {
  member
    .command('acknowledge')
    .description('of an organization that is to be admitted: compare the draft, and sign that it is right')
    .argument('<organization>', 'its directory')
    .option('--key <file>', 'of an administrator; may be repeated (if absent, those in the directory)', repeated)
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((path: string, options: AcknowledgeOptions) => acknowledge(path, options, session)));
}

function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

async function acknowledge(path: string, options: AcknowledgeOptions, session: Session): Promise<Outcome> {
  const organization = await loadOrganization(path)();
  if (E.isLeft(organization)) return badInput(describeOrganizationError(organization.left));
  const draft = await readDraft(organization.right);
  if (E.isLeft(draft)) return draft;
  const { organization: own } = organization.right.content;
  const listed = draft.right.organizations.find(({ name }) => name === own.name);
  const parts = listed === undefined ? ['its entry'] : differingParts(own, listed);
  if (parts.length > 0)
    return badInput(describeOrganizationError({ _tag: 'OwnEntryDiffers', organization: own.name, parts }));
  const seeds = await readAdministrators(organization.right, options.key ?? [])();
  if (E.isLeft(seeds)) return badInput(describeOrganizationError(seeds.left));
  const { change, draft: digest, allianceId } = draft.right;
  const keys = [...seeds.right].map(([name, seed]) => ({
    name,
    sign: (bytes: Uint8Array) => ed25519Sign(seed, bytes),
  }));
  const unsigned = unsignedAct(own.name, { _tag: 'acknowledge', number: Date.now(), change, draft: digest });
  const act = signedAct(unsigned, allianceId, own, keys);
  const missing = stillToSign(own, act);
  if (missing !== undefined) {
    session.note(
      `The administrators whose keys are here do not speak for ${own.name} alone: ${missing}. Give their keys with --key.`,
    );
    return answeredNo;
  }
  const left = leave(organization.right, change, encodeAct(act));
  if (E.isLeft(left)) return left;
  session.print(
    {
      json: { organization: own.name, change, draft: shortHex(digest), epoch: draft.right.epoch, servers: left.right },
      lines: [
        ...describeDraft(draft.right),
        `${own.name} has acknowledged change ${change}; ${left.right.join(', ')} brings it into the log while it runs.`,
      ],
    },
    options.json,
  );
  return succeeded;
}

/** The newest that a server of the organization shows. */
async function readDraft({ path, content }: OrganizationDirectory): Promise<Either<Failure, DraftFile>> {
  const { servers, name } = content.organization;
  const found: DraftFile[] = [];
  for (const { id } of servers) {
    for (const file of draftsOf(serverPath(path, id))) {
      const text = await readTextFile(file, maxDraftBytes)();
      if (E.isLeft(text)) return badInput(describeDirectoryError(text.left));
      const draft = decodeJson(draftFileCodec, text.right);
      if (E.isLeft(draft)) return badInput(`${file}: at ${draft.left.path}: expected ${draft.left.expected}`);
      found.push(draft.right);
    }
  }
  const newest = found.sort((a, b) => b.change - a.change)[0];
  if (newest !== undefined) return E.right(newest);
  const [example] = servers;
  return badInput(
    `${path}: no server of ${name} shows a draft yet: run one (koinon serve ${example === undefined ? path : serverPath(path, example.id)}), ` +
      'and try again when the proposal to admit the organization has been accepted',
  );
}

function draftsOf(server: string): readonly string[] {
  const moves = join(server, folderNames.moves);
  const names = existsSync(moves) ? readdirSync(moves) : [];
  return names.map((name) => join(moves, name, draftName)).filter((file) => existsSync(file));
}

/** For every server of the organization to bring, whichever runs. */
function leave(
  { path, content }: OrganizationDirectory,
  change: number,
  act: Uint8Array,
): Either<Failure, readonly string[]> {
  const ids = content.organization.servers.map(({ id }) => id);
  for (const id of ids) {
    const folder = join(serverPath(path, id), folderNames.acts);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      replaceFile(join(folder, `acknowledge-${change}${actSuffix}`), act, fileModes.secret);
    } catch (error) {
      return badInput(`${folder}: cannot be written (${errorReason(error)})`);
    }
  }
  return E.right(ids);
}

function describeDraft({ epoch, trust, organizations }: DraftFile): readonly string[] {
  return [
    `The draft of epoch ${epoch}:`,
    row('trust model', trust),
    ...organizations.map(({ name, servers }) =>
      row(name, servers.map(({ id, host, port }) => `${id} at ${host}:${port}`).join(', ')),
    ),
  ];
}
