/** RESTART: who may begin an epoch in the place of servers that cannot decide any more, and with what; everything else is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { stateDigest } from '../../../src/prelude/state-digest.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../../src/management/alliance-codec.js';
import {
  recoveryKeyId,
  type RestartFile,
  type RestartPoint,
  restartStatement,
} from '../../../src/management/recovery/restart.js';
import {
  decodeRestartText,
  describeRestartFormError,
  printRestart,
} from '../../../src/management/recovery/restart-codec.js';
import { organizationsWithoutOffer } from '../../../src/management/recovery/restart-document.js';
import { describeRestartError } from '../../../src/management/recovery/restart-errors.js';
import { type EndingEpoch, judgeRestart } from '../../../src/management/recovery/restart-judgement.js';
import { ed25519Verify, publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { publicVerifier } from '../../../src/schemes/public-verifier.js';
import { right } from '../../support/right.js';
import { trust } from '../../support/trust.js';
import { fixedAlliance } from '../fixed-alliance.js';
import { documentKey, policyOf, withGovernance, withOrganization } from '../governed-alliance.js';
import { blsKey } from '../made-history.js';
import { chain, decidedBy, madeRestart, nextOf, offersFor, pointOf, seedFor, signedBy } from './made-restart.js';

const before = fixedAlliance();
const first: EndingEpoch = { document: before, began: undefined };
const made = madeRestart();
const [a, b] = [digest(utf8('a')), digest(utf8('b'))];

function refusal(file: RestartFile, ending: EndingEpoch = first): string | undefined {
  const judged = judgeRestart(ending, file, ed25519Verify);
  if (E.isRight(judged)) return undefined;
  expect(describeRestartError(judged.left)).toMatch(/^[a-zA-Z].{10,}$/u);
  return judged.left._tag;
}

/** What three organizations sign, whatever it says. */
function signed(document: Alliance, point: RestartPoint = pointOf(before), names = ['a', 'b', 'c']): RestartFile {
  return { document, restart: signedBy(before, point, document, names) };
}

function withPoint(more: Partial<RestartPoint>): RestartFile {
  return signed(made.document, { ...pointOf(before), ...more });
}

