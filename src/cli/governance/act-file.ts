/** Acts in files: written to be signed by others, read and checked before they are signed or sent. */
import { writeFileSync } from 'node:fs';
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { type DraftedAct, gatesInTheWay, readProposal } from '../../client/governance/intentions.js';
import { actDigest, decodeAct, encodeAct } from '../../management/acts/act.js';
import { decodeBody, type OrganizationBody } from '../../management/acts/act-body.js';
import type { OrganizationEntry } from '../../management/alliance.js';
import { configurationDigestOf } from '../../management/alliance-codec.js';
import { describeManagementError } from '../../management/governance/errors.js';
import type { Action } from '../../management/proposals/action.js';
import { dryRun, type Examination } from '../../management/proposals/dry-run.js';
import { fileModes, replaceFile } from '../../server/directory/durable-files.js';
import { errorReason, readTextFile } from '../../server/directory/text-files.js';
import { describeReading } from '../input-bytes.js';
import { badInput, type Failure } from '../outcome.js';
import { type ActFile, maxActFileBytes, parseActFile, printActFile } from './act-file-codec.js';

export function writeActFile(path: string, { act, document, about }: DraftedAct): Either<Failure, void> {
  const file = { act: encodeAct(act), document, ...(about === undefined ? {} : { about }) };
  return writeNew(path, printActFile(file));
}

/** The same act with more signatures, in the same file: the old one, or the new one, whatever happens. */
export function rewriteActFile(path: string, { act, document, about }: DraftedAct): Either<Failure, void> {
  const file = { act: encodeAct(act), document, ...(about === undefined ? {} : { about }) };
  return attempt(path, () => {
    replaceFile(path, printActFile(file), fileModes.public);
  });
}

/** Nothing that is there is overwritten. */
export function writeNew(path: string, content: string | Uint8Array): Either<Failure, void> {
  return attempt(path, () => {
    writeFileSync(path, content, { flag: 'wx' });
  });
}

function attempt(path: string, write: () => void): Either<Failure, void> {
  try {
    write();
    return E.right(undefined);
  } catch (error) {
    return badInput(`${path}: cannot be written (${errorReason(error)})`);
  }
}

/** What the act in a file says; with what its actions do, where it is about any. */
export interface ReadAct extends DraftedAct {
  readonly actions: readonly Action[];
}

export async function readActFile(path: string): Promise<Either<Failure, ReadAct>> {
  const text = await readTextFile(path, maxActFileBytes)();
  if (E.isLeft(text)) return badInput(describeReading(text.left));
  const file = parseActFile(text.right);
  if (E.isLeft(file)) return badInput(`${path}: at ${file.left.path}: expected ${file.left.expected}`);
  return E.mapLeft((failure: Failure): Failure => ({ ...failure, message: `${path}: ${failure.message}` }))(
    readAct(file.right),
  );
}

function readAct(file: ActFile): Either<Failure, ReadAct> {
  const act = decodeAct(file.act);
  const body = E.isRight(act) ? decodeBody(act.right.body) : act;
  if (E.isLeft(act) || E.isLeft(body)) return badInput('expected an act of an organization');
  if (act.right.author._tag !== 'organization' || !('number' in body.right))
    return badInput('expected an act of an organization');
  const { name } = act.right.author;
  const shown = examinedIn(file, body.right);
  if (E.isLeft(shown)) return shown;
  const authority = authorityIn(file, body.right, shown.right.examination, name);
  if (authority === undefined) return badInput(`${name} is no member of the alliance whose document is in it`);
  const { actions, examination } = shown.right;
  const about = file.about === undefined ? {} : { about: file.about };
  const drafted = { act: act.right, body: body.right, authority, document: file.document, actions, ...about };
  return E.right(examination === undefined ? drafted : { ...drafted, examination });
}

interface ExaminedAct {
  readonly actions: readonly Action[];
  readonly examination?: Examination;
}

/** What it proposes, or what the proposal that it is about does: computed here, whatever the file says. */
function examinedIn({ document, act, about }: ActFile, body: OrganizationBody): Either<Failure, ExaminedAct> {
  const proposal = readProposal(body._tag === 'propose' ? act : (about ?? new Uint8Array()));
  if (proposal === undefined) return badInput('the proposal that it is about is not in it');
  const { actions, body: proposed } = proposal;
  if ('proposal' in body && !equalBytes(body.proposal, actDigest(proposal.act)))
    return badInput('it is about another proposal than the one that is in it');
  const change = body._tag === 'acknowledge' ? body.change : document.change + 1;
  const examination = dryRun(document, actions, { overrides: proposed.overrides, change });
  if (E.isLeft(examination)) return badInput(describeManagementError(examination.left));
  if (body._tag !== 'propose') return E.right({ actions, examination: examination.right });
  if (!equalBytes(proposed.base, configurationDigestOf(document)))
    return badInput('it is written against another document than the one that is in it');
  if (!equalBytes(proposed.effect, examination.right.effect))
    return badInput('what it says of its effect is not what its actions do');
  const refused = gatesInTheWay(examination.right, proposed.overrides);
  if (refused !== undefined) return badInput(describeManagementError(refused));
  return E.right({ actions, examination: examination.right });
}

function authorityIn(
  { document }: ActFile,
  { _tag }: OrganizationBody,
  examination: Examination | undefined,
  organization: string,
): OrganizationEntry | undefined {
  const next = _tag === 'acknowledge' ? examination?.draft?.document : undefined;
  return (next ?? document).organizations.find(({ name }) => name === organization);
}
