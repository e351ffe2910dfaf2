/** What a thief, a listener or a restart learns of a ceremony: nothing. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, equalBytes, toHex } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { CeremonyBoard } from '../../../src/schemes/ceremony/board.js';
import { openDeal } from '../../../src/schemes/ceremony/rounds/complaint.js';
import { readEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import { OneTimeKey } from '../../../src/schemes/ceremony/sealing/one-time-key.js';
import { CeremonyParticipant } from '../../../src/schemes/ceremony/participant.js';
import { LinearKeyShare, secretsOf } from '../../../src/schemes/contract/linear-key-share.js';
import { E } from '../../../src/prelude/fp.js';
import { committed, runCeremony } from '../../support/ceremony.js';
import { safePrimes512 } from '../../support/rsa-keys.js';
import { seededRandom } from '../../support/seeded-random.js';
import { complainingOf, dealingBadSharesTo } from './adversaries.js';
import { blsKey, blsSetting, expectSigns, id, rsaKey, rsaSetting, type Shares, signatureBy } from './keys.js';

const model = 'f=1 of (a, b, c, d)';
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(id) as [ProcessId, ProcessId, ProcessId, ProcessId];
const rsa = rsaKey('2 of (a, b, c, d)');

const only = (shares: Shares, process: ProcessId): readonly [ProcessId, LinearKeyShare<string>] => [
  process,
  present(shares.get(process), 'a share'),
];

describe('T3: a disk copied on day 0 and another on day 30', () => {
  it.each(['refresh', 'reshare-plain', 'reshare-quotient'] as const)(
    'do not combine after %s, though the thief has the whole log and every key that a server keeps',
    (kind) => {
      const setting = rsaSetting(rsa.publicKey, { kind, trust: model });
      const outcome = runCeremony({ setting, shares: rsa.shares });
      const after = { publicKey: committed(outcome).publicKey, shares: outcome.newShares };
      expectSigns(after, ['a', 'b']);
      // Forwards: a's old share, b's new one. Backwards: a's new share, b's old one. Under either key.
      for (const [early, late] of [
        [only(rsa.shares, a), only(after.shares, b)],
        [only(after.shares, a), only(rsa.shares, b)],
      ] as const) {
        const stolen = new Map([early, late]);
        expect(signatureBy({ publicKey: rsa.publicKey, shares: stolen }, ['a', 'b'])).toBeUndefined();
        expect(signatureBy({ publicKey: after.publicKey, shares: stolen }, ['a', 'b'])).toBeUndefined();
      }
      // All that is secret in a share: no box of the log opens with it, or with anything that is in the log itself.
      const keys = [...rsa.shares.values(), ...after.shares.values()].flatMap((share) =>
        share.rows.map(({ secret }) => secret.subarray(0, 32)),
      );
      const announced = outcome.log.flatMap(({ bytes }) => windows(bytes).slice(0, 2));
      const { transcript } = outcome.board;
      for (const [dealer, deal] of transcript.deals) {
        for (const [receiver] of deal.boxes) {
          for (const secret of [...keys, ...announced].filter(({ length }) => length === 32)) {
            const rules = present(transcript.rules, 'rules');
            expect(E.isLeft(openDeal(setting, rules, deal, { from: dealer, to: receiver, secret }))).toBe(true);
          }
        }
      }
    },
  );
});

function windows(bytes: Uint8Array): readonly Uint8Array[] {
  const body = present(readEnvelope(bytes), 'a message').body;
  return Array.from({ length: Math.floor(body.length / 32) }, (_, index) => body.subarray(32 * index, 32 * index + 32));
}

/** The private one-time keys of the process at `index`: the first that it draws, dealer by dealer, then those for masks. */
function oneTimeKeys(index: number, count: number): readonly string[] {
  const random = seededRandom(1000 + index);
  return Array.from({ length: count }, () => toHex(new OneTimeKey(random).reveal()));
}

describe('T10: between honest processes nothing is ever opened', () => {
  it.each(['refresh', 'reshare-plain', 'reshare-quotient'] as const)(
    'in a %s with a bad dealer, which complains as well',
    (kind) => {
      const setting = rsaSetting(rsa.publicKey, { kind, trust: model });
      const adversary = {
        ...dealingBadSharesTo<bigint, typeof rsa.publicKey>(c),
        ...complainingOf<bigint, typeof rsa.publicKey>(a, new Uint8Array(32).fill(7)),
      };
      const schedule = (waiting: number) => waiting - 1;
      const outcome = runCeremony({ setting, shares: rsa.shares, schedule, adversaries: new Map([[b, adversary]]) });
      const log = outcome.log.map(({ bytes }) => toHex(bytes)).join(' ');
      const processes = [a, b, c, d];
      const opened = processes.flatMap((receiver, index) =>
        oneTimeKeys(index, 4 + (kind === 'reshare-quotient' ? 3 : 0)).flatMap((secret, peer) =>
          log.includes(secret) ? [[receiver, peer < 4 ? processes[peer] : 'a mask']] : [],
        ),
      );
      expect(opened).toEqual([[c, b]]);
      // Nor does any number that an honest process holds stand there, in part or in full.
      const held = [a, c, d].flatMap((process) => [
        ...secretsOf(present(rsa.shares.get(process), 'a share')).values(),
        ...secretsOf(outcome.newShares.get(process) ?? present(rsa.shares.get(process), 'a share')).values(),
      ]);
      for (const secret of held) expect(log.includes(secret.toString(16).slice(0, 24))).toBe(false);
    },
  );

  it('even if messages are delayed at will: who is late is left out, and complains of nobody', () => {
    const setting = rsaSetting(rsa.publicKey, { kind: 'reshare-quotient', trust: model });
    for (let late = 0; late < 4; late++) {
      const schedule = (waiting: number) => (late === 0 ? waiting - 1 : late % waiting);
      const outcome = runCeremony({ setting, shares: rsa.shares, schedule });
      expect(outcome.culprits).toEqual([]);
      expect(outcome.log.some(({ bytes }) => readEnvelope(bytes)?.kind === 'complain')).toBe(false);
    }
  });
});

