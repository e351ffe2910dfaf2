import { describe, expect, it } from 'vitest';
import type { Alliance } from '../../../src/management/alliance.js';
import { defaultGovernance } from '../../../src/management/governance-defaults.js';
import type { Action, PolicySubject } from '../../../src/management/proposals/action.js';
import { documentGatesAgainst } from '../../../src/management/proposals/gates.js';
import {
  amendmentOf,
  approvalOf,
  derivedStructure,
  emergencyOf,
  recoveryOf,
  structureComplaint,
} from '../../../src/management/proposals/governing-policies.js';
import { oldSharesAtLarge, quorumLost } from '../../../src/management/proposals/present-gates.js';
import type { Sharing } from '../../../src/management/proposals/sharing.js';
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { policyDigest } from '../../../src/quorum/policy/policy-digest.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import { printTrust } from '../../../src/quorum/trust/trust-text.js';
import { keyIdOf } from '../../../src/schemes/public-key.js';
import { right } from '../../support/right.js';
import {
  admitFifth,
  allianceOf,
  blsKey,
  drafted,
  flat,
  four,
  id,
  organization,
  policyOf,
  refresh,
  server,
  trustOf,
  withDocumentKey,
  withoutRecoveryKey,
} from './alliances.js';

const twelve = ['a', 'b', 'c', 'd'].map((name) => `${name}/1, ${name}/2, ${name}/3`).join(', ');

function state(subject: PolicySubject, text: string): Action {
  return { _tag: 'policy', subject, policy: policyOf(text) };
}

function against(alliance: Alliance, actions: readonly Action[]): readonly string[] {
  return documentGatesAgainst(drafted(alliance, actions)).map(({ gate, why }) => `${gate}: ${why.join(' ')}`);
}

function same(one: Policy, other: string): void {
  expect(toHex(policyDigest(one))).toBe(toHex(policyDigest(policyOf(other))));
}

describe('the structure of organizations', () => {
  it.each([
    ['f=1 t=1 of (a/1, b/1, c/1, d/1)', 'f=1 t=1 of (a, b, c, d)'],
    // Two of twelve servers are no organization, but an administrator can be dishonest.
    [`f=2 t=0 of (${twelve})`, 'f=1 of (a, b, c, d)'],
    ['f=0 of (a/1, b/1, c/1)', 'f=0 of (a, b, c)'],
  ])('of %s', (trust, structure) => {
    expect(printTrust(right(derivedStructure(trustOf(trust))))).toBe(printTrust(trustOf(structure)));
  });

  it('adds to what follows from the trust model those whom it trusts', () => {
    const found = right(derivedStructure(trustOf('weight f=2 of (a/1*3, b/1*1, c/1*1, d/1*1, e/1*1, f/1*1, g/1*1)')));
    const { system } = found;
    const can = (...names: readonly string[]): boolean =>
      system.canBeFaulty(system.processes.universe.of(names.map(id)));
    expect([can('a'), can('a', 'b'), can('b', 'c'), can('b', 'c', 'd')]).toEqual([true, false, true, false]);
  });

  it('has the policies of a document that states none', () => {
    const alliance = four();
    same(amendmentOf(alliance), '3 of (a, b, c, d)');
    same(recoveryOf(alliance), '3 of (a, b, c, d)');
    same(emergencyOf(alliance), '2 of (a, b, c, d)');
    same(
      approvalOf(withDocumentKey(alliance, 'seal', blsKey(vouchPolicy(alliance.trust), 'document')), 'seal'),
      '3 of (a, b, c, d)',
    );
  });

  it('is refused where it misses a set of the trust model', () => {
    const structure = trustOf('f=1 of (a, b, c, d, e, f, g)');
    const alliance = allianceOf(flat(2, 0, ['a', 'b', 'c', 'd', 'e', 'f', 'g']), {
      governance: { ...defaultGovernance, structure },
    });
    expect(structureComplaint(alliance)).toMatch(/may be Byzantine together, and here not/);
    expect(
      structureComplaint({
        ...alliance,
        governance: { ...defaultGovernance, structure: trustOf('f=2 of (a, b, c, d, e, f, g)') },
      }),
    ).toBeUndefined();
  });

  it('is refused where three of its sets are everyone', () => {
    const structure = trustOf('f=2 of (a, b, c, d)');
    expect(structureComplaint(four({ governance: { ...defaultGovernance, structure } }))).toMatch(/all organizations/);
  });
});

