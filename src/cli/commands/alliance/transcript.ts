/** `koinon alliance transcript`: what was said while the keys of one change moved, judged again. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { Alliance } from '../../../management/alliance.js';
import type { CeremonyFault } from '../../../schemes/ceremony/fault.js';
import type { MovesOutcome, NamedCulprit } from '../../../management/changes/moves-outcome.js';
import {
  describeTranscriptError,
  namesTranscript,
  type ReplayedTranscript,
  replayTranscript,
} from '../../../management/governance/transcript.js';
import { keyIdOf } from '../../../schemes/public-key.js';
import { folderNames } from '../../../server/directory/layout.js';
import { describeAction } from '../../governance/action-showing.js';
import { row } from '../../governance/proposal-showing.js';
import { readInput } from '../../input-bytes.js';
import { jsonOption } from '../../options.js';
import { answeredNo, type Outcome, succeeded } from '../../outcome.js';
import type { Printable, Session } from '../../session.js';
import { verifiedHistory } from '../../verified-history.js';

const help = `
Servers keep in ${folderNames.transcripts}/ what was said in each change while keys were generated, refreshed or moved. The document to
which the change led names the digest of that. Here all of it is judged again, dealing for dealing and complaint for complaint,
and has to come to the keys of that document. Check the history itself by koinon alliance verify.

Exit status: 0 it does, 1 it does not, 2 something cannot be read.`;

/** As long as what a server may have heard in one change. */
const maxTranscriptBytes = 300 << 20;

interface TranscriptOptions {
  readonly history: string;
  readonly json?: boolean;
}

export function registerAllianceTranscript(alliance: Command, session: Session): void {
  alliance
    .command('transcript')
    .description('judge again what was said while keys were made or moved, without any server')
    .argument('<file>', `such as ${folderNames.transcripts}/change-3.transcript of a server`)
    .requiredOption('--history <path>', 'the history of the alliance, or the directory that holds it')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((file: string, options: TranscriptOptions) => judge(file, options, session)));
}

async function judge(file: string, { history: path, json }: TranscriptOptions, session: Session): Promise<Outcome> {
  const transcript = await readInput(file, maxTranscriptBytes, session.io);
  if (E.isLeft(transcript)) return transcript;
  const history = await verifiedHistory(path);
  if (E.isLeft(history)) return history;
  const documents = history.right.history.map(({ document }) => document);
  const place = documents.findIndex((document) => namesTranscript(document, transcript.right));
  if (place < 1) return refuse('UnknownTranscript', describeUnknown(path, documents), session, json);
  const after = present(documents[place], 'the document that names it');
  const before = present(documents[place - 1], 'the document before');
  const replayed = replayTranscript(transcript.right, { before, after, earlier: documents.slice(0, place - 1) });
  if (E.isLeft(replayed)) return refuse(replayed.left._tag, describeTranscriptError(replayed.left), session, json);
  session.print(describeReplayed(replayed.right, after), json);
  return succeeded;
}

/** A change that came later than the history goes is not wrong for that. */
function describeUnknown(path: string, documents: readonly Alliance[]): string {
  const epoch = documents.at(-1)?.epoch ?? 0;
  return `no document of ${path} names it: the history ends with epoch ${epoch}; one that goes further may, such as that of a server`;
}

function refuse(error: string, reason: string, session: Session, json?: boolean): Outcome {
  session.print({ json: { valid: false, error, reason }, lines: [`NOT VALID: ${reason}`] }, json);
  return answeredNo;
}

function describeReplayed({ change, actions, moves }: ReplayedTranscript, { epoch }: Alliance): Printable {
  const { outcome, entries } = moves;
  const asked = actions.map(describeAction);
  const keys = [...outcome.keys].map(([role, key]) => ({
    role,
    keyId: toHex(keyIdOf(key)),
    ...movedBy(outcome, role),
  }));
  const culprits = outcome.culprits.map(({ process, role, attempt, fault }) => ({
    process,
    role,
    attempt,
    fault: fault._tag,
  }));
  return {
    json: { valid: true, change, epoch, asked, messages: entries.length, keys, culprits },
    lines: [
      `VALID: what was said in change ${change}, ${entries.length} messages, leads to the document of epoch ${epoch}`,
      ...asked.map((line, index) => row(index === 0 ? 'asked for' : '', line)),
      ...keys.flatMap(({ role, keyId, kind, attempts, holders }) => [
        row('key', `${role}, ${keyId}`),
        row('', `${kind}${attempts > 1 ? `, in attempt ${attempts}` : ''}`),
        ...(holders.length === 0 ? [] : [row('', `shares were dealt to ${holders.join(', ')}`)]),
      ]),
      ...outcome.culprits.map((culprit) => row('PROVEN WRONG', describeCulprit(culprit))),
    ],
  };
}

/** A key that no ceremony moved is what holders brought, or have kept. */
function movedBy({ sharings }: MovesOutcome, role: string) {
  const sharing = sharings.findLast((one) => one.role === role && one.isCommitted);
  return { kind: sharing?.kind ?? 'kept or brought', attempts: sharing?.attempt ?? 0, holders: sharing?.holders ?? [] };
}

function describeCulprit({ process, role, attempt, fault }: NamedCulprit): string {
  return `${process}, key ${role}, attempt ${attempt}: ${faults[fault._tag]}`;
}

const faults: Readonly<Record<CeremonyFault['_tag'], string>> = {
  MalformedBytes: 'said what no server writes',
  WrongRoot: 'dealt something else than its share',
  NotAsCommitted: 'dealt something else than it had committed to',
  NoProofOfKnowledge: 'showed no knowledge of what it dealt',
  BadBox: 'sealed something else for a receiver than it had committed to',
  BadMask: 'sealed a mask that is not what it had committed to',
  WrongQuotient: 'dealt something else than the quotient of its share',
  FalseComplaint: 'complained of what was right',
};
