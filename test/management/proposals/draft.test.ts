import { describe, expect, it } from 'vitest';
import { defaultGovernance, defaultLengths, defaultLimits } from '../../../src/management/governance-defaults.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { configurationDigestOf } from '../../../src/management/alliance-codec.js';
import { findInconsistency } from '../../../src/management/alliance-consistency.js';
import type { Action } from '../../../src/management/proposals/action.js';
import {
  draftDigest,
  type KeyMove,
  finishDraft,
  makeDraft,
  roleName,
} from '../../../src/management/proposals/draft.js';
import { describeActionRefused } from '../../../src/management/proposals/errors.js';
import { toHex } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { recoveryPolicy, vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
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
  key,
  organization,
  policyOf,
  refresh,
  refused,
  rsaKey,
  server,
  trustOf,
  withDocumentKey,
  withoutSlowKey,
} from './alliances.js';

const vouching = vouchPolicy(flat(1, 1, ['a', 'b', 'c', 'd']));

function withBls(more: Partial<Alliance> = {}): Alliance {
  return four({ allianceKey: blsKey(vouching), ...more });
}

/** As one line a move. */
function shown(moves: readonly KeyMove[]): readonly string[] {
  return moves.map(({ role, kind, absent, bringing = [] }) =>
    [roleName(role), kind, ...absent, '|', ...bringing].join(' '),
  );
}

