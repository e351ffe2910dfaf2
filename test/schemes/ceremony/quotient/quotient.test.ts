/** Masked-quotient reshares from end to end, over a 1024-bit key: moves, cheats, silence, and what newcomers can check. */
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../../../src/prelude/bytes.js';
import { E } from '../../../../src/prelude/fp.js';
import { present } from '../../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import { policyMembers } from '../../../../src/quorum/policy/policy.js';
import { readEnvelope } from '../../../../src/schemes/ceremony/rounds/envelope.js';
import { CeremonyParticipant } from '../../../../src/schemes/ceremony/participant.js';
import { modularInverse } from '../../../../src/schemes/sharing/modular-inverse.js';
import { makeShoupRsaVerifier } from '../../../../src/schemes/shoup-rsa/verifier.js';
import { safePrimes1024 } from '../../../support/rsa-keys.js';
import { id, seededRandom } from '../../shoup-rsa/setup.js';
import { gate } from '../../sharing/policies.js';
import {
  atTheBound,
  changeAttachment,
  changeRoot,
  complaining,
  dealing,
  halving,
  maskingAt,
  maskingWith,
  maskKeys,
  misleading,
  oversized,
  patching,
  quotientOf,
  recut,
  rootOfBase,
  silentIn,
  unopenable,
} from './cheats.js';
import {
  type Ceremony,
  dealt,
  faultsOf,
  hold,
  type Hostility,
  policies,
  settingOf,
  signed,
  universe,
} from './scene.js';

const message = utf8('what the alliance signs');
const start = dealt(policies.flat);
const signature = signed(start, message, ['a', 'b', 'c']);
const modulus = safePrimes1024.p * safePrimes1024.q;
const quorumOf = {
  flat: ['c', 'd', 'e'],
  nested: ['a', 'b', 'f', 'g'],
  weighted: ['a', 'd', 'e'],
  other: ['c', 'f', 'g'],
} as const;

describe('a masked-quotient reshare', () => {
  it('moves a key along and back between policies and members, and it signs as before', () => {
    let holding = start;
    for (const name of ['nested', 'weighted', 'other', 'flat'] as const) {
      const moved = hold(holding, { nextPolicy: policies[name] });
      expect(moved.board.state).toMatchObject({ _tag: 'committed', unacknowledged: [] });
      expect(faultsOf(moved).size).toBe(0);
      holding = present(moved.next, 'a key');
      expect(holding.publicKey.secretScale).toBe(1n);
      expect(signed(holding, message, quorumOf[name])).toEqual(signature);
    }
  });

  it('lets one alone divide without masks, and deal to others', () => {
    const alone = dealt(gate(1, 'a', gate(2, 'b', 'c', 'd')));
    const moved = hold(alone, { nextPolicy: policies.flat });
    expect(moved.log.map(({ bytes }) => readEnvelope(bytes)?.kind)).not.toContain('masks');
    expect(signed(present(moved.next, 'a key'), message, ['b', 'd', 'e'])).toEqual(signature);
  });

  it('divides by 1 where all or any are needed', () => {
    const moved = hold(dealt(gate(2, 'a', gate(1, 'b', 'c'))), { nextPolicy: policies.flat });
    expect(signed(present(moved.next, 'a key'), message, ['b', 'd', 'e'])).toEqual(signature);
  });

  it('takes every share of a policy in which members stand several times', () => {
    const moved = hold(dealt(policies.weighted), { nextPolicy: policies.weighted });
    expect(signed(present(moved.next, 'a key'), message, ['a', 'b'])).toEqual(signature);
  });

  it('deals nothing before all contributors have confirmed all masks', () => {
    const { log } = hold(start, { nextPolicy: policies.flat });
    const kinds = log.map(({ bytes }) => readEnvelope(bytes)?.kind);
    expect(kinds.filter((kind) => kind === 'confirm')).toHaveLength(3);
    expect(kinds.lastIndexOf('masks')).toBeLessThan(kinds.indexOf('confirm'));
    expect(kinds.lastIndexOf('confirm')).toBeLessThan(kinds.indexOf('deal'));
    const withheld = hold(start, { nextPolicy: policies.flat }, { b: silentIn('confirm') });
    expect(withheld.log.map(({ bytes }) => readEnvelope(bytes)?.kind)).not.toContain('deal');
  });

  it('T24: convinces a newcomer that holds the key and the policy only, and by no other root', () => {
    const { board, next } = hold(start, { nextPolicy: policies.other });
    const { publicKey } = present(next, 'a key');
    expect(E.isRight(makeShoupRsaVerifier(publicKey, universe))).toBe(true);
    const { group } = board.setting.scheme;
    const [root = 0n, ...others] = publicKey.commitments;
    const forged = { ...publicKey, commitments: [group.multiply(root, group.commit(1n)), ...others] };
    expect(makeShoupRsaVerifier(forged, universe)).toEqual(E.left({ _tag: 'CommittedToAnotherSecret' }));
    const roots = [...board.transcript.deals.values()].map(({ dealings }) => dealings[0]?.commitments[0] ?? 1n);
    const settled = present(board.transcript.settled, 'settled');
    const constant = E.isRight(settled) ? settled.right.combination.constant : 0n;
    const product = [...roots, board.setting.scheme.commit(constant)].reduce((a, b) => group.multiply(a, b));
    expect(product).toBe(root);
    expect(group.power(product, publicKey.exponent)).toBe(group.commit(1n));
  });
});

