/** What whoever asks is shown of governance: JSON in parts, the same bytes from every server at one position of the log. */
import { utf8 } from '../../prelude/bytes.js';
import { type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { canonicalJson } from '../../prelude/codec.js';
import { type Digest, digest, digestLength } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { Governance } from '../../management/governance/governance.js';
import { overviewOf, shownProposal, shownSignature } from './overview.js';
import { encodeView, type View } from './view-codec.js';
import { type EndedProposal, type ViewKind, viewKinds, type WholeProposal } from './view-shapes.js';

export interface Query {
  readonly kind: ViewKind;
  /** The number of a proposal, where one is asked for. */
  readonly number: number;
  /** Of the part that is asked for, in bytes. */
  readonly offset: number;
}

/** What is answered: a part of the JSON. */
export interface ViewPart {
  readonly totalBytes: number;
  /** Of the whole: parts of different states do not go together. */
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

export const partBytes = 60 * 1024;

export function encodeQuery({ kind, number, offset }: Query): Uint8Array {
  return new Writer().u8(viewKinds.indexOf(kind)).u64(number).u64(offset).finish();
}

export function readQuery(bytes: Uint8Array): Query | undefined {
  const read = readAll(bytes, (reader: Reader): Query => {
    const kind = viewKinds[reader.u8()];
    return kind === undefined ? reader.fail('a view') : { kind, number: reader.u64(), offset: reader.u64() };
  });
  return E.isRight(read) ? read.right : undefined;
}

/**
 * Nothing where nothing is understood, or there is none.
 *
 * @param ready - places of the servers whose READY consensus has taken.
 */
export function viewOf(governance: Governance, query: Query | undefined, ready: readonly number[] = []): Uint8Array {
  const view = query === undefined ? undefined : show(governance, query, ready);
  const whole = view === undefined ? new Uint8Array() : utf8(canonicalJson(encodeView(view)));
  const offset = Math.min(query?.offset ?? 0, whole.length);
  const bytes = whole.subarray(offset, offset + partBytes);
  return encodeViewPart({ totalBytes: whole.length, digest: digest(whole), bytes });
}

export function encodeViewPart({ totalBytes, digest: whose, bytes }: ViewPart): Uint8Array {
  return new Writer().u64(totalBytes).fixed(whose).bytes(bytes).finish();
}

export function readViewPart(bytes: Uint8Array): ViewPart | undefined {
  const read = readAll(bytes, (reader) => ({
    totalBytes: reader.u64(),
    digest: reader.fixed(digestLength) as Digest,
    bytes: reader.bytes(partBytes),
  }));
  return E.isRight(read) ? read.right : undefined;
}

function show(governance: Governance, { kind, number }: Query, ready: readonly number[]): View | undefined {
  switch (kind) {
    case 'overview':
      return { kind, shown: overviewOf(governance, ready) };
    case 'document':
      return { kind, shown: governance.document };
    case 'next-document': {
      const { change } = governance;
      return change?.state === 'prepared' || change?.state === 'activated' ? { kind, shown: change.next } : undefined;
    }
    case 'proposal': {
      const shown = proposalOf(governance, number);
      return shown === undefined ? undefined : { kind, shown };
    }
    case 'signature': {
      const signing = [...governance.signings.values()].find((each) => each.proposal === number);
      return signing === undefined ? undefined : { kind, shown: shownSignature(signing) };
    }
    case 'closed':
      return { kind, shown: governance.closed };
    default:
      return assertNever(kind);
  }
}

function proposalOf(governance: Governance, number: number): WholeProposal | EndedProposal | undefined {
  const proposal = [...governance.proposals.values()].find((each) => each.number === number);
  if (proposal !== undefined) {
    const ballotActs = [...proposal.ballots.values()].map(({ act }) => act);
    return { _tag: 'under-way', ...shownProposal(governance, proposal), act: proposal.act, ballotActs };
  }
  const ended = governance.closed.find((each) => each.number === number);
  return ended === undefined ? undefined : { _tag: 'ended', ...ended };
}