describe('against a draft', () => {
  it('nothing stands that could', () => {
    expect(against(four(), [refresh])).toEqual([]);
    expect(against(four({ allianceKey: blsKey(vouchPolicy(four().trust)) }), admitFifth())).toEqual([]);
  });

  it('stands that it breaks the conditions of consensus', () => {
    const [only, ...others] = against(four(), [
      { _tag: 'trust', trust: trustOf('f=1 t=1 of (a/1, b/1, c/1, d/1) leaders (a)') },
    ]);
    expect([only, others]).toEqual([undefined, []]);
    const five = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const found = against(allianceOf(flat(2, 1, five)), [{ _tag: 'trust', trust: flat(2, 2, five) }]);
    expect(found).toEqual([expect.stringMatching(/^trust-violated: C2ℓ for leader a\/1/)]);
  });

  it('stands that dishonest organizations amend, suspend or recover', () => {
    for (const [subject, what] of [
      [{ _tag: 'amendment-of', kind: 'enrol' }, 'amendment policy for "enrol"'],
      [{ _tag: 'emergency' }, 'emergency policy'],
      [{ _tag: 'recovery' }, 'recovery policy'],
    ] as const) {
      const found = against(four(), [state(subject, '1 of (a, b, c, d)')]).filter((line) =>
        line.startsWith('amendment-forgeable'),
      );
      expect(found).toEqual([
        expect.stringMatching(
          new RegExp(`^amendment-forgeable: \\{.\\} may be dishonest together, and satisfy the ${what} alone`),
        ),
      ]);
    }
  });

  it('stands that two sets amend that share no honest organization', () => {
    const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const alliance = allianceOf(flat(1, 1, seven));
    const [found] = against(alliance, [state({ _tag: 'amendment' }, '4 of (a, b, c, d, e, f, g)')]);
    expect(found).toMatch(/^amendment-divided: .* share only \{.\}, who may be dishonest together/);
  });

  it('stands that two sets amend apart by policies of different kinds', () => {
    const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const found = against(allianceOf(flat(1, 1, seven)), [
      state({ _tag: 'amendment' }, '3 of (a, b, c, d)'),
      state({ _tag: 'amendment-of', kind: 'enrol' }, '2 of (e, f, g)'),
    ]);
    expect(found.join('\n')).toMatch(
      /satisfy the amendment policy and the amendment policy for "enrol", and share nobody/,
    );
  });

  it('stands that two sets recover apart', () => {
    const found = against(four(), [state({ _tag: 'recovery' }, '2 of (a, b, c, d)')]);
    expect(found).toEqual([expect.stringMatching(/^amendment-divided: .*the recovery policy twice/)]);
  });

  it('stands that the honest could not amend', () => {
    const found = against(four(), [state({ _tag: 'amendment-of', kind: 'trust' }, 'all of (a, b, c, d)')]);
    expect(found).toEqual([
      expect.stringMatching(/^amendment-stuck: \{.\} may be dishonest together, and nobody satisfies/),
    ]);
  });

  it('stands that too few have recovery keys', () => {
    const entry = withoutRecoveryKey(organization('a'));
    const first = { _tag: 'organization', organization: entry, lost: [] } as const;
    expect(against(four(), [first])).toEqual([]);
    const other = withoutRecoveryKey(organization('b'));
    const found = against(four(), [first, { _tag: 'organization', organization: other, lost: [] }]);
    expect(found).toEqual([expect.stringMatching(/^last-recovery-holder: .* only c, d would have one/)]);
  });

  it('stands that a key could be moved with everybody only', () => {
    const trust = trustOf('f=1 of (a/1, b/1, c/1)');
    const alliance = allianceOf(trustOf('f=0 of (a/1, b/1, c/1)'), {
      allianceKey: blsKey(vouchPolicy(trustOf('f=0 of (a/1, b/1, c/1)'))),
    });
    const found = against(alliance, [{ _tag: 'trust', trust }]);
    expect(found.map((line) => line.split(':')[0])).toEqual(['trust-violated', 'amendment-divided', 'key-immovable']);
    expect(found[2]).toMatch(/without \{., .\}, who may fail one after another/);
    const multisig = against(allianceOf(trustOf('f=0 of (a/1, b/1, c/1)')), [{ _tag: 'trust', trust }]);
    expect(multisig.map((line) => line.split(':')[0])).toEqual(['trust-violated', 'amendment-divided']);
  });
});

