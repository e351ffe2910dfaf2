/**
 * Governance in snapshots: canonical bytes of all that is not a function of the rest. Drafts, boards and what signed acts say are
 * made again; so two servers with one state write one snapshot.
 */
import type { Writer } from '../../prelude/canonical.js';
import { type Reader } from '../../prelude/canonical.js';
import type { Digest } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import type { Signature, SignatureShare } from '../../schemes/contract/distributed-signer.js';
import { actDigest, decodeAct } from '../acts/act.js';
import { type ActBody, decodeBody } from '../acts/act-body.js';
import { configurationDigestOf } from '../alliance-codec.js';
import type { Requirement } from '../proposals/approval.js';
import { decodeActions } from '../proposals/action-codec.js';
import { readChange, writeChange } from './change-snapshot.js';
import { enactedSigning } from './enacted.js';
import {
  type Ballot,
  type ClosedProposal,
  endings,
  type Governance,
  keyOf,
  type Proposal,
  type Signing,
} from './governance.js';
import {
  readEpochKeys,
  readPolicy,
  readSharing,
  writeEpochKeys,
  writePolicy,
  writeSharing,
} from './sharing-snapshot.js';
import {
  maxActBytes,
  maxItems,
  readDigest,
  readDocument,
  readId,
  readName,
  readNames,
  readTerm,
  writeDocument,
  writeNames,
  writeTerm,
} from './snapshot-parts.js';
import type { Term } from './term.js';

const maxTextBytes = 16_384;

export function writeGovernance(writer: Writer, governance: Governance): void {
  writeDocument(writer, governance.document);
  const { nowMs, isOfThisEpoch, rounds, readings } = governance.time;
  writer.u64(nowMs).bool(isOfThisEpoch).u64(rounds);
  writeNumbers(writer, readings);
  writeNumbers(writer, governance.heard);
  writeNumbers(writer, governance.numbers);
  writeTerms(writer, governance.suspensions);
  writeTerms(writer, governance.held);
  writer.u64(governance.proposalCount).list([...governance.proposals.values()], writeProposal);
  writeNames(writer, governance.unexamined);
  writer.list(governance.closed, writeClosed).fixed(governance.history);
  writer.list(sorted(governance.proposed), (each, [name, times]) =>
    each.text(name).list(times, (inner, atMs) => inner.u64(atMs)),
  );
  writer.u64(governance.changeCount);
  writer.u64(governance.schedule.enactedMs).u64(governance.schedule.missedMs).u64(governance.schedule.vainRepairs);
  writeNames(writer, governance.culprits);
  writer.list(governance.formerKeys, writeEpochKeys);
  writer.option(governance.change, (each, change) => {
    writeChange(each, change);
    return each;
  });
  writeSigned(writer, governance.enacted);
  writer.list([...governance.signings], (each, [key, signing]) => {
    each.text(key).u64(signing.proposal).text(signing.role).bytes(signing.message);
    return writeSigned(each, signing);
  });
  writer.list(governance.sharings, writeSharing);
  writeNames(writer, governance.without);
  writeNumbers(writer, governance.applicationCounts);
  writeNames(writer, governance.gone.organizations);
  writeNames(writer, governance.gone.servers);
  writer.u64(governance.dryRunSlot);
}

/** Fails at whatever {@link writeGovernance} would not have written. */
export function readGovernance(reader: Reader): Governance {
  const document = readDocument(reader);
  const configuration = configurationDigestOf(document);
  const time = {
    nowMs: reader.u64(),
    isOfThisEpoch: reader.bool(),
    rounds: reader.u64(),
    readings: readNumbers(reader, readId),
  };
  const heard = readNumbers(reader, readId);
  const [numbers, suspensions, held] = [readNumbers(reader, readName), readTerms(reader), readTerms(reader)];
  const proposalCount = reader.u64();
  const proposals = new Map(reader.list(maxItems, readProposal).map((proposal) => [keyOf(proposal.id), proposal]));
  const unexamined = new Set(readNames(reader, readName));
  const closed = reader.list(maxItems, readClosed);
  const history = readDigest(reader);
  const proposed = new Map(
    reader.list(maxItems, (each) => [readName(each), each.list(maxItems, (inner) => inner.u64())] as const),
  );
  const changeCount = reader.u64();
  const schedule = { enactedMs: reader.u64(), missedMs: reader.u64(), vainRepairs: reader.u64() };
  const culprits = new Set(readNames(reader, readId));
  const formerKeys = reader.list(maxItems, readEpochKeys);
  const moving = { document, culprits, formerKeys, proposals };
  const change = reader.option((each) => readChange(each, moving));
  const enacted: Signing = { ...enactedSigning(document, configuration), ...readSigned(reader) };
  const signings = new Map(reader.list(maxItems, readSigning));
  const sharings = reader.list(maxItems, readSharing);
  const without = readNames(reader, readId);
  const applicationCounts = readNumbers(reader, readName);
  const gone = {
    organizations: new Set(readNames(reader, readName)),
    servers: new Set(readNames(reader, readId)),
  };
  const dryRunSlot = reader.u64();
  return {
    document,
    configuration,
    time,
    heard,
    numbers,
    suspensions,
    held,
    proposals,
    proposalCount,
    unexamined,
    closed,
    history,
    proposed,
    change,
    changeCount,
    culprits,
    formerKeys,
    schedule,
    enacted,
    signings,
    sharings,
    without,
    applicationCounts,
    gone,
    dryRunSlot,
  };
}