describe('a restart', () => {
  it('holds by organizations that satisfy the recovery policy, from what the servers of its epoch have certified', async () => {
    const claim = present(right(judgeRestart(first, made, ed25519Verify)), 'DECIDED is still to be verified');
    expect(await publicVerifier(claim.key)(claim.bytes, claim.signature)).toBe(true);
    const other = right(judgeRestart(first, withPoint({ chain: a }), ed25519Verify));
    expect(await publicVerifier(before.allianceKey)(present(other, 'a claim').bytes, claim.signature)).toBe(false);
    for (const names of [
      ['a', 'b', 'd'],
      ['b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ])
      expect(refusal(signed(made.document, pointOf(before), names))).toBeUndefined();
  });

  it('leaves who is a member and who decides as it is, and makes every server’s part anew', () => {
    const { document } = made;
    expect([document.epoch, document.change]).toEqual([2, 1]);
    expect(toHex(present(document.allianceId, 'a later document has it'))).toBe(toHex(allianceIdOf(before)));
    expect(document.organizations.map(({ servers, ...kept }) => [kept, servers.length])).toEqual(
      before.organizations.map(({ servers, ...kept }) => [kept, servers.length]),
    );
    expect(document.documentKeys).toEqual([]);
    expect(organizationsWithoutOffer(before, offersFor(before).slice(1))).toEqual(['a']);
  });

  it('may have another trust model, other servers and other authorities', () => {
    const more = offersFor(before).map(({ server, allianceKey }) => ({
      server: { ...server, port: server.port + 500 },
      allianceKey,
    }));
    const other = nextOf({ ...before, trust: trust('f=1 t=0 of (a/1, b/1, c/1, d/1)') }, more);
    const authority = present(before.organizations[1], 'b').certificateAuthority;
    const document = {
      ...withOrganization(other, 'a', () => ({ certificateAuthority: authority })),
      previous: configurationDigestOf(before),
      allianceId: allianceIdOf(before),
    };
    expect(refusal(signed(document))).toBeUndefined();
  });

  it('begins an epoch again where it began, if that has certified nothing', () => {
    const { manifest } = pointOf(before);
    const second = made.document;
    const began = { slot: 300, chain, state: stateDigest(300, manifest) };
    const point: RestartPoint = { slot: 300, chain, manifest, notBefore: 5 };
    const document = nextOf(second, offersFor(second));
    const file = (more: Partial<RestartPoint>): RestartFile => {
      const where = { ...point, ...more };
      return { document, restart: signedBy(second, where, document, ['a', 'b', 'c']) };
    };
    expect(refusal(file({}), { document: second, began })).toBeUndefined();
    for (const more of [{ slot: 301 }, { chain: a }, { manifest: { ...manifest, root: b } }])
      expect(refusal(file(more), { document: second, began })).toBe('NotWhereItBegan');
    expect(refusal(file({}), { document: second, began: undefined })).toBe('NotWhereItBegan');
    const decided = decidedBy(second, point, 'restart 1 alliance');
    expect(refusal(file({ decided }), { document: second, began })).toBe('BeforeItsEpoch');
  });
});

describe('a restart that is none', () => {
  const change = (more: Partial<Alliance>): RestartFile => signed({ ...made.document, ...more });
  const organizations = made.document.organizations;
  const multisig = made.document.allianceKey;
  const parts = multisig._tag === 'multisig' ? [...multisig.publicKeys].slice(1) : [];
  const fewerParts = { ...multisig, publicKeys: new Map(parts) } as typeof multisig;
  const bls = blsKey(2, 9).publicKey;
  const cases: readonly (readonly [string, RestartFile, string])[] = [
    ['of another alliance', change({ allianceId: a }), 'RestartOfAnotherAlliance'],
    ['of a later epoch', change({ epoch: 3 }), 'RestartOfAnotherEpoch'],
    ['of the epoch that ends', change({ epoch: 1 }), 'RestartOfAnotherEpoch'],
    ['that follows another document', change({ previous: a }), 'RestartFollowsAnother'],
    ['without a predecessor', signed(withoutPrevious(made.document)), 'RestartFollowsAnother'],
    ['of another change', change({ change: 2 }), 'WrongChangeNumber'],
    ['without a member', change({ organizations: organizations.slice(1) }), 'OtherMembers'],
    ['with members in another order', change({ organizations: [...organizations].reverse() }), 'OtherMembers'],
    [
      'with other administrators',
      signed(
        withOrganization(made.document, 'b', ({ administrators }) => ({ administrators: administrators.slice(1) })),
      ),
      'MemberDiffers',
    ],
    [
      'with another rule',
      signed(withOrganization(made.document, 'b', () => ({ rule: policyOf('ann') }))),
      'MemberDiffers',
    ],
    [
      'with another recovery key',
      signed(withOrganization(made.document, 'b', () => ({ recoveryKey: publicKeyFromSeed(seedFor('a thief')) }))),
      'MemberDiffers',
    ],
    ['with other applications', change({ applications: [] }), 'OtherApplications'],
    ['with other parameters', change({ parameters: { ...before.parameters, windowSlots: 128 } }), 'OtherParameters'],
    ['with other terms', signed(withGovernance(made.document, { recovery: policyOf('a') })), 'OtherGovernance'],
    ['with a shared alliance key', change({ allianceKey: bls }), 'SharedKeyKept'],
    ['with a shared slow key', change({ slowKey: bls as Extract<typeof bls, { _tag: 'bls' }> }), 'SharedKeyKept'],
    ['with a document key', change({ documentKeys: [documentKey('receipts')] }), 'SharedKeyKept'],
    ['with the old alliance key', change({ allianceKey: { ...before.allianceKey, epoch: 2 } }), 'AllianceKeyKept'],
    [
      'with another policy, since it is derived',
      change({ trust: trust('f=2 t=0 of (a/1, b/1, c/1, d/1)') }),
      'OtherPolicy',
    ],
    ['signed by two', signed(made.document, pointOf(before), ['a', 'b']), 'TooFewOrganizations'],
    ['signed by nobody', signed(made.document, pointOf(before), []), 'TooFewOrganizations'],
    ['signed twice by one', signed(made.document, pointOf(before), ['a', 'a', 'b']), 'SignedTwice'],
    ['out of order', signed(made.document, pointOf(before), ['b', 'a', 'c']), 'SignedTwice'],
    ['signed by a stranger', signed(made.document, pointOf(before), ['a', 'b', 'c', 'e']), 'NoRecoveryKey'],
    ['another point', withRestart({ slot: 301 }), 'BadRecoverySignature'],
    ['another log', withRestart({ chain: a }), 'BadRecoverySignature'],
    ['another state', withRestart({ manifest: { ...made.restart.manifest, root: b } }), 'BadRecoverySignature'],
    ['an earlier time', withRestart({ notBefore: 0 }), 'BadRecoverySignature'],
    [
      'another document',
      {
        ...made,
        document: { ...made.document, allianceKey: fewerParts },
      },
      'BadRecoverySignature',
    ],
    ['without DECIDED', signed(made.document, withoutDecided(pointOf(before))), 'NotWhereItBegan'],
  ];

  it.each(cases)('%s', (_, file, tag) => {
    expect(refusal(file)).toBe(tag);
  });

  it('with a gate that stands', () => {
    const stated = withGovernance(before, {
      structure: trust('f=1 t=0 of (a, b, c, d)'),
      amendment: policyOf('3 of (a, b, c, d)'),
      emergency: policyOf('2 of (a, b, c, d)'),
      recovery: policyOf('3 of (a, b, c, d)'),
    });
    const document = { ...nextOf(stated), trust: trust('f=2 t=0 of (a/1, b/1, c/1, d/1)') };
    const restart = signedBy(stated, pointOf(stated), document, ['a', 'b', 'c']);
    expect(refusal({ document, restart }, { document: stated, began: undefined })).toBe('RestartGatesStand');
  });

  it('from before its epoch', () => {
    const began = { slot: 300, chain, state: a };
    expect(refusal(made, { document: before, began })).toBe('BeforeItsEpoch');
    expect(refusal(made, { document: before, began: { ...began, slot: 299 } })).toBeUndefined();
  });

  it('from an organization without a recovery key', () => {
    const alone = withOrganization(
      before,
      'a',
      ({ recoveryKey: _, ...rest }) => ({ ...rest, recoveryKey: undefined }) as never,
    );
    expect(refusal(signed(nextOf(alone)), { document: withoutUndefined(alone), began: undefined })).toBe(
      'NoRecoveryKey',
    );
  });

  it('whichever byte of a signature is another', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(63), fc.integer({ min: 1, max: 255 }), (who, where, flip) => {
        const signatures = made.restart.signatures.map((one, index) => {
          if (index !== who) return one;
          const signature = Uint8Array.from(one.signature);
          signature[where] = (signature[where] ?? 0) ^ flip;
          return { ...one, signature };
        });
        expect(refusal({ ...made, restart: { ...made.restart, signatures } })).toBe('BadRecoverySignature');
      }),
    );
  });

  function withRestart(more: object): RestartFile {
    return { ...made, restart: { ...made.restart, ...more } };
  }
});

