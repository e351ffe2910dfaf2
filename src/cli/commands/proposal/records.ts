/** `koinon proposal records`: every proposal that has ended, and who signed what, from a server's directory alone. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { Alliance } from '../../../management/alliance.js';
import {
  describeRecordError,
  type ProposalRecord,
  type RecordChain,
  readRecords,
} from '../../../management/governance/proposal-record.js';
import { decodeActions } from '../../../management/proposals/action-codec.js';
import { ed25519Verify } from '../../../schemes/ed25519/ed25519.js';
import { folderNames, recordSuffix } from '../../../server/directory/layout.js';
import { describeAction } from '../../governance/action-showing.js';
import { row } from '../../governance/proposal-showing.js';
import { readInput } from '../../input-bytes.js';
import { jsonOption } from '../../options.js';
import { answeredNo, badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Printable, Session } from '../../session.js';
import { verifiedHistory } from '../../verified-history.js';

const help = `
Every server keeps in ${folderNames.proposals}/ what was signed about each proposal: by its author, and in each ballot. The records are
chained; governance has the head of the chain (koinon proposal list --json), so none can be left out or changed unseen.

Exit status: 0 all hold, 1 they do not, 2 they cannot be read.`;

/** A proposal of the largest size, and a ballot of each organization. */
const maxRecordBytes = 64 << 20;

interface RecordsOptions {
  readonly json?: boolean;
}

export function registerProposalRecords(proposal: Command, session: Session): void {
  proposal
    .command('records')
    .description('all proposals that have ended, and who signed what: without any server')
    .argument('<directory>', 'of a server')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((directory: string, options: RecordsOptions) => list(directory, options, session)));
}

async function list(directory: string, { json }: RecordsOptions, session: Session): Promise<Outcome> {
  const folder = join(directory, folderNames.proposals);
  if (!existsSync(directory)) return badInput(`${directory}: there is no such directory`);
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(recordSuffix)) : [];
  const history = await verifiedHistory(directory);
  if (E.isLeft(history)) return history;
  const files: Uint8Array[] = [];
  for (const name of names) {
    const read = await readInput(join(folder, name), maxRecordBytes, session.io);
    if (E.isLeft(read)) return read;
    files.push(read.right);
  }
  const [first, ...others] = history.right.history.map(({ document }) => document);
  const documents: readonly [Alliance, ...Alliance[]] = [present(first, 'a history has an epoch'), ...others];
  const chain = readRecords(files, documents, ed25519Verify);
  if (E.isRight(chain)) {
    session.print(showRecords(chain.right), json);
    return succeeded;
  }
  const reason = describeRecordError(chain.left);
  session.print({ json: { valid: false, error: chain.left._tag, reason }, lines: [`NOT VALID: ${reason}`] }, json);
  return answeredNo;
}

function showRecords({ records, head }: RecordChain): Printable {
  const count = records.length === 1 ? '1 proposal has ended' : `${records.length} proposals have ended`;
  return {
    json: { valid: true, head: toHex(head), proposals: records.map(recordJson) },
    lines: [`VALID: ${count}`, row('head', toHex(head)), ...records.flatMap(describeRecord)],
  };
}

function recordJson(record: ProposalRecord): object {
  const { author, ending, said } = record;
  return {
    author,
    ending,
    base: toHex(said.base),
    actions: actionsIn(record),
    yes: votes(record, true),
    no: votes(record, false),
  };
}

function describeRecord(record: ProposalRecord): readonly string[] {
  const sides = [
    ['yes', votes(record, true)],
    ['no', votes(record, false)],
  ] as const;
  return [
    '',
    `${record.author} proposed: ${record.ending}`,
    ...actionsIn(record).map((action, index) => row(index === 0 ? 'to do' : '', action)),
    ...sides.flatMap(([side, names]) => (names.length === 0 ? [] : [row(side, names.join(', '))])),
  ];
}

function votes({ ballots }: ProposalRecord, accepts: boolean): readonly string[] {
  return ballots.filter(({ said }) => said.accepts === accepts).map(({ organization }) => organization);
}

function actionsIn({ said }: ProposalRecord): readonly string[] {
  const actions = decodeActions(said.actions);
  return E.isRight(actions) ? actions.right.map(describeAction) : ['what this koinon cannot read'];
}