describe('a draft', () => {
  it('is of the next epoch, and names the document before it and the change', () => {
    const alliance = four();
    const { document, base } = right(makeDraft(alliance, [refresh], 7, ['key-immovable', 'amendment-stuck']));
    expect(base).toBe(alliance);
    expect([document.epoch, document.change]).toEqual([2, 7]);
    expect(document.previous).toEqual(configurationDigestOf(alliance));
    expect(document.allianceId).toEqual(configurationDigestOf(alliance));
    expect(document.governance.overrides).toEqual(['amendment-stuck', 'key-immovable']);
  });

  it('does not go on overriding what the document before it overrode', () => {
    const alliance = four({ governance: { ...defaultGovernance, overrides: ['amendment-stuck'] } });
    expect(drafted(alliance, [refresh]).document.governance.overrides).toEqual([]);
  });

  it('admits, and tells who joins', () => {
    const draft = drafted(four(), admitFifth());
    expect(draft.admitted).toEqual(['e']);
    expect(draft.joining).toEqual(['e/1']);
    expect(draft.document.organizations.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('removes an organization with its applications', () => {
    const actions: readonly Action[] = [
      { _tag: 'remove', organization: 'a' },
      { _tag: 'trust', trust: flat(0, 0, ['b', 'c', 'd']) },
    ];
    const draft = drafted(four(), actions);
    expect([draft.removed, draft.leaving]).toEqual([['a'], ['a/1']]);
    expect(draft.document.applications).toEqual([]);
  });

  it('replaces a server that was broken into', () => {
    const entry = organization('b', 1, { servers: [server('b/1', 'second life')] });
    const draft = drafted(four(), [{ _tag: 'organization', organization: entry, lost: [id('b/1')] }]);
    expect([draft.replaced, draft.lost, draft.joining, draft.leaving]).toEqual([['b/1'], ['b/1'], [], []]);
  });

  it('applies actions in their order', () => {
    const enrol: Action = { _tag: 'enrol', application: { id: id('a/app'), key: key('another') } };
    const dismiss: Action = { _tag: 'dismiss', application: id('a/app') };
    expect(drafted(four(), [dismiss, enrol]).document.applications[0]?.key).toEqual(key('another'));
    expect(refused(four(), [enrol, dismiss])).toMatchObject({ _tag: 'AlreadyEnrolled', action: 0 });
  });

  it('states policies, and derives them again', () => {
    const state: Action = { _tag: 'policy', subject: { _tag: 'amendment' }, policy: policyOf('3 of (a, b, c, d)') };
    const ofKind: Action = {
      _tag: 'policy',
      subject: { _tag: 'amendment-of', kind: 'enrol' },
      policy: policyOf('3 of (b, c, d, a)'),
    };
    const stated = { ...four(), governance: drafted(four(), [state, ofKind]).document.governance };
    expect([...stated.governance.amendmentOf.keys()]).toEqual(['enrol']);
    const again = drafted(stated, [
      { _tag: 'policy', subject: { _tag: 'amendment' } },
      { _tag: 'policy', subject: { _tag: 'amendment-of', kind: 'enrol' } },
    ]);
    expect(again.document.governance).toEqual(defaultGovernance);
  });

  it('changes who may have something signed with a key', () => {
    const alliance = withDocumentKey(four(), 'seal', blsKey(vouching, 'document'));
    const draft = drafted(alliance, [
      { _tag: 'policy', subject: { _tag: 'approval', key: 'seal' }, policy: policyOf('2 of (a, b, c, d)') },
    ]);
    expect(draft.document.documentKeys[0]?.approval).toEqual(policyOf('2 of (a, b, c, d)'));
  });

  it('changes the structure with the trust model, and lists keys that are not to be trusted', () => {
    const alliance = withBls();
    const draft = drafted(alliance, [
      { _tag: 'trust', trust: alliance.trust, structure: trustOf('f=1 of (a, b, c, d)') },
      { _tag: 'scheme', role: { _tag: 'alliance' }, source: { _tag: 'bls', suite: 'min-pk-pop' }, distrust: true },
    ]);
    expect(draft.document.governance.structure).toBeDefined();
    expect(draft.document.governance.distrusted.map(toHex)).toEqual([toHex(keyIdOf(alliance.allianceKey))]);
  });

  it('changes parameters', () => {
    const terms = { ...defaultLengths, refreshMs: 5000 };
    const { parameters } = four();
    const draft = drafted(four(), [{ _tag: 'parameters', parameters, terms, limits: defaultLimits }]);
    expect(draft.document.governance.terms.refreshMs).toBe(5000);
  });

  it('has a digest that names all of it', () => {
    const alliance = withBls();
    const one = drafted(alliance, [refresh]);
    const others = [
      drafted(alliance, [{ _tag: 'refresh', lost: [id('b/1')] }]),
      right(makeDraft(alliance, [refresh], 2)),
      drafted(alliance, [{ _tag: 'enrol', application: { id: id('b/app'), key: key('b/app') } }]),
      drafted(alliance, [{ _tag: 'document-key', name: 'seal', source: { _tag: 'bls', suite: 'min-pk-pop' } }]),
    ];
    const digests = [one, ...others].map((draft) => toHex(draftDigest(draft)));
    expect(new Set(digests).size).toBe(5);
    expect(toHex(draftDigest(drafted(alliance, [refresh])))).toBe(digests[0]);
  });
});

describe('an action is refused', () => {
  const seal = withDocumentKey(four(), 'seal', blsKey(vouching, 'document'));
  const newKey: Action = {
    _tag: 'scheme',
    role: { _tag: 'alliance' },
    source: { _tag: 'bls', suite: 'min-pk-pop' },
    distrust: false,
  };
  const addSeal: Action = { _tag: 'document-key', name: 'seal', source: { _tag: 'bls', suite: 'min-pk-pop' } };
  const { parameters } = four();
  const table: readonly (readonly [what: string, alliance: Alliance, actions: readonly Action[], refusal: object])[] = [
    ['none', four(), [], { _tag: 'NoActions' }],
    ['a stranger leaves', four(), [refresh, { _tag: 'remove', organization: 'x' }], { _tag: 'NotAMember', action: 1 }],
    [
      'a member comes',
      four(),
      [{ _tag: 'admit', organization: organization('a') }],
      { _tag: 'AlreadyAMember', action: 0 },
    ],
    [
      "a stranger's entry",
      four(),
      [{ _tag: 'organization', organization: organization('x'), lost: [] }],
      { _tag: 'NotAMember' },
    ],
    [
      'the same entry',
      four(),
      [{ _tag: 'organization', organization: organization('a'), lost: [] }],
      { _tag: 'NothingChanges' },
    ],
    [
      'an unknown server is lost',
      four(),
      [{ _tag: 'organization', organization: organization('b', 2), lost: [id('b/9')] }],
      { _tag: 'UnknownServer', server: 'b/9' },
    ],
    [
      'a lost server keeps its identity',
      four(),
      [{ _tag: 'organization', organization: organization('b', 2), lost: [id('b/1')] }],
      { _tag: 'LostKeepsIdentity', server: 'b/1' },
    ],
    [
      'the same trust',
      four(),
      [{ _tag: 'trust', trust: flat(1, 1, ['a', 'b', 'c', 'd']) }],
      { _tag: 'NothingChanges' },
    ],
    [
      'no policy in the place of none',
      four(),
      [{ _tag: 'policy', subject: { _tag: 'recovery' } }],
      { _tag: 'NothingChanges' },
    ],
    [
      'a policy that nothing asks for',
      four(),
      [{ _tag: 'policy', subject: { _tag: 'amendment-of', kind: 'sign' }, policy: policyOf('3 of (a, b, c, d)') }],
      { _tag: 'PolicyOfNoUse', kind: 'sign' },
    ],
    [
      'approval for no key',
      four(),
      [{ _tag: 'policy', subject: { _tag: 'approval', key: 'seal' }, policy: policyOf('a') }],
      { _tag: 'UnknownKey', key: 'document seal' },
    ],
    [
      'the same approval',
      seal,
      [{ _tag: 'policy', subject: { _tag: 'approval', key: 'seal' } }],
      { _tag: 'NothingChanges' },
    ],
    [
      "a stranger's application",
      four(),
      [{ _tag: 'enrol', application: { id: id('x/app'), key: key('x') } }],
      { _tag: 'NotAMember', organization: 'x' },
    ],
    ['no application', four(), [{ _tag: 'dismiss', application: id('a/none') }], { _tag: 'UnknownApplication' }],
    [
      'the same parameters',
      four(),
      [{ _tag: 'parameters', parameters, terms: defaultLengths, limits: defaultLimits }],
      { _tag: 'NothingChanges' },
    ],
    ['two new keys', four(), [newKey, newKey], { _tag: 'TwoNewKeys', action: 1, key: 'alliance' }],
    [
      'another scheme for no key',
      four(),
      [{ ...newKey, role: { _tag: 'document', name: 'seal' } }],
      { _tag: 'UnknownKey', key: 'document seal' },
    ],
    ['a name that is taken', seal, [addSeal], { _tag: 'KeyNameTaken' }],
    [
      'a key that is made and dropped',
      four(),
      [addSeal, { _tag: 'drop-document-key', name: 'seal' }],
      { _tag: 'MadeAndDropped' },
    ],
    [
      'a key that is dropped and not there',
      four(),
      [{ _tag: 'drop-document-key', name: 'seal' }],
      { _tag: 'UnknownKey' },
    ],
    [
      'a share lost by no server',
      four(),
      [{ _tag: 'refresh', lost: [id('x/1')] }],
      { _tag: 'UnknownServer', server: 'x/1' },
    ],
    [
      'at once among others',
      four(),
      [refresh, { _tag: 'restore', organization: 'a' }],
      { _tag: 'MixedActions', action: 1 },
    ],
    ['at once alone', four(), [{ _tag: 'restore', organization: 'a' }], { _tag: 'NeedsNoChange' }],
    [
      'actions that undo one another',
      four(),
      [
        { _tag: 'dismiss', application: id('a/app') },
        { _tag: 'enrol', application: four().applications[0] ?? { id: id('a/app'), key: key('x') } },
      ],
      { _tag: 'NothingChanges', action: 1 },
    ],
    [
      'a server without a place',
      four(),
      [{ _tag: 'admit', organization: organization('e') }],
      { _tag: 'TrustMissesServer', server: 'e/1' },
    ],
    [
      'a place without a server',
      four(),
      [{ _tag: 'remove', organization: 'd' }],
      { _tag: 'TrustNamesStranger', server: 'd/1' },
    ],
    [
      'a policy that names one who leaves',
      four({ governance: { ...defaultGovernance, emergency: policyOf('2 of (a, b, c, d)') } }),
      [
        { _tag: 'remove', organization: 'd' },
        { _tag: 'trust', trust: flat(0, 0, ['a', 'b', 'c']) },
      ],
      { _tag: 'PolicyNamesStranger', policy: 'emergency policy', name: 'd' },
    ],
    [
      'a structure that knows less than the trust model',
      four(),
      [{ _tag: 'trust', trust: four().trust, structure: trustOf('f=0 of (a, b, c, d)') }],
      { _tag: 'StructureRefused' },
    ],
    [
      'a structure of others',
      four(),
      [{ _tag: 'trust', trust: four().trust, structure: trustOf('f=1 of (a, b, c, e)') }],
      { _tag: 'StructureRefused' },
    ],
    [
      'a structure three sets of which are everyone',
      four(),
      [{ _tag: 'trust', trust: four().trust, structure: trustOf('f=2 of (a, b, c, d)') }],
      { _tag: 'StructureRefused' },
    ],
    [
      'a document that contradicts itself',
      four(),
      [{ _tag: 'enrol', application: { id: id('b/app'), key: key('identity a/1 ') } }],
      { _tag: 'DraftInconsistent' },
    ],
    ['an RSA slow key without a dealer', withRsaSlowKey(), [refresh], { _tag: 'SlowKeyNeedsDealer' }],
  ];

  it.each(table)('%s', (_, alliance, actions, refusal) => {
    const error = refused(alliance, actions);
    expect(error).toMatchObject(refusal);
    expect(error === undefined ? '' : describeActionRefused(error)).toMatch(/^[^\n]{10,}$/);
  });

  it('and tells people which one, counted from one', () => {
    const error = refused(four(), [refresh, { _tag: 'remove', organization: 'x' }]);
    expect(error && describeActionRefused(error)).toBe('action 2: x is no member of the alliance');
  });
});

function withRsaSlowKey(): Alliance {
  const alliance = four();
  const organizations = alliance.organizations.map((entry) => ({
    ...entry,
    servers: entry.servers.map(withoutSlowKey),
  }));
  return { ...alliance, organizations, slowKey: rsaKey(recoveryPolicy(alliance.trust)) };
}

describe('a key that was dealt', () => {
  const next = vouchPolicy(four().trust);
  const deal = (publicKey: ReturnType<typeof blsKey>, organizationName = 'a', distrust = false): Action => ({
    _tag: 'scheme',
    role: { _tag: 'alliance' },
    source: { _tag: 'dealt', publicKey, organization: organizationName },
    distrust,
  });

  it('is accepted where it is for the role, the epoch and the policy', () => {
    const [move] = drafted(four(), [deal(rsaKey(next, 'statement', 2))]).moves;
    expect(move).toMatchObject({ kind: 'accept', dealer: 'a', publicKey: { epoch: 2 } });
  });

  it.each([
    ['another use', rsaKey(next, 'document', 2)],
    ['another epoch', rsaKey(next, 'statement', 3)],
    ['another policy', rsaKey(recoveryPolicy(four().trust), 'statement', 2)],
  ])('is refused for %s', (_, publicKey) => {
    expect(refused(four(), [refresh, deal(publicKey)])).toMatchObject({ _tag: 'KeyNotOfItsRole', action: 1 });
  });

  it('is refused of a dealer who is no member', () => {
    expect(refused(four(), [deal(rsaKey(next, 'statement', 2), 'x')])).toMatchObject({ _tag: 'NotAMember' });
  });

  it('is refused for a slow key whose bad shares name nobody', () => {
    const slow = rsaKey(recoveryPolicy(four().trust), 'statement', 2, false);
    const action: Action = {
      _tag: 'scheme',
      role: { _tag: 'slow' },
      source: { _tag: 'dealt', publicKey: slow, organization: 'a' },
      distrust: false,
    };
    expect(refused(four(), [action])).toMatchObject({ _tag: 'KeyNotOfItsRole', key: 'slow' });
  });

  it('is refused where its secret has another use', () => {
    const alliance = withDocumentKey(four(), 'seal', rsaKey(next, 'document'));
    expect(refused(alliance, [deal(rsaKey(next, 'statement', 2))])).toMatchObject({ _tag: 'KeysShareNumbers' });
  });
});

describe('keys move', () => {
  const leave: readonly Action[] = [
    { _tag: 'remove', organization: 'd' },
    { _tag: 'trust', trust: flat(0, 0, ['a', 'b', 'c']) },
  ];
  const heal: Action = {
    _tag: 'organization',
    organization: organization('b', 1, { servers: [server('b/1', 'second life')] }),
    lost: [id('b/1')],
  };
  const slowBls = (): Alliance => {
    const alliance = withRsaSlowKey();
    return { ...alliance, slowKey: blsKey(recoveryPolicy(alliance.trust), 'statement', 1, 'slow') };
  };
  const generated = { _tag: 'bls', suite: 'min-sig-pop' } as const;

  it.each<readonly [string, Alliance, readonly Action[], readonly string[]]>([
    ['multisig: nothing where the servers stay', four(), [refresh], ['alliance keep |']],
    ['multisig: newcomers bring theirs', four(), admitFifth(), ['alliance collect | e/1']],
    ['multisig: leavers take theirs away', four(), leave, ['alliance collect |']],
    [
      'multisig: who was broken into, or lost its share, brings another',
      four(),
      [heal, { _tag: 'refresh', lost: [id('c/1')] }],
      ['alliance collect | b/1 c/1'],
    ],
    ['bls: refreshed', withBls(), [refresh], ['alliance refresh |']],
    ['bls: reshared to newcomers', withBls(), admitFifth(), ['alliance reshare |']],
    ['bls: reshared without leavers', withBls(), leave, ['alliance reshare |']],
    [
      'bls: reshared where a share was lost, who lost it deals nothing',
      withBls(),
      [{ _tag: 'refresh', lost: [id('c/1')] }],
      ['alliance reshare c/1 |'],
    ],
    ['bls: reshared where an identity is replaced, which deals nothing', withBls(), [heal], ['alliance reshare b/1 |']],
    [
      'bls: reshared to another policy',
      withBls(),
      [{ _tag: 'trust', trust: flat(0, 0, ['a', 'b', 'c', 'd']) }],
      ['alliance reshare |'],
    ],
    ['a shared slow key is made anew', slowBls(), [refresh], ['alliance keep |', 'slow generate |']],
    [
      'another scheme',
      withBls(),
      [{ _tag: 'scheme', role: { _tag: 'alliance' }, source: { _tag: 'multisig' }, distrust: false }],
      ['alliance collect | a/1 b/1 c/1 d/1'],
    ],
    [
      'a key is added',
      withBls(),
      [{ _tag: 'document-key', name: 'seal', source: generated }],
      ['alliance refresh |', 'document seal generate |'],
    ],
    [
      'a key is dropped',
      withDocumentKey(four(), 'seal', blsKey(vouching, 'document')),
      [{ _tag: 'drop-document-key', name: 'seal' }],
      ['alliance keep |'],
    ],
    [
      'slow keys side by side become one',
      four(),
      [{ _tag: 'scheme', role: { _tag: 'slow' }, source: generated, distrust: false }],
      ['alliance keep |', 'slow generate |'],
    ],
    [
      'one becomes slow keys side by side',
      slowBls(),
      [{ _tag: 'scheme', role: { _tag: 'slow' }, source: { _tag: 'multisig' }, distrust: false }],
      ['alliance keep |', 'slow collect | a/1 b/1 c/1 d/1'],
    ],
  ])('%s', (_, alliance, actions, moves) => {
    expect(shown(drafted(alliance, actions).moves)).toEqual(moves);
  });

  it('along the policies of the next trust model', () => {
    const trust = flat(1, 1, ['a', 'b', 'c', 'd', 'e']);
    const draft = drafted(slowBls(), [
      { _tag: 'admit', organization: organization('e', 1, { servers: [withoutSlowKey(server('e/1'))] }) },
      { _tag: 'trust', trust },
    ]);
    expect(draft.moves.map(({ policy }) => policy)).toEqual([vouchPolicy(trust), recoveryPolicy(trust)]);
  });
});

describe('a finished draft', () => {
  it('is a document, with the keys that were made', () => {
    const draft = drafted(withBls(), [
      ...admitFifth(),
      {
        _tag: 'document-key',
        name: 'seal',
        source: { _tag: 'bls', suite: 'min-pk-pop' },
        approval: policyOf('2 of (a, b, e)'),
      },
    ]);
    const policy = vouchPolicy(draft.document.trust);
    const made = right(
      finishDraft(
        draft,
        new Map([
          ['alliance', blsKey(policy, 'statement', 2)],
          ['document seal', blsKey(policy, 'document', 2, 'seal')],
        ]),
      ),
    );
    expect(findInconsistency(made)).toBeUndefined();
    expect(made.documentKeys.map(({ name, approval }) => [name, approval])).toEqual([
      ['seal', policyOf('2 of (a, b, e)')],
    ]);
    expect(made.allianceKey.epoch).toBe(2);
  });

  it('goes on with multisignatures of the same servers', () => {
    const made = right(finishDraft(drafted(four(), [refresh]), new Map()));
    expect(made.allianceKey.epoch).toBe(2);
    expect(keyIdOf(made.allianceKey)).toEqual(keyIdOf(four().allianceKey));
  });

  it('wants every key that is to be made', () => {
    const draft = drafted(withBls(), [refresh]);
    expect(finishDraft(draft, new Map())).toMatchObject(E.left({ expected: 'a key "alliance"' }));
  });

  it('is refused with a key of another policy', () => {
    const draft = drafted(withBls(), admitFifth());
    const wrong = finishDraft(draft, new Map([['alliance', blsKey(vouching, 'statement', 2)]]));
    expect(wrong).toMatchObject(E.left({ path: '/allianceKey/policy' }));
  });

  it('has one slow key, or one of each server', () => {
    const one = drafted(four(), [
      { _tag: 'scheme', role: { _tag: 'slow' }, source: { _tag: 'bls', suite: 'min-pk-pop' }, distrust: false },
    ]);
    const slowKey = blsKey(recoveryPolicy(one.document.trust), 'statement', 2, 'slow');
    const shared = right(finishDraft(one, new Map([['slow', slowKey]])));
    expect(shared.slowKey).toBe(slowKey);
    const many = drafted(shared, [
      { _tag: 'scheme', role: { _tag: 'slow' }, source: { _tag: 'multisig' }, distrust: false },
    ]);
    const publicKeys = new Map(['a/1', 'b/1', 'c/1', 'd/1'].map((name) => [id(name), key(`new slow ${name}`)]));
    const policy = recoveryPolicy(many.document.trust);
    const side = right(
      finishDraft(many, new Map([['slow', { _tag: 'multisig', usage: 'statement', epoch: 3, policy, publicKeys }]])),
    );
    expect(side.slowKey).toBeUndefined();
    expect(side.organizations[0]?.servers[0]?.slowKey).toEqual(key('new slow a/1'));
  });

  it('of an alliance of organizations with several servers', () => {
    const trust = trustOf('f=1 t=0 of (a: f=0 of (1, 2), b/1, c/1, d/1)');
    const made = finishDraft(drafted(allianceOf(trust), [refresh]), new Map());
    expect(E.isRight(made)).toBe(true);
  });
});