/** A CONFIRM with complaints of those at these places among the contributors before it, and keys of zeros. */
const complaints = (places: readonly number[]): Hostility =>
  patching('confirm', (body) => {
    const list = places.flatMap((place) => [0, place, ...new Uint8Array(32)]);
    return concatBytes(body.subarray(0, 32), new Uint8Array([0, 0, 0, places.length, ...list]));
  });

interface Cheat {
  readonly hostility: Hostility;
  /** `b` if absent. */
  readonly by?: string;
  readonly fault: unknown;
}

/** What each cheat is found to be. */
const cheats: Readonly<Record<string, Cheat>> = {
  'deals one more': {
    hostility: dealing((deal) => (form, root, random) => deal(form, root + 1n, random)),
    fault: { _tag: 'WrongQuotient', why: 'not the quotient' },
  },
  'T6: writes the negative of its root': {
    hostility: changeRoot((root) => modulus - root),
    fault: { _tag: 'MalformedBytes' },
  },
  'deals the inverse of its quotient': {
    hostility: changeRoot((root, { setting }) => setting.scheme.group.power(root, -1n)),
    fault: { _tag: 'WrongQuotient', why: 'not the quotient' },
  },
  'T7: deals half a quotient, with the root of v that everybody knows': {
    hostility: changeRoot((root, { setting }) => {
      const inverse = present(modularInverse(rootOfBase(setting.scheme, -1), modulus), 'a unit');
      const half = (root * inverse) % modulus;
      return 2n * half < modulus ? half : modulus - half;
    }),
    fault: { _tag: 'MalformedBytes' },
  },
  'publishes another remainder': {
    hostility: patching('deal', (body, board) =>
      changeAttachment(body, board, ({ remainder, high }) => ({ remainder: remainder ^ 1n, high })),
    ),
    fault: { _tag: 'WrongQuotient', why: 'not the quotient' },
  },
  'publishes a remainder of D and more': {
    hostility: {
      ...dealing((deal) => (form, root, random) => deal(form, root - 1n, random)),
      patch: (kind, body, board) => {
        if (kind !== 'deal') return body;
        const { scale } = quotientOf(board).plan.sharing;
        return changeAttachment(body, board, ({ remainder, high }) => ({ remainder: remainder + scale, high }));
      },
    },
    fault: { _tag: 'WrongQuotient', why: 'remainder out of range' },
  },
  'publishes a high part that no honest one has': {
    hostility: patching('deal', (body, board) =>
      changeAttachment(body, board, ({ remainder }) => {
        const { high } = present(quotientOf(board).plan.contributors[1], 'b');
        return { remainder, high: high.high - high.low };
      }),
    ),
    fault: { _tag: 'WrongQuotient', why: 'high part out of range' },
  },
  'deals oversized sub-shares': { hostility: oversized, fault: { _tag: 'BadBox', why: { _tag: 'OutOfRange' } } },
  'seals other sub-shares than it committed to': {
    hostility: dealing((deal) => (form, root, random) => {
      const { coefficients, shares } = deal(form, root, random);
      return { coefficients, shares: shares.map((share, row) => (row === 3 ? share + 1n : share)) };
    }),
    fault: { _tag: 'BadBox', why: { _tag: 'NotCommitted', row: 3 } },
  },
  'seals a box that does not open': {
    hostility: unopenable,
    fault: { _tag: 'BadBox', why: { _tag: 'DoesNotOpen' } },
  },
  'writes a DEAL that is too short': {
    hostility: patching('deal', (body) => body.subarray(1)),
    fault: { _tag: 'MalformedBytes' },
  },
  'T9: seals a mask that is too large': {
    hostility: maskingWith((bound) => bound + 1n, 'b'),
    fault: { _tag: 'BadMask', receiver: 'c', why: 'out of range' },
  },
  'T9: commits to another mask than it seals': {
    hostility: misleading,
    fault: { _tag: 'BadMask', receiver: 'c', why: 'not committed' },
  },
  'T9: seals a mask that does not open': {
    hostility: patching('masks', (body) => body.fill(7, body.length - 1)),
    fault: { _tag: 'BadMask', receiver: 'c', why: 'does not open' },
  },
  'commits to a mask outside of the group': {
    hostility: patching('masks', (body) => body.fill(0, 0, 128)),
    fault: { _tag: 'MalformedBytes' },
  },
  'complains of a good mask with a key that was never announced': {
    hostility: complaining('b', () => new Uint8Array(32).fill(9)),
    fault: { _tag: 'FalseComplaint', against: 'a' },
  },
  'complains of a good mask with its key': {
    hostility: complaining('b', (board, against) =>
      present(maskKeys(board, 'b', ' 1 2 b').get(against), 'a key').reveal(),
    ),
    fault: { _tag: 'FalseComplaint', against: 'a' },
  },
  'writes a CONFIRM with too many complaints': {
    hostility: patching('confirm', (body) => concatBytes(body, new Uint8Array(200))),
    fault: { _tag: 'MalformedBytes', expected: 'at most 104 bytes' },
  },
  'complains of its own mask': { hostility: complaints([1]), fault: { _tag: 'MalformedBytes' } },
  'complains of nobody': { hostility: complaints([9]), fault: { _tag: 'MalformedBytes' } },
  'complains twice of the same': { hostility: complaints([0, 0]), by: 'c', fault: { _tag: 'MalformedBytes' } },
};

