/** The change under way in snapshots: its draft is made again from what asked for it. */
import type { Reader, Writer } from '../../prelude/canonical.js';
import { E } from '../../prelude/fp.js';
import { configurationDigestOf } from '../alliance-codec.js';
import { decodeMoves, encodeMoves } from '../changes/moves.js';
import { finishDraft } from '../proposals/draft.js';
import { movesPlanOf } from './change-moves.js';
import { draftDigest as digestOfDraft, makeDraft } from '../proposals/draft.js';
import { actionsOf, type Origins, overridesOf } from './change-origin.js';
import type { Change, ChangeOrigin, Governance } from './governance.js';
import { readJoined, writeJoined } from './joined-snapshot.js';
import {
  maxMovesBytes,
  readDigest,
  readId,
  readName,
  readNames,
  readTerm,
  writeNames,
  writeTerm,
} from './snapshot-parts.js';
import { encodeTranscript, transcriptDigest } from './transcript.js';

const states = ['gathering', 'moving', 'prepared', 'activated'] as const;

export function writeChange(writer: Writer, change: Change): void {
  const { number, origin, openedSlot, term, acknowledged, joined, state } = change;
  writer.u64(number);
  writeOrigin(writer, origin);
  writer.u64(openedSlot);
  writeTerm(writer, term);
  writeNames(writer, [...acknowledged].sort());
  writeJoined(writer, joined);
  writer.u8(states.indexOf(state));
  if (change.state !== 'gathering') writer.bytes(encodeMoves(change.moves));
}

type Known = Origins & Pick<Governance, 'culprits' | 'formerKeys'>;

export function readChange(reader: Reader, moving: Known): Change {
  const { document, proposals } = moving;
  const number = reader.u64();
  const origin = readOrigin(reader);
  const openedSlot = reader.u64();
  const term = readTerm(reader);
  const acknowledged = new Set(readNames(reader, readName));
  const joined = readJoined(reader);
  const asked = actionsOf(origin, proposals) ?? reader.fail('a change that was asked for');
  const draft = makeDraft(document, asked, number, overridesOf(origin, moving));
  if (E.isLeft(draft)) return reader.fail('a change that can be made');
  const draftDigest = digestOfDraft(draft.right);
  const terms = { number, origin, openedSlot, term, acknowledged, joined, draft: draft.right, draftDigest };
  const state = states[reader.u8()] ?? reader.fail('the state of a change');
  if (state === 'gathering') return { ...terms, state };
  const plan = movesPlanOf(moving, terms);
  const moves = decodeMoves(plan, reader.bytes(maxMovesBytes));
  if (E.isLeft(moves)) return reader.fail('keys on their way');
  const moved = { ...terms, moves: moves.right };
  if (state === 'moving') return { ...moved, state };
  const transcript = transcriptDigest(encodeTranscript(moving, { ...terms, moves: moves.right }));
  const next = finishDraft(draft.right, moves.right.outcome.keys, transcript);
  if (moves.right.outcome._tag !== 'moved' || E.isLeft(next)) return reader.fail('keys that have come out');
  return { ...moved, state, next: next.right, configuration: configurationDigestOf(next.right) };
}

function writeOrigin(writer: Writer, origin: ChangeOrigin): void {
  switch (origin._tag) {
    case 'proposal':
      writer.u8(0).fixed(origin.proposal);
      return;
    case 'refresh':
      writer.u8(1);
      return;
    case 'repair':
      writeNames(writer.u8(2), origin.without);
  }
}

function readOrigin(reader: Reader): ChangeOrigin {
  switch (reader.u8()) {
    case 0:
      return { _tag: 'proposal', proposal: readDigest(reader) };
    case 1:
      return { _tag: 'refresh' };
    case 2:
      return { _tag: 'repair', without: readNames(reader, readId) };
    default:
      return reader.fail('why there is a change');
  }
}
