/** The change under way in snapshots: its draft is made again from what asked for it. */
import type { Reader, Writer } from '../../prelude/canonical.js';
import { E } from '../../prelude/fp.js';
import { ed25519PublicKey, publicKeyLength } from '../../schemes/ed25519/encoding.js';
import { bodyLimits } from '../acts/act-body.js';
import { configurationDigestOf } from '../alliance-codec.js';
import { decodeMoves, encodeMoves } from '../changes/moves.js';
import { finishDraft } from '../proposals/draft.js';
import { movesPlanOf } from './change-moves.js';
import { type DocumentGate, isDocumentGate } from '../proposals/gate-names.js';
import type { Action } from '../proposals/action.js';
import { draftDigest as digestOfDraft, makeDraft } from '../proposals/draft.js';
import type { Change, ChangeOrigin, Governance, Joined, Proposal } from './governance.js';
import { keyOf } from './governance.js';
import { readDigest, readId, readName, readNames, readTerm, writeNames, writeTerm } from './snapshot-parts.js';

const states = ['gathering', 'moving', 'prepared', 'activated'] as const;

export function writeChange(writer: Writer, change: Change): void {
  const { number, origin, openedSlot, term, acknowledged, joined, state } = change;
  writer.u64(number);
  writeOrigin(writer, origin);
  writer.u64(openedSlot);
  writeTerm(writer, term);
  writeNames(writer, [...acknowledged].sort());
  writer.list(
    [...joined].sort(([a], [b]) => (a < b ? -1 : 1)),
    (each, [id, { slot, keys }]) =>
      each
        .text(id)
        .u64(slot)
        .list(keys, (inner, { role, key }) => inner.text(role).fixed(key)),
  );
  writer.u8(states.indexOf(state));
  if (change.state !== 'gathering') writer.bytes(encodeMoves(change.moves));
}

type Known = Pick<Governance, 'document' | 'culprits' | 'formerKeys' | 'proposals'>;

export function readChange(reader: Reader, moving: Known): Change {
  const { document, proposals } = moving;
  const number = reader.u64();
  const origin = readOrigin(reader);
  const openedSlot = reader.u64();
  const term = readTerm(reader);
  const acknowledged = new Set(readNames(reader, readName));
  const joined = new Map(reader.list(maxServers, readJoined));
  const asked = actionsOf(origin, proposals) ?? reader.fail('a change that was asked for');
  const draft = makeDraft(document, asked, number, overridesOf(origin, moving));
  if (E.isLeft(draft)) return reader.fail('a change that can be made');
  const draftDigest = digestOfDraft(draft.right);
  const terms = { number, origin, openedSlot, term, acknowledged, joined, draft: draft.right, draftDigest };
  const state = states[reader.u8()] ?? reader.fail('the state of a change');
  if (state === 'gathering') return { ...terms, state };
  const plan = movesPlanOf(moving, { ...terms, state: 'gathering' });
  const moves = decodeMoves(plan, reader.bytes(maxMovesBytes));
  if (E.isLeft(moves)) return reader.fail('keys on their way');
  const moved = { ...terms, moves: moves.right };
  if (state === 'moving') return { ...moved, state };
  const next = finishDraft(draft.right, moves.right.outcome.keys);
  if (moves.right.outcome._tag !== 'moved' || E.isLeft(next)) return reader.fail('keys that have come out');
  return { ...moved, state, next: next.right, configuration: configurationDigestOf(next.right) };
}

const maxServers = 100_000;
const maxMovesBytes = 256 << 20;

/** What asked for a change. */
export function actionsOf(
  origin: ChangeOrigin,
  proposals: ReadonlyMap<string, Proposal>,
): readonly Action[] | undefined {
  switch (origin._tag) {
    case 'proposal':
      return proposals.get(keyOf(origin.proposal))?.actions;
    case 'refresh':
      return [{ _tag: 'refresh', lost: [] }];
    case 'repair':
      return [{ _tag: 'refresh', lost: origin.without }];
  }
}

/** Gates of the document that it overrides; what changes nothing goes on with those in force. */
function overridesOf(origin: ChangeOrigin, { document, proposals }: Known): readonly DocumentGate[] {
  if (origin._tag !== 'proposal') return document.governance.overrides;
  return (proposals.get(keyOf(origin.proposal))?.overrides ?? []).filter(isDocumentGate);
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

function readJoined(reader: Reader): readonly [ReturnType<typeof readId>, Joined] {
  const [id, slot] = [readId(reader), reader.u64()];
  const keys = reader.list(bodyLimits.broughtKeys, (each) => {
    const role = each.text(bodyLimits.roleName);
    const key = ed25519PublicKey(each.fixed(publicKeyLength));
    return key === undefined ? each.fail('an Ed25519 public key') : { role, key };
  });
  return [id, { slot, keys }];
}