describe('a contributor that cheats', () => {
  it.each(Object.entries(cheats))('%s: it is named, alone, and the key stays as it was', (_, cheat) => {
    const { hostility, by = 'b', fault } = cheat;
    const { board, log, next } = hold(start, { nextPolicy: policies.other }, { [by]: hostility });
    expect(board.state).toMatchObject({ _tag: 'aborted', reason: { _tag: 'CulpritNeeded', processes: [by] } });
    expect(board.culprits).toMatchObject([{ process: by, fault }]);
    for (const position of board.culprits[0]?.evidence ?? []) expect(log[position]).toBeDefined();
    expect(next).toBeUndefined();
  });

  it('is proven wrong by the masks that its part is made of, and by its deal', () => {
    const { hostility } = present(cheats['deals one more'], 'a cheat');
    for (const [by, maskers] of [
      ['b', ['a', 'b']],
      ['c', ['a', 'b']],
    ] as const) {
      const { board, log } = hold(start, { nextPolicy: policies.other }, { [by]: hostility });
      const [culprit] = board.culprits;
      const proof = culprit?.evidence.map((position) => present(log[position], 'an entry'));
      expect(culprit).toMatchObject({ process: by, fault: { _tag: 'WrongQuotient' } });
      expect(proof?.map(({ from, bytes }) => [from, readEnvelope(bytes)?.kind])).toEqual([
        ...maskers.map((from) => [from, 'masks']),
        [by, 'deal'],
      ]);
    }
  });

  it('is left out of the next attempt, as are all that cheat in turn, until one succeeds', () => {
    const late = dealt(gate(3, 'a', 'b', 'c', 'd', 'e', 'f'));
    const plusOne = dealing((deal) => (form, root, random) => deal(form, root + 1n, random));
    const hostile = { a: plusOne, b: misleading, c: oversized };
    const culprits: ProcessId[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { board } = hold(late, { nextPolicy: policies.other, attempt, culprits }, hostile);
      expect(board.state._tag).toBe('aborted');
      culprits.push(...board.culprits.map(({ process }) => process));
    }
    expect([...culprits].sort()).toEqual(['a', 'b', 'c']);
    const last = hold(late, { nextPolicy: policies.other, attempt: 4, culprits }, hostile);
    expect(quotientOf(last.board).plan.contributors.map(({ process }) => process)).toEqual(['d', 'e', 'f']);
    expect(signed(present(last.next, 'a key'), message, ['c', 'f', 'g'])).toEqual(signature);
  });

  it('T8: gains nothing by another cut, by masks at their bound, or by coefficients at theirs', () => {
    const usual = hold(start, { nextPolicy: policies.flat });
    const hostile = { a: maskingAt(0xff), b: recut(1n), c: atTheBound };
    const moved = hold(start, { nextPolicy: policies.flat }, hostile);
    expect(faultsOf(moved).size).toBe(0);
    const next = present(moved.next, 'a key');
    expect(next.publicKey.ranges).toEqual(usual.next?.publicKey.ranges);
    expect(signed(next, message, ['a', 'd', 'e'])).toEqual(signature);
  });

  it('T8: may cut so far from its quotient that the constant leaves its usual range: the key moves all the same', () => {
    const cut = recut(10n);
    const moved = hold(start, { nextPolicy: policies.flat }, { a: cut, b: cut, c: cut });
    expect(faultsOf(moved).size).toBe(0);
    const next = present(moved.next, 'a key');
    expect(next.publicKey.ranges).not.toEqual(hold(start, { nextPolicy: policies.flat }).next?.publicKey.ranges);
    expect(signed(next, message, ['a', 'd', 'e'])).toEqual(signature);
  });

  it('cannot frame anybody with its own oversized mask, which the receiver refuses', () => {
    const { board } = hold(start, { nextPolicy: policies.flat }, { a: maskingWith((bound) => 2n * bound - 1n, 'a') });
    expect(board.culprits.map(({ process }) => process)).toEqual(['a']);
  });
});