function withoutDecided({ decided: _, ...point }: RestartPoint): RestartPoint {
  return point;
}

function withoutPrevious({ previous: _, ...document }: Alliance): Alliance {
  return document;
}

function withoutUndefined(alliance: Alliance): Alliance {
  return {
    ...alliance,
    organizations: alliance.organizations.map(
      (entry) => Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as never,
    ),
  };
}

describe('the file of a restart', () => {
  it('is read as it was written', () => {
    const read = right(decodeRestartText(printRestart(made)));
    expect(printRestart(read)).toBe(printRestart(made));
    expect(refusal(read)).toBeUndefined();
  });

  it('does not say of a state what cannot be', () => {
    const { manifest } = made.restart;
    const wrong = { ...made, restart: { ...made.restart, manifest: { ...manifest, chunkCount: 4 } } };
    const read = decodeRestartText(printRestart(wrong));
    expect(E.isLeft(read) ? describeRestartFormError(read.left) : '').toContain('/restart/manifest');
  });

  it('says what is wrong with its document', () => {
    const wrong = { ...made, document: { ...made.document, change: 0 } };
    const read = decodeRestartText(printRestart(wrong));
    expect(E.isLeft(read) ? describeRestartFormError(read.left) : '').toContain('its document: ');
  });
});

describe('what is signed', () => {
  const file = new URL('../../../spec/vectors/recovery.json', import.meta.url);
  const key = present(before.organizations[0]?.recoveryKey, 'a has one');
  const statement = restartStatement(before, made.restart, configurationDigestOf(made.document), {
    organization: 'a',
    key,
  });
  const found = {
    keyId: toHex(recoveryKeyId('a', key)),
    statement: toHex(statement),
    file: JSON.parse(printRestart(made)) as unknown,
  };
  if (process.env['UPDATE'] === '1') writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);

  it('is what the vectors say', () => {
    expect(found).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  it('is bound to the organization, its key, the alliance, the epoch and all that it says', () => {
    const again = (more: object, whom = { organization: 'a', key }): string =>
      toHex(restartStatement({ ...before, ...more }, made.restart, a, whom));
    const others = [again({}), again({ epoch: 2 }), again({ allianceId: b }), again({}, { organization: 'b', key })];
    expect(new Set([...others, again({}, { organization: 'a', key: publicKeyFromSeed(seedFor('x')) })]).size).toBe(5);
  });
});