describe('against a change', () => {
  it('stands that too few servers are heard of, and not that newcomers are silent', () => {
    const draft = drafted(four(), admitFifth());
    expect(quorumLost(draft, ['a/1', 'b/1', 'c/1'].map(id))).toEqual([]);
    expect(quorumLost(draft, ['a/1', 'b/1'].map(id))).toMatchObject([
      { gate: 'quorum-lost', why: [expect.stringContaining('{c, d}')] },
    ]);
  });

  const trust = flat(1, 1, ['a', 'b', 'c', 'd']);
  const alliance = four({ allianceKey: blsKey(vouchPolicy(trust)) });
  const holders = ['a/1', 'b/1', 'c/1', 'd/1'].map((name) => ({ id: id(name), key: toHex(server(name).identityKey) }));
  const sharing: Sharing = {
    id: digest(utf8('sharing')),
    role: 'alliance',
    keyId: keyIdOf(alliance.allianceKey),
    epoch: 1,
    policy: vouchPolicy(trust),
    holders,
    erased: new Set(),
  };
  const keyOf = (name: string): string => toHex(server(name).identityKey);
  const swap: readonly Action[] = [
    ...['e', 'f'].map((name): Action => ({ _tag: 'admit', organization: organization(name) })),
    ...['c', 'd'].map((name): Action => ({ _tag: 'remove', organization: name })),
    { _tag: 'trust', trust: flat(1, 1, ['a', 'b', 'e', 'f']) },
  ];

  it('stands that leavers hold enough', () => {
    expect(oldSharesAtLarge(drafted(alliance, swap), [sharing])).toMatchObject([
      { gate: 'old-shares-at-large', why: [expect.stringContaining('{c/1, d/1}')] },
    ]);
  });

  it('not once one of them has erased its share', () => {
    expect(oldSharesAtLarge(drafted(alliance, swap), [{ ...sharing, erased: new Set([keyOf('c/1')]) }])).toEqual([]);
  });

  it('counts who left before with those who leave', () => {
    const one = { ...sharing, holders: [...holders.slice(0, 3), { id: id('d/1'), key: 'another life' }] };
    const leave: readonly Action[] = [
      { _tag: 'remove', organization: 'c' },
      { _tag: 'trust', trust: flat(0, 0, ['a', 'b', 'd']) },
    ];
    expect(oldSharesAtLarge(drafted(alliance, leave), [one])).toHaveLength(1);
    expect(oldSharesAtLarge(drafted(alliance, leave), [sharing])).toEqual([]);
  });

  it('not again where they were enough before', () => {
    const before = { ...sharing, holders: holders.map((holder) => ({ ...holder, key: `old ${holder.key}` })) };
    expect(oldSharesAtLarge(drafted(alliance, swap), [before])).toEqual([]);
  });

  it('does not believe those who were broken into, whatever they said', () => {
    const heal = (name: string, lost: boolean): Action => ({
      _tag: 'organization',
      organization: organization(name, 1, { servers: [server(`${name}/1`, 'second life')] }),
      lost: lost ? [id(`${name}/1`)] : [],
    });
    const erased = { ...sharing, erased: new Set([keyOf('c/1'), keyOf('d/1')]) };
    expect(oldSharesAtLarge(drafted(alliance, [heal('c', false), heal('d', false)]), [erased])).toEqual([]);
    expect(oldSharesAtLarge(drafted(alliance, [heal('c', true), heal('d', true)]), [erased])).toHaveLength(1);
  });

  it('not of a key that is replaced', () => {
    const replaced = drafted(alliance, [
      ...swap,
      { _tag: 'scheme', role: { _tag: 'alliance' }, source: { _tag: 'bls', suite: 'min-pk-pop' }, distrust: true },
    ]);
    expect(oldSharesAtLarge(replaced, [sharing])).toEqual([]);
  });
});