describe('one that is not there', () => {
  it.each(['masks', 'confirm', 'deal'])('silent in %s voids the attempt, and is blamed for nothing', (kind) => {
    const first = hold(start, { nextPolicy: policies.other }, { b: silentIn(kind) });
    expect(first.board.state).toMatchObject({
      _tag: 'aborted',
      reason: { _tag: 'TooFew', round: kind, missing: ['b'] },
    });
    expect(first.board.culprits).toEqual([]);
    const second = hold(start, { nextPolicy: policies.other, attempt: 2, absent: [id('b')] });
    expect(signed(present(second.next, 'a key'), message, ['d', 'e', 'f'])).toEqual(signature);
  });

  it('from the beginning is done without', () => {
    const moved = hold(start, { nextPolicy: policies.other }, { b: silentIn('keys') });
    expect(quotientOf(moved.board).plan.contributors.map(({ process }) => process)).toEqual(['a', 'c', 'd']);
    expect(moved.next).toBeDefined();
  });

  it('saw other masks than the rest: it is not counted, and blamed for nothing', () => {
    const first = hold(
      start,
      { nextPolicy: policies.other },
      { b: patching('confirm', (body) => body.fill(1, 0, 32)) },
    );
    expect(first.board.state).toMatchObject({ reason: { _tag: 'TooFew', round: 'confirm', missing: ['b'] } });
    expect(first.board.culprits).toEqual([]);
  });

  it('leaves too few: nothing happens', () => {
    const silent = silentIn('keys');
    const { board } = hold(start, { nextPolicy: policies.other }, { a: silent, b: silent, c: silent });
    expect(board.state).toMatchObject({ _tag: 'aborted', reason: { _tag: 'TooFew', round: 'keys' } });
  });
});

