/**
 * What is recorded for good of a proposal that has ended: what was signed, by whom, and what became of it (spec/management.md,
 * "Records"). Records are chained by digests; governance keeps the head, servers keep the records beside the log.
 */
import { toHex, utf8 } from '../../prelude/bytes.js';
import { readAll, type Reader, Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { Ed25519Verify } from '../../schemes/ed25519/encoding.js';
import { type Act, checkOrganizationAct, decodeAct } from '../acts/act.js';
import { decodeBody, type OrganizationBody } from '../acts/act-body.js';
import type { Alliance } from '../alliance.js';
import { allianceIdOf, configurationDigestOf } from '../alliance-codec.js';
import { type Ending, endings, type Proposal } from './governance.js';
import { maxActBytes, maxItems, readDigest, readName } from './snapshot-parts.js';

const form = 'koinon proposal history v1';

const maxEndingLength = 16;

/** The head of the chain before anything has ended. */
export function firstHead(configuration: Digest): Digest {
  return digest(utf8(form), configuration);
}

/** Its digest is the next head. */
export function encodeRecord(
  previous: Digest,
  { act, ballots }: Pick<Proposal, 'act' | 'ballots'>,
  ending: Ending,
): Uint8Array {
  const votes = [...ballots].sort(([a], [b]) => (a < b ? -1 : 1));
  const writer = new Writer().text(form).fixed(previous).bytes(act).text(ending);
  return writer.list(votes, (each, [name, ballot]) => each.text(name).bytes(ballot.act)).finish();
}

type Said<Tag extends OrganizationBody['_tag']> = Extract<OrganizationBody, { _tag: Tag }>;

/** A proposal that has ended, and who signed what. */
export interface ProposalRecord {
  readonly author: string;
  readonly said: Said<'propose'>;
  readonly ending: Ending;
  readonly ballots: readonly { readonly organization: string; readonly said: Said<'ballot'> }[];
}

export type RecordError =
  | { readonly _tag: 'NotARecord'; readonly expected: string }
  /** So many records follow from none that is there. */
  | { readonly _tag: 'RecordsMissing'; readonly after: Digest; readonly count: number }
  | { readonly _tag: 'NotSigned'; readonly organization: string };

/** One line for people. */
export function describeRecordError(error: RecordError): string {
  switch (error._tag) {
    case 'NotARecord':
      return `it is no record of a proposal: expected ${error.expected}`;
    case 'RecordsMissing':
      return `${error.count} records follow from none that is there: what ended after ${toHex(error.after)} is missing, and other servers may have it`;
    case 'NotSigned':
      return `what ${error.organization} is said to have signed is signed under no document of the history`;
  }
}

export interface RecordChain {
  readonly records: readonly ProposalRecord[];
  /** What governance has as head, if nothing has ended since. */
  readonly head: Digest;
}

/**
 * All records, in the order in which proposals ended, once every signature was checked.
 *
 * @param files - the bytes of records, in any order.
 * @param documents - of all epochs, the founding document first.
 */
export function readRecords(
  files: readonly Uint8Array[],
  documents: readonly [Alliance, ...Alliance[]],
  verify: Ed25519Verify,
): Either<RecordError, RecordChain> {
  const following = new Map<string, ChainedRecord>();
  for (const bytes of files) {
    const read = readAll(bytes, (reader) => readRecord(reader, bytes));
    if (E.isLeft(read)) return E.left({ _tag: 'NotARecord', expected: read.left.expected });
    following.set(toHex(read.right.previous), read.right);
  }
  const records: ProposalRecord[] = [];
  let head = firstHead(configurationDigestOf(documents[0]));
  for (let next = following.get(toHex(head)); next !== undefined; next = following.get(toHex(head))) {
    const stranger = next.acts.find((act) => !isSigned(act, documents, verify));
    if (stranger !== undefined) return E.left({ _tag: 'NotSigned', organization: stranger.author.name });
    records.push(next.record);
    head = next.head;
  }
  const count = following.size - records.length;
  return count > 0 ? E.left({ _tag: 'RecordsMissing', after: head, count }) : E.right({ records, head });
}

type OrganizationAct = Act & { readonly author: { readonly _tag: 'organization' } };

interface ChainedRecord {
  readonly previous: Digest;
  readonly head: Digest;
  readonly record: ProposalRecord;
  readonly acts: readonly OrganizationAct[];
}

function readRecord(reader: Reader, bytes: Uint8Array): ChainedRecord {
  if (reader.text(form.length) !== form) reader.fail(form);
  const previous = readDigest(reader);
  const proposal = readSaid(reader, 'propose');
  const named = reader.text(maxEndingLength);
  const ending = endings.find((each) => each === named) ?? reader.fail('how a proposal ended');
  const ballots = reader.list(maxItems, (each) => {
    const name = readName(each);
    const ballot = readSaid(each, 'ballot');
    return ballot.act.author.name === name ? ballot : each.fail(`a ballot of ${name}`);
  });
  const record: ProposalRecord = {
    author: proposal.act.author.name,
    said: proposal.said,
    ending,
    ballots: ballots.map(({ act, said }) => ({ organization: act.author.name, said })),
  };
  return { previous, head: digest(bytes), record, acts: [proposal, ...ballots].map(({ act }) => act) };
}

/** An act, and what it says: of this kind, and of an organization. */
function readSaid<Tag extends 'propose' | 'ballot'>(
  reader: Reader,
  tag: Tag,
): { readonly act: OrganizationAct; readonly said: Said<Tag> } {
  const act = decodeAct(reader.bytes(maxActBytes));
  if (E.isLeft(act) || !isOfOrganization(act.right)) return reader.fail('an act of an organization');
  const body = decodeBody(act.right.body);
  if (E.isLeft(body) || body.right._tag !== tag) return reader.fail(tag);
  return { act: act.right, said: body.right as Said<Tag> };
}

function isOfOrganization(act: Act): act is OrganizationAct {
  return act.author._tag === 'organization';
}

/** By those who spoke for it in some epoch: ballots may come an epoch later than what they are about. */
function isSigned(act: OrganizationAct, documents: readonly [Alliance, ...Alliance[]], verify: Ed25519Verify): boolean {
  const allianceId = allianceIdOf(documents[0]);
  const authorities = documents.flatMap(({ organizations }) =>
    organizations.filter(({ name }) => name === act.author.name),
  );
  return authorities.some((authority) => checkOrganizationAct(act, allianceId, authority, verify) === undefined);
}
