/** Decoders of ceremonies: envelopes, votes, and the body of every message of every kind of ceremony, as its round reads it. */
import { empty } from '../../src/prelude/bytes.js';
import { E, type Either } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { CeremonyBoard } from '../../src/schemes/ceremony/board.js';
import { blsGeneration } from '../../src/schemes/ceremony/moves/bls-ceremony.js';
import { writeMasks } from '../../src/schemes/ceremony/quotient/masks-round.js';
import { readVote } from '../../src/schemes/ceremony/rounds/close-votes.js';
import { writeDeal } from '../../src/schemes/ceremony/rounds/deal-message.js';
import { readEnvelope, writeEnvelope } from '../../src/schemes/ceremony/rounds/envelope.js';
import { writeKeys } from '../../src/schemes/ceremony/rounds/keys-round.js';
import { kindByte, type MessageKind, messageKinds } from '../../src/schemes/ceremony/rounds/message-kind.js';
import { openBox, sealBox } from '../../src/schemes/ceremony/sealing/sealed-box.js';
import { OneTimeKey } from '../../src/schemes/ceremony/sealing/one-time-key.js';
import type { CeremonySetting } from '../../src/schemes/ceremony/setting.js';
import { id, rsaKey, rsaSetting, type Move, type Shares } from '../schemes/ceremony/keys.js';
import { begun, ceremonyRules, type LogEntry, runCeremony } from '../support/ceremony.js';
import { seededRandom } from '../support/seeded-random.js';
import { policy, trust } from '../support/trust.js';
import { bytesDecoder, type Decoder } from './decoder.js';

type AnySetting = CeremonySetting<unknown, { readonly epoch: number }>;

const model = 'f=1 of (a, b, c, d)';
const rule = '2 of (a, b, c, d)';
const rsa = rsaKey(rule);

function generation(): AnySetting {
  const nothing = { context: empty, attempt: 1, culprits: [], absent: [] };
  const plan = { suite: 'min-pk-pop', usage: 'document', policy: policy(rule), epoch: 1, ...nothing } as const;
  return begun(blsGeneration(plan, ceremonyRules(trust(model), policy(rule))));
}

const moves: readonly Move['kind'][] = ['refresh', 'reshare-plain', 'reshare-quotient', 'accept'];

const ceremonies: readonly (readonly [string, AnySetting, Shares])[] = [
  ...moves.map(
    (kind) => [kind, rsaSetting(rsa.publicKey, { kind, trust: model }) as unknown as AnySetting, rsa.shares] as const,
  ),
  ['generate', generation(), new Map()],
];

/** The first message of each kind in a log, with all that was said before it. */
function firstOfEachKind(log: readonly LogEntry[]): readonly (readonly [MessageKind, LogEntry, readonly LogEntry[]])[] {
  return messageKinds.flatMap((kind) => {
    const at = log.findIndex(({ bytes }) => present(readEnvelope(bytes), 'a message').kind === kind);
    const entry = log[at];
    return entry === undefined ? [] : [[kind, entry, log.slice(0, at)] as const];
  });
}

/** What the board has taken of a message, as its sender writes it; the body itself where nothing writes it. */
function written(
  setting: AnySetting,
  { transcript }: CeremonyBoard<unknown, { readonly epoch: number }>,
  kind: MessageKind,
  from: ProcessId,
  body: Uint8Array,
): Uint8Array {
  switch (kind) {
    case 'keys':
      return writeKeys(present(transcript.keys.get(from), 'keys'));
    case 'deal':
      // A deal that is read, and is none for what it says, is not kept.
      return transcript.deals.has(from) ? writeDeal(setting, present(transcript.deals.get(from), 'a deal')) : body;
    case 'masks':
      return writeMasks(setting, present(transcript.quotient?.masks.get(from), 'masks'));
    default:
      return body;
  }
}

/** The body of one message of a ceremony, as the round reads it that awaits it. Nobody honest may be blamed for it. */
function bodyDecoder(
  name: string,
  setting: AnySetting,
  kind: MessageKind,
  { from, bytes }: LogEntry,
  before: readonly LogEntry[],
): Decoder {
  const board = new CeremonyBoard(setting);
  for (const entry of before) board.receive(entry.from, entry.bytes);
  const { state } = board;
  if (state._tag !== 'running') throw new Error(`${name} has ended before ${kind}`);
  const blame = (process: ProcessId): void => {
    if (process !== from) throw new Error(`${process} is blamed for what ${from} said`);
  };
  const receive = (body: Uint8Array): Either<unknown, Uint8Array> => {
    if (body.length > state.round.maxBodyLength) return E.left('too long');
    board.transcript.deals.delete(from);
    const taken = state.round.receive({ from, kind, body, position: before.length }, blame);
    return E.map(() => written(setting, board, kind, from, body))(taken);
  };
  const body = present(readEnvelope(bytes), 'a message').body;
  return { ...bytesDecoder(`${name}: ${kind}`, {}, [body], receive, (found) => found), share: 0.2 };
}

const bodies = ceremonies.flatMap(([name, setting, shares]) =>
  firstOfEachKind(runCeremony({ setting, shares }).log).map(([kind, entry, before]) =>
    bodyDecoder(name, setting, kind, entry, before),
  ),
);

const receiver = new OneTimeKey(seededRandom(9));
const address = {
  ceremonyId: present(ceremonies[0], 'a ceremony')[1].id,
  purpose: 'deal',
  sender: id('a'),
  receiver: id('b'),
} as const;

const rounds = 'src/schemes/ceremony/rounds';

export const ceremonyDecoders: readonly Decoder[] = [
  bytesDecoder(
    'an envelope',
    {
      [`${rounds}/keys-round.ts`]: 1,
      [`${rounds}/commit-round.ts`]: 1,
      [`${rounds}/deal-round.ts`]: 1,
      [`${rounds}/settlement-round.ts`]: 2,
      'src/schemes/ceremony/kinds/generation.ts': 1,
      'src/schemes/ceremony/quotient/masks-round.ts': 1,
      'src/schemes/ceremony/quotient/confirm-round.ts': 1,
    },
    messageKinds.map((kind) => writeEnvelope({ ceremonyId: address.ceremonyId, kind, body: Uint8Array.of(1, 2, 3) })),
    (bytes) => E.fromNullable('none')(readEnvelope(bytes)),
    writeEnvelope,
  ),
  bytesDecoder(
    'a vote to close',
    {},
    messageKinds.map((kind) => Uint8Array.of(kindByte(kind))),
    (bytes) => E.fromNullable('none')(readVote(bytes)),
    (kind) => Uint8Array.of(kindByte(kind)),
  ),
  ...bodies,
  {
    ...bytesDecoder(
      'a sealed box',
      {},
      [sealBox(address, receiver.publicKey, new Uint8Array(40), seededRandom(1))],
      (bytes) => E.map(() => bytes)(E.fromNullable('none')(openBox(address, receiver.reveal(), bytes))),
      (bytes) => bytes,
    ),
    share: 0.3,
  },
];
