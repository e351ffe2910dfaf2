/** What a thief, a listener or a restart learns of a ceremony: nothing. */
import { createHash, createPrivateKey } from 'node:crypto';
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
import { printPrivateKey } from '../../../src/server/directory/private-key-file.js';
import { generateTlsKeyPair, makeOrganizationCa } from '../../../src/server/founding/certificates.js';
import { drawSeed } from '../../../src/server/founding/founding-members.js';
import { committed, runCeremony } from '../../support/ceremony.js';
import { safePrimes512 } from '../../support/rsa-keys.js';
import { seededRandom } from '../../support/seeded-random.js';
import { complainingOf, dealingBadSharesTo } from './adversaries.js';
import { seededNumbers } from '../sharing/policies.js';
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
function oneTimeKeys(index: number, count: number, seed = 1): readonly Uint8Array[] {
  const random = seededRandom(1000 * seed + index);
  return Array.from({ length: count }, () => new OneTimeKey(random).reveal());
}

const keyCount = (kind: string): number => 4 + (kind === 'reshare-quotient' ? 3 : 0);

describe('T3: refreshed thirty times between the two copies', () => {
  /** All that a server keeps for longer than an attempt: its keys as they are and as X25519 keys (RFC 8032, 5.1.5), its share. */
  function secretsOnDisk(index: number, share: LinearKeyShare<string>): readonly Uint8Array[] {
    const authority = makeOrganizationCa('acme', { from: new Date(0), to: new Date(2 ** 40) });
    const identity = printPrivateKey(drawSeed(seededRandom(700 + index)));
    const seeds = [identity, generateTlsKeyPair().privateKey, authority.privateKey].map((pem) =>
      Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d ?? '', 'base64url'),
    );
    const scalars = seeds.map((seed) => createHash('sha512').update(seed).digest().subarray(0, 32));
    return [...seeds, ...scalars, ...share.rows.map(({ secret }) => secret.subarray(0, 32))];
  }

  it('no key on either disk opens a box of the log, so neither copy can be brought to the day of the other', () => {
    let held: typeof rsa = rsa;
    const openings: ((place: number, secret: (day: number, from: number) => Uint8Array) => number)[] = [];
    for (let day = 1; day <= 30; day++) {
      const setting = rsaSetting(held.publicKey, { kind: 'refresh', trust: model });
      const outcome = runCeremony({ setting, shares: held.shares, seed: day });
      const { deals, rules } = outcome.board.transcript;
      openings.push((place, secretFor) => {
        const to = present([a, b][place], 'a victim');
        return [...deals].filter(([from, deal], index) => {
          const opener = { from, to, secret: secretFor(day, index) };
          return E.isRight(openDeal(setting, present(rules, 'rules'), deal, opener));
        }).length;
      });
      held = { publicKey: committed(outcome).publicKey, shares: outcome.newShares };
    }
    const openedBy = (place: number, secretFor: (day: number, from: number) => Uint8Array) =>
      openings.reduce((sum, opening) => sum + opening(place, secretFor), 0);
    const disks = [present(rsa.shares.get(a), 'a share'), present(held.shares.get(b), 'a share')].entries();
    for (const [place, share] of disks) {
      for (const secret of secretsOnDisk(place, share)) expect(openedBy(place, () => secret)).toBe(0);
      // The keys that were announced and destroyed would have.
      const ownKey = (day: number, from: number) => present(oneTimeKeys(place, 4, day)[from], 'a key for every dealer');
      expect(openedBy(place, ownKey)).toBe(30 * 4);
    }
    expectSigns(held, ['a', 'b']);
    const stolen = new Map([only(rsa.shares, a), only(held.shares, b)]);
    for (const { publicKey } of [rsa, held]) {
      expect(signatureBy({ publicKey, shares: stolen }, ['a', 'b'])).toBeUndefined();
    }
  });
});

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
        oneTimeKeys(index, keyCount(kind)).flatMap((secret, peer) =>
          log.includes(toHex(secret)) ? [[receiver, peer < 4 ? processes[peer] : 'a mask']] : [],
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

  it.each(['refresh', 'reshare-plain', 'reshare-quotient'] as const)(
    'even if messages of a %s are delayed and rounds closed at will: who is late is left out, and complains of nobody',
    (kind) => {
      const setting = rsaSetting(rsa.publicKey, { kind, trust: model });
      const endings = new Set<string>();
      for (let seed = 1; seed <= 16; seed++) {
        const number = seededNumbers(seed);
        const haste = number() / 3;
        const outcome = runCeremony({
          setting,
          shares: rsa.shares,
          seed,
          schedule: (waiting) => Math.floor(number() * waiting),
          hastens: () => number() < haste,
        });
        const { state, transcript } = outcome.board;
        endings.add(`${state._tag} ${transcript.keys.size === 4 ? 'with all' : 'without some'}`);
        expect(outcome.culprits, `seed ${seed}`).toEqual([]);
        const kinds = outcome.log.map(({ bytes }) => readEnvelope(bytes)?.kind);
        expect(kinds.includes('complain'), `seed ${seed}`).toBe(false);
        const log = outcome.log.map(({ bytes }) => toHex(bytes)).join(' ');
        const opened = [a, b, c, d].flatMap((_, index) =>
          oneTimeKeys(index, keyCount(kind), seed).filter((secret) => log.includes(toHex(secret))),
        );
        expect(opened, `seed ${seed}`).toEqual([]);
      }
      expect([...endings]).toEqual(
        expect.arrayContaining(['committed with all', 'committed without some', 'aborted without some']),
      );
    },
  );
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
