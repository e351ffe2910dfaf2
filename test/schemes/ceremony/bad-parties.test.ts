/** Every way to cheat in a refresh, a plain reshare or a generation: the cheat is named, nobody else, and the key moves without it. */
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, empty } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { BlsPublicKey } from '../../../src/schemes/bls/key.js';
import { blsGeneration } from '../../../src/schemes/ceremony/moves/bls-ceremony.js';
import { readEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import type { CeremonyFault } from '../../../src/schemes/ceremony/fault.js';
import type { CeremonySetting } from '../../../src/schemes/ceremony/setting.js';
import { jacobi } from '../../../src/schemes/shoup-rsa/jacobi.js';
import type { ShoupRsaPublicKey } from '../../../src/schemes/shoup-rsa/key.js';
import {
  type Adversary,
  begun,
  type CeremonyOutcome,
  ceremonyRules,
  committed,
  runCeremony,
  silent,
} from '../../support/ceremony.js';
import { seededRandom } from '../../support/seeded-random.js';
import { policy, trust } from '../../support/trust.js';
import {
  changing,
  complainingOf,
  dealing,
  dealingAnotherSecret,
  dealingBadSharesTo,
  dealingOutOfRangeTo,
  flipped,
  longer,
  shorter,
  without,
  writingElements,
} from './adversaries.js';
import { blsKey, blsSetting, expectSigns, type HeldKey, id, rsaKey, rsaSetting } from './keys.js';

const model = 'f=1 of (a, b, c, d)';
const rule = '2 of (a, b, c, d)';
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(id) as [ProcessId, ProcessId, ProcessId, ProcessId];
const rsa = rsaKey(rule);
const bls = blsKey(rule);
/** Of the process at `index` in the runs below: its one-time keys are the first that it draws, dealer by dealer. */
const oneTimeSecret = (index: number, dealer: number) => {
  const random = seededRandom(1000 + index);
  return present(Array.from({ length: dealer + 1 }, () => random(32)).at(-1), 'as many keys as dealers');
};

type AnyKey = ShoupRsaPublicKey | BlsPublicKey;

interface Scene<G, Key> {
  readonly held: HeldKey<Key> | undefined;
  readonly setting: CeremonySetting<G, Key>;
}

/** Runs with `b` replaced and the others heard from the last to the first, and checks that the key signs without it. */
function runWith<G, Key extends AnyKey>({ held, setting }: Scene<G, Key>, adversary: Adversary<G, Key>) {
  const shares = held?.shares ?? new Map();
  const schedule = (waiting: number) => waiting - 1;
  const outcome = runCeremony({ setting, shares, schedule, adversaries: new Map([[b, adversary]]) });
  const { publicKey } = committed(outcome);
  expect(publicKey.epoch).toBe(setting.terms.nextEpoch);
  for (const pair of [[a, c] as const, [d, c] as const]) {
    const [one, other] = pair.map((process) => outcome.newShares.get(process));
    expect(one?.epoch).toBe(publicKey.epoch);
    expect(other?.epoch).toBe(publicKey.epoch);
  }
  expectSigns({ publicKey, shares: outcome.newShares }, ['c', 'd']);
  return outcome;
}

function expectNamed<G, Key>({ board, log }: CeremonyOutcome<G, Key>, fault: CeremonyFault['_tag'] | object): void {
  const shape = typeof fault === 'string' ? { _tag: fault } : fault;
  expect(board.culprits).toMatchObject([{ process: b, fault: shape }]);
  const [culprit] = board.culprits;
  expect(culprit?.evidence.some((position) => log[position]?.from === b)).toBe(true);
}

/** Cheats that every kind of ceremony, of either scheme, is open to. */
function commonCheats<G, Key extends AnyKey>(name: string, scene: Scene<G, Key>): void {
  const cheats: readonly (readonly [string, Adversary<G, Key>, CeremonyFault['_tag'] | object])[] = [
    [
      'sub-shares that are not committed to',
      dealingBadSharesTo(c),
      { _tag: 'BadBox', receiver: c, why: { _tag: 'NotCommitted' } },
    ],
    ['sub-shares out of range', dealingOutOfRangeTo(c), { _tag: 'BadBox', receiver: c, why: { _tag: 'OutOfRange' } }],
    [
      'a box that does not open',
      changing('deal', (body) => flipped(body, -1)),
      { _tag: 'BadBox', receiver: d, why: { _tag: 'DoesNotOpen' } },
    ],
    [
      'bad sub-shares for everybody',
      dealing(({ coefficients, shares }) => ({ coefficients, shares: shares.map((share) => share + 1n) })),
      'BadBox',
    ],
    ['a deal cut short', changing('deal', shorter), 'MalformedBytes'],
    [
      'a deal too long',
      changing('deal', longer),
      { _tag: 'MalformedBytes', expected: expect.stringMatching(/^at most/) as string },
    ],
    ['nothing for a deal', changing('deal', () => empty), 'MalformedBytes'],
    ['commitments that are no elements', writingElements((_, honest) => honest.map(() => 0xff)), 'MalformedBytes'],
    ['keys cut short', changing('keys', shorter), 'MalformedBytes'],
    ['keys too long', changing('keys', longer), 'MalformedBytes'],
    [
      'a key of small order',
      changing('keys', (body) => Uint8Array.from(body, (byte, at) => (at < 32 ? 0 : byte))),
      'MalformedBytes',
    ],
    [
      'a key that is not canonical',
      changing('keys', (body) => Uint8Array.from(body, (byte, at) => (at < 32 ? 0xff : byte))),
      'MalformedBytes',
    ],
    ['an acknowledgement too long', changing('acknowledge', longer), 'MalformedBytes'],
    [
      'a complaint with a key that was not announced',
      complainingOf(a, oneTimeSecret(0, 0)),
      { _tag: 'FalseComplaint', against: a },
    ],
    ['a complaint of what is right', complainingOf(a, oneTimeSecret(1, 0)), { _tag: 'FalseComplaint', against: a }],
  ];
  it.each(cheats)(`${name}: %s`, (_, adversary, fault) => {
    expectNamed(runWith(scene, adversary), fault);
  });

  it(`${name}: whoever is silent, at once or from some round on, is not blamed`, () => {
    const quiet: readonly Adversary<G, Key>[] = [
      silent(),
      without('deal'),
      without('commit', 'deal'),
      without('complain', 'acknowledge'),
      without('deal', 'acknowledge'),
    ];
    for (const adversary of quiet) expect(runWith(scene, adversary).culprits).toEqual([]);
  });

  it(`${name}: a small order key to seal a box with is found at the door`, () => {
    // The last box is the one for d; it begins with the dealer's key.
    const outcome = runWith(
      scene,
      changing('deal', (body) => {
        const box = body.length - lastBoxLength(scene);
        return Uint8Array.from(body, (byte, at) => (at >= box && at < box + 32 ? 0 : byte));
      }),
    );
    expectNamed(outcome, { _tag: 'MalformedBytes', expected: 'a box under a usable key' });
  });

  it(`${name}: an acknowledgement of another key counts for nothing, and blames nobody`, () => {
    const outcome = runWith(
      scene,
      changing('acknowledge', (body) => flipped(body, 0)),
    );
    expect(outcome.culprits).toEqual([]);
    expect(outcome.board.state).toMatchObject({ unacknowledged: [b] });
  });
}

/** Each member has one row; one dealing of one row in every box. */
function lastBoxLength<G, Key>({ setting: { scheme, terms } }: Scene<G, Key>): number {
  const form = scheme.formOf(terms.kind === 'reshare-plain' ? { _tag: 'row', row: 1 } : { _tag: 'zero' });
  const range = present(form.rows[3], 'a row of d');
  return 48 + Math.ceil((range.high - range.low - 1n).toString(16).length / 2);
}

const rsaRefresh = { held: rsa, setting: rsaSetting(rsa.publicKey, { kind: 'refresh', trust: model }) };
const blsRefresh = { held: bls, setting: blsSetting(bls.publicKey, { kind: 'refresh', trust: model }) };
const rsaPlain = { held: rsa, setting: rsaSetting(rsa.publicKey, { kind: 'reshare-plain', trust: model }) };
const blsPlain = { held: bls, setting: blsSetting(bls.publicKey, { kind: 'reshare-plain', trust: model }) };
const nextPolicy = policy(rule);
const nothing = { context: empty, attempt: 1, culprits: [], absent: [] };
const blsNew: Scene<ReturnType<typeof blsSetting>['scheme']['group']['identity'], BlsPublicKey> = {
  held: undefined,
  setting: begun(
    blsGeneration(
      { suite: 'min-pk-pop', usage: 'document', policy: nextPolicy, epoch: 1, ...nothing },
      ceremonyRules(trust(model), nextPolicy),
    ),
  ),
};

describe('refresh', () => {
  commonCheats('shoup-rsa', rsaRefresh);

  it('T6: dealing anything but nothing is named', () => {
    expectNamed(runWith(rsaRefresh, dealingAnotherSecret()), { _tag: 'WrongRoot', dealing: 0 });
    expectNamed(runWith(blsRefresh, dealingAnotherSecret()), { _tag: 'WrongRoot', dealing: 0 });
  });

  it('T6: commitments of the other sign, written large, or of Jacobi symbol -1 are named', () => {
    const { modulus } = rsa.publicKey;
    const negated = writingElements<bigint, ShoupRsaPublicKey>((element) => bigIntToBytes(modulus - element, 64));
    const outside = writingElements<bigint, ShoupRsaPublicKey>((element) => {
      let value = element;
      while (jacobi(value, modulus) !== -1) value += 1n;
      return bigIntToBytes(value, 64);
    });
    const zero = writingElements<bigint, ShoupRsaPublicKey>((_, honest) => honest.map(() => 0));
    for (const adversary of [negated, outside, zero]) {
      expectNamed(runWith(rsaRefresh, adversary), { _tag: 'MalformedBytes', expected: 'an element of the group' });
    }
  });
});

describe('plain reshare', () => {
  commonCheats('shoup-rsa', rsaPlain);

  it('bls: a bad box is named', () => {
    expectNamed(runWith(blsPlain, dealingBadSharesTo(c)), {
      _tag: 'BadBox',
      receiver: c,
      why: { _tag: 'NotCommitted' },
    });
  });

  it('names a bad box even after the key has moved, which its receiver then has to be given', () => {
    const adversaries = new Map([[b, dealingBadSharesTo<bigint, ShoupRsaPublicKey>(d)]]);
    const outcome = runCeremony({ setting: rsaPlain.setting, shares: rsa.shares, adversaries });
    expect(outcome.board.state).toMatchObject({ _tag: 'committed', unacknowledged: [d] });
    expectNamed(outcome, { _tag: 'BadBox', receiver: d });
    expect(outcome.newShares.has(d)).toBe(false);
    expectSigns({ publicKey: committed(outcome).publicKey, shares: outcome.newShares }, ['a', 'c']);
  });

  it('dealing another number than the old share is named', () => {
    expectNamed(runWith(rsaPlain, dealingAnotherSecret()), { _tag: 'WrongRoot', dealing: 0 });
    expectNamed(runWith(blsPlain, dealingAnotherSecret()), { _tag: 'WrongRoot', dealing: 0 });
  });
});

describe('generation', () => {
  commonCheats('bls', blsNew);

  it('dealing something else than what was committed to is named', () => {
    const outcome = runWith(
      blsNew,
      changing('commit', (body) => flipped(body, 5)),
    );
    expectNamed(outcome, 'NotAsCommitted');
    const { board, log } = outcome;
    const proof = board.culprits[0]?.evidence.map((position) => present(log[position], 'an entry'));
    expect(proof?.map(({ from, bytes }) => [from, readEnvelope(bytes)?.kind])).toEqual([
      [b, 'commit'],
      [b, 'deal'],
    ]);
  });

  it('dealing nothing is named, though it be committed to', () => {
    const zero = dealing<(typeof blsNew)['setting']['scheme']['group']['identity'], BlsPublicKey>(
      ({ coefficients }, _, { next, order }) => {
        const changed = [0n, ...coefficients.slice(1)];
        return { coefficients: changed, shares: next.rows.map((row) => rowOf(row.entries, changed) % (order ?? 1n)) };
      },
    );
    expectNamed(runWith(blsNew, zero), { _tag: 'WrongRoot', dealing: 0 });
  });
});

function rowOf(
  entries: readonly { readonly column: number; readonly coefficient: bigint }[],
  vector: readonly bigint[],
) {
  return entries.reduce((sum, { column, coefficient }) => sum + coefficient * (vector[column] ?? 0n), 0n);
}