function sorted<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function writeNumbers(writer: Writer, numbers: ReadonlyMap<string, number>): void {
  writer.list(sorted(numbers), (each, [name, number]) => each.text(name).u64(number));
}

function readNumbers<K>(reader: Reader, key: (reader: Reader) => K): ReadonlyMap<K, number> {
  return new Map(reader.list(maxItems, (each) => [key(each), each.u64()] as const));
}

function writeTerms(writer: Writer, terms: ReadonlyMap<string, Term>): void {
  writer.list(sorted(terms), (each, [name, term]) => writeTerm(each.text(name), term));
}

function readTerms(reader: Reader): ReadonlyMap<string, Term> {
  return new Map(reader.list(maxItems, (each) => [readName(each), readTerm(each)] as const));
}

const proposalStates = ['open', 'accepted', 'executing'] as const;

function writeProposal(writer: Writer, proposal: Proposal): void {
  const { act, number, state, term, isAutonomous, ballots, requirements } = proposal;
  writer.bytes(act).u64(number).u8(proposalStates.indexOf(state));
  writeTerm(writer, term).bool(isAutonomous);
  writer.list(sorted(ballots), (each, [, ballot]) => each.bytes(ballot.act));
  writer.list(requirements, (each, { policy, says, assumed }) => {
    writePolicy(each, policy).text(says);
    writeNames(each, assumed);
    return each;
  });
}

function readProposal(reader: Reader): Proposal {
  const act = Uint8Array.from(reader.bytes(maxActBytes));
  const { author, body, id } = readSaid(reader, act);
  if (body._tag !== 'propose') return reader.fail('the act of a proposal');
  const actions = decodeActions(body.actions);
  if (E.isLeft(actions)) return reader.fail('the actions of a proposal');
  const { effect, overrides } = body;
  const number = reader.u64();
  const state = proposalStates[reader.u8()] ?? reader.fail('the state of a proposal');
  const term = readTerm(reader);
  const isAutonomous = reader.bool();
  const ballots = new Map(reader.list(maxItems, readBallot));
  const requirements = reader.list(maxItems, readRequirement);
  const asked = { author, actions: actions.right, effect, overrides, requirements };
  return { id, number, state, term, ballots, isAutonomous, act, ...asked };
}

function readRequirement(reader: Reader): Requirement {
  return { policy: readPolicy(reader), says: reader.text(maxTextBytes), assumed: readNames(reader, readName) };
}

function readBallot(reader: Reader): readonly [string, Ballot] {
  const act = Uint8Array.from(reader.bytes(maxActBytes));
  const { author, body } = readSaid(reader, act);
  if (body._tag !== 'ballot') return reader.fail('the act of a ballot');
  return [author, { accepts: body.accepts, overrides: body.overrides, act }];
}

/** What was signed, when it was taken. */
function readSaid(reader: Reader, bytes: Uint8Array): { author: string; body: ActBody; id: Digest } {
  const act = decodeAct(bytes);
  if (E.isLeft(act) || act.right.author._tag !== 'organization') return reader.fail('an act of an organization');
  const body = decodeBody(act.right.body);
  if (E.isLeft(body)) return reader.fail('an act');
  return { author: act.right.author.name, body: body.right, id: actDigest(act.right) };
}

function writeClosed(writer: Writer, { id, number, author, ending, why }: ClosedProposal): void {
  writer.fixed(id).u64(number).text(author).u8(endings.indexOf(ending)).text(why);
}

function readClosed(reader: Reader): ClosedProposal {
  const [id, number, author] = [readDigest(reader), reader.u64(), readName(reader)];
  const ending = endings[reader.u8()] ?? reader.fail('how a proposal ended');
  return { id, number, author, ending, why: reader.text(maxTextBytes) };
}

type Signed = Pick<Signing, 'shares' | 'barred' | 'signature'>;

function writeSigned(writer: Writer, { shares, barred, signature }: Signed): Writer {
  writer.list(sorted(shares), (each, [id, share]) => each.text(id).bytes(share));
  writeNames(writer, barred);
  return writer.option(signature, (each, bytes) => each.bytes(bytes));
}

function readSigned(reader: Reader): Signed {
  const shares = new Map(
    reader.list(
      maxItems,
      (each) => [readId(each), Uint8Array.from(each.bytes(maxTextBytes * 4)) as SignatureShare] as const,
    ),
  );
  const barred = new Set(readNames(reader, readId));
  const signature = reader.option((each) => Uint8Array.from(each.bytes(maxTextBytes * 4)) as Signature);
  return signature === undefined ? { shares, barred } : { shares, barred, signature };
}

function readSigning(reader: Reader): readonly [string, Signing] {
  const [key, proposal, role] = [readName(reader), reader.u64(), readName(reader)];
  const message = Uint8Array.from(reader.bytes(maxActBytes));
  return [key, { proposal, role, message, ...readSigned(reader) }];
}
