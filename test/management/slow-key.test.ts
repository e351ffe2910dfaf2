/** A document whose slow quorums sign with one key (spec/consensus.md, "Certificates"): what is refused, and evidence under it. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { type Digest, digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { encodeEvidence } from '../../src/consensus/evidence-codec.js';
import { acceptedStatement, attributedStatement, type Ballot } from '../../src/consensus/statement.js';
import {
  decodeAllianceText,
  decodeEvidence,
  type EvidenceRecord,
  leaderSchedule,
  publicKeysOf,
  verifyEvidence,
} from '../../src/exports/consensus.js';
import type { Alliance } from '../../src/management/alliance.js';
import { decodeAlliance, encodeAlliance } from '../../src/management/alliance-codec.js';
import { slowMultisigOf } from '../../src/management/alliance-keys.js';
import { findReusedKey } from '../../src/management/alliance-succession.js';
import { describeAllianceError } from '../../src/management/errors.js';
import { recoveryPolicy, vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import type { Policy } from '../../src/quorum/policy/policy.js';
import { dealBls } from '../../src/schemes/bls/dealer.js';
import { loadBackends } from '../../src/schemes/bls/load-backends.js';
import { ed25519Sign } from '../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import type { ThresholdPublicKey } from '../../src/schemes/public-key.js';
import { makeSigner } from '../../src/schemes/registry.js';
import { dealShoupRsa } from '../../src/schemes/shoup-rsa/dealer.js';
import { right } from '../support/right.js';
import { safePrimes1024 } from '../support/rsa-keys.js';
import { seededRandom } from '../support/seeded-random.js';
import { fixedAlliance, withSlowKey } from './fixed-alliance.js';

await loadBackends();
const multisig = fixedAlliance();
const { trust } = multisig;
const { universe } = trust.system.processes;
const slowPolicy = recoveryPolicy(trust);

function dealt(seed: number, policy: Policy = slowPolicy, epoch = 1) {
  return right(dealBls({ policy, universe, usage: 'statement', epoch, random: seededRandom(seed) }));
}

function dealtRsa() {
  const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
  const terms = { policy: slowPolicy, universe, usage: 'statement', epoch: 1 } as const;
  return right(dealShoupRsa({ material, ...terms, random: seededRandom(9) })).publicKey;
}

const slow = dealt(1);

function complaintAbout(alliance: Alliance): string | undefined {
  const decoded = decodeAlliance(JSON.parse(JSON.stringify(encodeAlliance(alliance))));
  if (E.isRight(decoded)) return undefined;
  return decoded.left._tag === 'Inconsistent' ? decoded.left.path : describeAllianceError(decoded.left);
}

describe('a document with one slow key', () => {
  it.each([
    ['BLS', slow.publicKey],
    ['Shoup RSA', dealtRsa()],
  ])('is one, and says so again when it is written: %s', (_, slowKey) => {
    const alliance = withSlowKey(slowKey);
    expect(complaintAbout(alliance)).toBeUndefined();
    expect(right(decodeAlliance(encodeAlliance(alliance))).slowKey?._tag).toBe(slowKey._tag);
    expect(slowMultisigOf(alliance)).toBeUndefined();
  });

  const vouching = dealt(2, vouchPolicy(trust)).publicKey;
  const cases: readonly (readonly [string, () => Alliance, string])[] = [
    [
      'and slow keys of servers',
      () => ({ ...multisig, slowKey: slow.publicKey }),
      '/organizations/0/servers/0/slowKey',
    ],
    [
      'of none',
      () => {
        const { organizations } = withSlowKey(slow.publicKey);
        return { ...multisig, organizations };
      },
      '/organizations/0/servers/0/slowKey',
    ],
    ['along the vouching sets', () => withSlowKey(vouching), '/slowKey/policy'],
    ['of another epoch', () => withSlowKey(dealt(1, slowPolicy, 2).publicKey), '/slowKey/epoch'],
    ['for documents', () => withSlowKey({ ...slow.publicKey, usage: 'document' }), '/slowKey/usage'],
    [
      'that is the alliance key',
      () => withSlowKey({ ...vouching, policy: slowPolicy }, { allianceKey: vouching }),
      '/slowKey',
    ],
    [
      'of primes that are not known to be safe',
      () => withSlowKey({ ...dealtRsa(), provenSafePrimes: false }),
      '/slowKey',
    ],
  ];
  it.each(cases)('T20: is refused %s', (_, make, path) => {
    expect(complaintAbout(make())).toBe(path);
  });

  it('is refused where that is of multisignatures: those are the servers’ own', () => {
    const alliance = { ...withSlowKey(slow.publicKey), slowKey: multisig.allianceKey as never };
    const decoded = decodeAlliance(
      JSON.parse(JSON.stringify({ ...(encodeAlliance(multisig) as object), slowKey: encodedKey(alliance) })),
    );
    expect(decoded).toMatchObject({ left: { _tag: 'DecodeError' } });
  });
});

function encodedKey({ allianceKey }: Alliance): unknown {
  return (encodeAlliance({ ...multisig, allianceKey }) as { allianceKey: unknown }).allianceKey;
}

describe('the slow key of the next epoch', () => {
  const now = withSlowKey(slow.publicKey);
  const next = (slowKey: ThresholdPublicKey, more: Partial<Alliance> = {}): Alliance =>
    withSlowKey({ ...slowKey, epoch: 2 }, { epoch: 2, ...more });

  it('is another one', () => {
    expect(findReusedKey(next(dealt(3).publicKey), [now])).toBeUndefined();
    expect(findReusedKey({ ...multisig, epoch: 2 }, [now])).toBeUndefined();
    expect(findReusedKey(next(dealt(3).publicKey), [multisig])).toBeUndefined();
  });

  it('is never one that was shared before, whatever for', () => {
    expect(findReusedKey(next(slow.publicKey), [now])).toMatchObject({ path: '/slowKey' });
    const earlier = withSlowKey(dealt(4).publicKey, { allianceKey: slow.publicKey });
    expect(findReusedKey(next(slow.publicKey), [earlier])).toMatchObject({ path: '/slowKey' });
    expect(findReusedKey({ ...multisig, epoch: 2, allianceKey: slow.publicKey }, [now])).toMatchObject({
      path: '/allianceKey',
    });
    // The alliance key itself is carried over.
    const key = dealt(5, vouchPolicy(trust)).publicKey;
    expect(
      findReusedKey(next(dealt(3).publicKey, { allianceKey: key }), [{ ...now, allianceKey: key }]),
    ).toBeUndefined();
    expect(findReusedKey(now, [now])).toBeUndefined();
  });
});

describe('evidence under one slow key, to a third party without Node', () => {
  const text = JSON.stringify(encodeAlliance(withSlowKey(slow.publicKey)));
  const alliance = right(decodeAllianceText(text));
  const { allianceId, epoch, identities, keys } = publicKeysOf(alliance);
  const process = present(universe.ids[0], 'a server');
  const value = digest(utf8('a batch'));
  const context = { allianceId, epoch, keyId: identities.keyId };
  const seed = present(ed25519Seed(digest(utf8(`identity ${process}`))), 'a digest has 32 bytes');
  const attribute = (ballot: Ballot, share: Uint8Array): Uint8Array =>
    ed25519Sign(seed, attributedStatement(context, { kind: 'accepted', ...ballot }, digest(share)));
  const signers = universe.ids.map((id) =>
    right(makeSigner(slow.publicKey, present(slow.shares.get(id), 'a share'), universe)),
  );
  const shareOf = (index: number, ballot: Ballot): Uint8Array => {
    const statement = acceptedStatement({ ...context, keyId: keys.slow.keyId }, ballot);
    return right(present(signers[index], 'a signer').signShare(statement));
  };
  const holds = (record: EvidenceRecord): boolean => {
    const read = right(decodeEvidence(universe, encodeEvidence(universe, record)));
    return verifyEvidence({ ...publicKeysOf(alliance), leaders: leaderSchedule(trust.leaders) }, read);
  };
  const ballot = { view: 1, slot: 1, digest: value };
  const invalid = (share: Uint8Array, signature = attribute(ballot, share)): EvidenceRecord => {
    const said = { kind: 'accepted', ...ballot } as const;
    return { _tag: 'InvalidShare', epoch, process, ballot: said, share: share as never, signature };
  };

  it('a share that is none is proof, if its sender has signed for it', () => {
    const other = shareOf(1, ballot);
    expect(holds(invalid(other))).toBe(true);
    expect(holds(invalid(other, new Uint8Array(64)))).toBe(false);
    expect(holds(invalid(shareOf(0, ballot)))).toBe(false);
    expect(holds(invalid(new Uint8Array(0)))).toBe(false);
  });

  it('two ACCEPTED that its identity has signed for are proof; T21: shares that anyone could compute are none', () => {
    const [x, y] = ['x', 'y'].map((one) => digest(utf8(one))).sort((a, b) => Buffer.compare(a, b)) as [Digest, Digest];
    const sent = (one: Digest, attributed: boolean) => {
      const said = { view: 1, slot: 1, digest: one };
      const share = shareOf(0, said);
      const signature = attributed ? attribute(said, share) : new Uint8Array(64);
      return { kind: 'accepted', ...said, proof: Uint8Array.from([...digest(share), ...signature]) } as const;
    };
    const record = { _tag: 'DoubleVote', epoch, process } as const;
    expect(holds({ ...record, first: sent(x, true), second: sent(y, true) })).toBe(true);
    expect(holds({ ...record, first: sent(x, true), second: sent(y, false) })).toBe(false);
  });

  it('nothing is shown about shares of RSA here', () => {
    const rsa = publicKeysOf(withSlowKey(dealtRsa())).keys.slow;
    expect(rsa.verifyShare(utf8('anything'), process, new Uint8Array(9) as never)).toBe('unattributable');
    const broken = publicKeysOf(withSlowKey({ ...slow.publicKey, groupKey: new Uint8Array(48) })).keys.slow;
    expect(broken.verifyShare(utf8('anything'), process, new Uint8Array(9) as never)).toBe('unattributable');
  });
});
