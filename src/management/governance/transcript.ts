/**
 * What was said while the keys of one change moved (spec/management.md, "Transcripts"). With it and the history of the alliance
 * anybody comes to the next document, key for key, as the servers did; and the document names its digest, so what it says of
 * anybody was said in the log.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { type MalformedBytes, readAll, type Reader, Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { bodyLimits } from '../acts/act-body.js';
import type { Alliance } from '../alliance.js';
import { configurationDigestOf } from '../alliance-codec.js';
import { keysOf } from '../alliance-succession.js';
import { decodeMoves, encodeMoves, type Moves } from '../changes/moves.js';
import type { Action } from '../proposals/action.js';
import { decodeActions, encodeActions } from '../proposals/action-codec.js';
import { draftDigest, finishDraft, makeDraft } from '../proposals/draft.js';
import { type DocumentGate, gateNames, isDocumentGate } from '../proposals/gate-names.js';
import { actionsOf, type Origins, overridesOf } from './change-origin.js';
import { movesPlanOf } from './change-moves.js';
import { type Change, type Governance, governanceLimits } from './governance.js';
import { readJoined, writeJoined } from './joined-snapshot.js';
import { maxMovesBytes, readId, readName, readNames, writeNames } from './snapshot-parts.js';

/** Names the form; no other bytes that are digested begin with it. */
const form = 'koinon transcript v1';

type Known = Origins & Pick<Governance, 'culprits'>;
type Moved = Pick<Change, 'number' | 'origin' | 'joined'> & { readonly moves: Moves };

/** The canonical bytes, of a change whose keys have all moved. What is said after that, as late acknowledgements are, is not in it. */
export function encodeTranscript(governance: Known, { number, origin, joined, moves }: Moved): Uint8Array {
  const { culprits, proposals } = governance;
  const actions = present(actionsOf(origin, proposals), 'a change is there as long as what asked for it');
  const writer = new Writer().text(form).u64(number).bytes(encodeActions(actions));
  writeNames(writer, overridesOf(origin, governance));
  writeNames(writer, [...culprits].sort());
  writeJoined(writer, joined);
  return writer.bytes(encodeMoves({ plan: moves.plan, entries: moves.decisive })).finish();
}

export function transcriptDigest(transcript: Uint8Array): Digest {
  return digest(transcript);
}

/** The documents between which a change lies, and those before them. */
export interface TranscriptSetting {
  readonly before: Alliance;
  readonly after: Alliance;
  /** Of the epochs before that of `before`. */
  readonly earlier: readonly Alliance[];
}

export type TranscriptError =
  | { readonly _tag: 'NoTranscript'; readonly epoch: number }
  /** It is not the one that the document names. */
  | { readonly _tag: 'OtherTranscript'; readonly epoch: number }
  | { readonly _tag: 'NotATranscript'; readonly expected: string }
  /** What was said does not lead to the document. */
  | { readonly _tag: 'OtherDocument'; readonly epoch: number; readonly detail: string };

/** One line for people. */
export function describeTranscriptError(error: TranscriptError): string {
  switch (error._tag) {
    case 'NoTranscript':
      return `the document of epoch ${error.epoch} names no transcript: no log has moved its keys`;
    case 'OtherTranscript':
      return `it is not the transcript that the document of epoch ${error.epoch} names`;
    case 'NotATranscript':
      return `it is no transcript: expected ${error.expected}`;
    case 'OtherDocument':
      return `it does not lead to the document of epoch ${error.epoch}: ${error.detail}`;
    default:
      return assertNever(error);
  }
}

/** Whether it is the one that led to the document. */
export function namesTranscript({ transcript: named }: Alliance, transcript: Uint8Array): boolean {
  return named !== undefined && equalBytes(named, transcriptDigest(transcript));
}

/** What the transcript says, once all of it was judged again and has come to the document of `after`. */
export function replayTranscript(
  transcript: Uint8Array,
  { before, after, earlier }: TranscriptSetting,
): Either<TranscriptError, ReplayedTranscript> {
  const { epoch, transcript: named } = after;
  if (named === undefined) return E.left({ _tag: 'NoTranscript', epoch });
  if (!namesTranscript(after, transcript)) return E.left({ _tag: 'OtherTranscript', epoch });
  const read = readTranscript(transcript);
  if (E.isLeft(read)) return E.left({ _tag: 'NotATranscript', expected: read.left.expected });
  const other = (detail: string): Either<TranscriptError, never> => E.left({ _tag: 'OtherDocument', epoch, detail });
  const { actions, overrides, culprits, joined, moves: bytes, number } = read.right;
  const draft = makeDraft(before, actions, number, overrides);
  if (E.isLeft(draft)) return other('what was asked for cannot be made of the document before');
  const formerKeys = earlier.map(keysOf).slice(-governanceLimits.formerKeys);
  const change = { number, joined, draft: draft.right, draftDigest: draftDigest(draft.right) };
  const moves = decodeMoves(movesPlanOf({ document: before, culprits, formerKeys }, change), bytes);
  if (E.isLeft(moves)) return other('what was said is not of its ceremonies');
  const { outcome } = moves.right;
  const next = finishDraft(draft.right, outcome.keys, named);
  if (outcome._tag !== 'moved' || E.isLeft(next)) return other('not all keys have moved');
  if (!equalBytes(configurationDigestOf(next.right), configurationDigestOf(after)))
    return other('it is another document');
  return E.right({ change: number, actions, moves: moves.right });
}

export interface ReplayedTranscript {
  readonly change: number;
  readonly actions: readonly Action[];
  readonly moves: Moves;
}

interface ReadTranscript {
  readonly number: number;
  readonly actions: readonly Action[];
  readonly overrides: readonly DocumentGate[];
  readonly culprits: ReadonlySet<ProcessId>;
  readonly joined: Change['joined'];
  /** See `encodeMoves`. */
  readonly moves: Uint8Array;
}

/** What it is about is bound by its digest, and by what the entries of its moves name. */
function readTranscript(bytes: Uint8Array): Either<MalformedBytes, ReadTranscript> {
  return readAll(bytes, (reader) => {
    if (reader.text(form.length) !== form) reader.fail(form);
    const number = reader.u64();
    const actions = decodeActions(reader.bytes(bodyLimits.actions));
    if (E.isLeft(actions)) return reader.fail('actions');
    const overrides = readNames(reader, readGate);
    const culprits = new Set(readNames(reader, readId));
    const joined = readJoined(reader);
    return { number, actions: actions.right, overrides, culprits, joined, moves: reader.bytes(maxMovesBytes) };
  });
}

function readGate(reader: Reader): DocumentGate {
  const name = readName(reader);
  return gateNames.filter(isDocumentGate).find((gate) => gate === name) ?? reader.fail('a gate of the document');
}