describe('T11: an attempt that was broken off', () => {
  it.each(['refresh', 'reshare-plain', 'reshare-quotient'] as const)(
    'is not taken up again after a restart: %s',
    (kind) => {
      const setting = rsaSetting(rsa.publicKey, { kind, trust: model });
      const board = new CeremonyBoard(setting);
      const durable = new Set<string>();
      const claim = (ceremonyId: Uint8Array) =>
        !durable.has(toHex(ceremonyId)) && durable.add(toHex(ceremonyId)).size > 0;
      const start = (seed: number) =>
        new CeremonyParticipant(board, { me: a, share: rsa.shares.get(a), claim, random: seededRandom(seed) });
      const before = start(1).messages();
      expect(before.length).toBe(1);
      const restarted = start(2);
      expect(restarted.messages()).toEqual([]);
      for (const bytes of before) board.receive(a, bytes);
      expect(restarted.messages()).toEqual([]);
      const again = rsaSetting(rsa.publicKey, { kind, trust: model, attempt: 2 });
      const next = new CeremonyParticipant(new CeremonyBoard(again), {
        me: a,
        share: rsa.shares.get(a),
        claim,
        random: seededRandom(3),
      });
      expect(next.messages().length).toBe(1);
      expect(equalBytes(again.id, setting.id)).toBe(false);
    },
  );

  it('is claimed before anything leaves, and nothing is drawn for a claim that was refused', () => {
    const setting = rsaSetting(rsa.publicKey, { kind: 'refresh', trust: model });
    const board = new CeremonyBoard(setting);
    const claimed: string[] = [];
    const options = { me: a, share: rsa.shares.get(a), random: seededRandom(1) };
    new CeremonyParticipant(board, { ...options, claim: (ceremonyId) => claimed.push(toHex(ceremonyId)) > 0 });
    expect(claimed).toEqual([toHex(setting.id)]);
  });

  it('leaves nothing behind, nor does one that succeeded', () => {
    const secret = toHex(present(rsa.shares.get(a), 'a share').rows[0]?.secret ?? new Uint8Array(0));
    for (const kind of ['refresh', 'reshare-plain'] as const) {
      const { participants } = runCeremony({
        setting: rsaSetting(rsa.publicKey, { kind, trust: model }),
        shares: rsa.shares,
      });
      for (const participant of participants.values()) {
        const shown = inspect(participant, { depth: 12, maxArrayLength: null, maxStringLength: null });
        expect(shown).not.toContain(secret.slice(0, 16));
        expect(participant.messages()).toEqual([]);
      }
    }
  });
});

it('a process whose share is not what the key says deals nothing, and can be given a new one', () => {
  const held = blsKey('2 of (a, b, c, d)');
  const wrong = new Map(held.shares);
  wrong.set(b, present(blsKey('3 of (a, b, c, d)').shares.get(b), 'a share'));
  const missing = new Map([...held.shares].filter(([process]) => process !== b));
  for (const shares of [wrong, missing]) {
    const refreshed = runCeremony({ setting: blsSetting(held.publicKey, { kind: 'refresh', trust: model }), shares });
    expect(refreshed.participants.get(b)?.needsRepair ?? true).toBe(true);
    expect(refreshed.board.state).toMatchObject({ _tag: 'committed', unacknowledged: [b] });
    const repaired = runCeremony({
      setting: blsSetting(held.publicKey, { kind: 'reshare-plain', trust: model }),
      shares,
    });
    expect(repaired.board.state).toMatchObject({ _tag: 'committed', unacknowledged: [] });
    expect(repaired.culprits).toEqual([]);
    expectSigns({ publicKey: committed(repaired).publicKey, shares: repaired.newShares }, ['b', 'c']);
  }
});

it('a share of RSA that is of another dealing, or out of its range though right in the exponent, is no share', () => {
  const order = ((safePrimes512.p - 1n) / 2n) * ((safePrimes512.q - 1n) / 2n);
  const own = present(rsa.shares.get(b), 'a share');
  const [row] = own.rows;
  const secret = present(secretsOf(own).get(row?.row ?? 0), 'a row') + (order << 200n);
  const long = [{ row: row?.row ?? 0, secret: bigIntToBytes(secret, 128) }];
  const large = new LinearKeyShare('shoup-rsa', own.keyId, own.epoch, b, long);
  const other = present(rsaKey('2 of (a, b, c, d)', { random: seededRandom(99) }).shares.get(b), 'a share');
  const board = new CeremonyBoard(rsaSetting(rsa.publicKey, { kind: 'refresh', trust: model }));
  const needsRepair = [own, large, other, undefined].map(
    (share) => new CeremonyParticipant(board, { me: b, share, claim: () => true, random: seededRandom(1) }).needsRepair,
  );
  expect(needsRepair).toEqual([false, true, true, true]);
});