describe('a key that cannot be divided', () => {
  it('T12: dealt modulo the order is refused before anything is posted, and not after one plain reshare', () => {
    const modular = dealt(policies.flat, { sharing: 'modular' });
    expect(settingOf(modular, { nextPolicy: policies.other })).toMatchObject(E.left({ _tag: 'SharesAreResidues' }));
    const plain = present(hold(modular, { kind: 'reshare-plain', nextPolicy: policies.flat }).next, 'a key');
    const moved = present(hold(plain, { nextPolicy: policies.other }).next, 'a key');
    expect(moved.publicKey.secretScale).toBe(120n);
    expect(signed(moved, message, ['c', 'd', 'g'])).toEqual(signature);
  });

  it('T12: of primes that are not known to be safe is refused', () => {
    const imported = dealt(policies.flat, { material: { _tag: 'imported-primes', ...safePrimes1024 } });
    expect(settingOf(imported, { nextPolicy: policies.other })).toMatchObject(E.left({ _tag: 'PrimesNotKnownSafe' }));
  });

  it('T13: whoever knows the order of the group stops the quotient unnamed; one plain reshare, and the key signs', () => {
    const planted = halving((scheme) => rootOfBase(scheme, 1));
    const attempts = ['one', 'two', 'three', 'four', 'five'].map((seed) =>
      hold(start, { nextPolicy: policies.other, seed }, { b: planted }),
    );
    const isNotExact = ({ board: { state } }: Ceremony) => state._tag === 'aborted' && state.reason._tag === 'NotExact';
    const first = present(attempts.find(isNotExact), 'an attempt in which the remainder could be halved');
    expect(first.board.culprits).toEqual([]);
    const plain = hold(start, { kind: 'reshare-plain', nextPolicy: policies.other, attempt: 2 });
    expect(plain.board.culprits).toEqual([]);
    const next = present(plain.next, 'a key');
    expect(signed(next, message, ['c', 'f', 'g'])).toEqual(signature);
    const again = present(hold(next, { nextPolicy: policies.flat }).next, 'a key');
    expect(signed(again, message, ['a', 'b', 'e'])).toEqual(signature);
  });
});

describe('the secrets of an attempt', () => {
  it('T11: are not drawn again by a process that was restarted', () => {
    const { board } = hold(start, { nextPolicy: policies.flat });
    const options = { me: id('a'), share: start.shares.get(id('a')), random: seededRandom('again') };
    const restarted = new CeremonyParticipant(board, { ...options, claim: () => false });
    expect(restarted.messages()).toEqual([]);
  });

  it('are needed of a qualified set only, and every contributor is a member of the old policy', () => {
    const { board } = hold(start, { nextPolicy: policies.nested });
    const { contributors } = quotientOf(board).plan;
    expect(contributors).toHaveLength(3);
    const members = policyMembers(policies.flat);
    for (const { process } of contributors) expect([...members]).toContain(process);
  });
});
