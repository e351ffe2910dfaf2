/** The history of an alliance: what is believed from which key, and that nothing of it can be changed. */
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { verifyHistory } from '../../src/client/history.js';
import { allianceIdOf, configurationDigestOf } from '../../src/management/alliance-codec.js';
import type { HistoryEntry, TrustedOrigin } from '../../src/management/alliance-history.js';
import {
  decodeHistoryText,
  describeHistoryFormError,
  encodeHistory,
} from '../../src/management/alliance-history-codec.js';
import { describeHistoryError } from '../../src/management/alliance-history-errors.js';
import { foundedStatement } from '../../src/management/alliance-statements.js';
import { authorityKeyId } from '../../src/management/acts/authority.js';
import { type Consent, organizationsWithoutConsent } from '../../src/management/founding-consent.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import { ed25519Sign, ed25519Verify } from '../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import { keyIdOf } from '../../src/schemes/public-key.js';
import { right } from '../support/right.js';
import { fixedAlliance, withSlowKey } from './fixed-alliance.js';
import { madeRestart, nextOf, offersFor, signedBy } from './recovery/made-restart.js';
import { blsKey, type DealtKey, historyKeys, madeHistory, makeHistory, multisigKey } from './made-history.js';

const entries = madeHistory();
const [first, second, third, last] = entries as unknown as readonly [
  HistoryEntry,
  HistoryEntry,
  HistoryEntry,
  HistoryEntry,
];
const byId: TrustedOrigin = { _tag: 'alliance', allianceId: allianceIdOf(first.document) };
const byKey = ({ publicKey }: Pick<DealtKey, 'publicKey'>): TrustedOrigin => ({
  _tag: 'key',
  keyId: keyIdOf(publicKey),
});
const keyOf = (epoch: number): DealtKey => present(historyKeys[epoch - 1], 'a key');

/** The name of the error, with the epoch where it says one. */
async function refusal(history: readonly HistoryEntry[], origin: TrustedOrigin = byId): Promise<string | undefined> {
  const verified = await verifyHistory(history, origin);
  if (E.isRight(verified)) return undefined;
  const { left } = verified;
  expect(describeHistoryError(left)).toMatch(/^[a-zA-Z].{10,}$/u);
  const epoch = 'epoch' in left ? ` ${left.epoch}` : '';
  const whom = 'organizations' in left ? ` ${left.organizations.join(' ')}` : '';
  return `${left._tag}${epoch}${whom}${'statement' in left ? ` ${left.statement}` : ''}`;
}

function without(entry: HistoryEntry, key: 'enacted' | 'handoff'): HistoryEntry {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== key)) as unknown as HistoryEntry;
}

const flipped = (signature: Signature | undefined): Signature => {
  const bytes = Uint8Array.from(present(signature, 'a signature'));
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  return bytes as Signature;
};

describe('the history of an alliance', () => {
  it('is believed from its id, and from the key of any of its epochs', async () => {
    for (const origin of [byId, ...historyKeys.map(byKey)]) {
      const { allianceId, epochs } = right(await verifyHistory(entries, origin));
      expect(toHex(allianceId)).toBe(toHex(allianceIdOf(first.document)));
      expect(epochs.map(({ epoch, isEnacted }) => [epoch, isEnacted])).toEqual(
        [1, 2, 3, 4].map((epoch) => [epoch, true]),
      );
      expect(epochs.map(({ keyId }) => toHex(keyId))).toEqual(
        historyKeys.map(({ publicKey }) => toHex(keyIdOf(publicKey))),
      );
    }
  });

  it('is believed before its last epoch is enacted, but not from the key of that epoch alone', async () => {
    const young = [first, second, third, without(last, 'enacted')];
    for (const origin of [byId, byKey(keyOf(1)), byKey(keyOf(2))]) expect(await refusal(young, origin)).toBeUndefined();
    expect(await refusal(young, byKey(keyOf(4)))).toBe('KeyVouchesForNothing 4');
    const kept = [first, second, without(without(third, 'enacted'), 'handoff')];
    expect(await refusal(kept, byKey(keyOf(3)))).toBeUndefined();
    expect(await refusal([without(without(first, 'enacted'), 'handoff')])).toBeUndefined();
  });

  it('is not that of another alliance, nor proven by a stranger’s key', async () => {
    expect(await refusal(entries, { _tag: 'alliance', allianceId: digest(utf8('another')) })).toBe('NotThisAlliance');
    expect(await refusal(entries, byKey(multisigKey(1, 99)))).toBe('KeyOfNoEpoch');
    expect(await refusal(entries, byKey({ publicKey: { ...keyOf(2).publicKey, usage: 'document' } }))).toBe(
      'KeyOfNoEpoch',
    );
  });

  it('cannot be made for a key by somebody who only knows its public part', async () => {
    const forged = makeHistory([multisigKey(1, 50), keyOf(2), blsKey(3, 51)]).map((entry, index) =>
      index === 1 ? { ...entry, document: { ...entry.document, allianceKey: keyOf(2).publicKey } } : entry,
    );
    const [one, two, three] = forged as unknown as readonly [HistoryEntry, HistoryEntry, HistoryEntry];
    // What the true servers of epoch 2 signed is about another document.
    const stolen = { ...two, ...(second.enacted === undefined ? {} : { enacted: second.enacted }) };
    expect(await refusal([one, stolen, three], byKey(keyOf(2)))).toBe('BadSignature 2 ENACTED');
    const bare = without(without(two, 'enacted'), 'handoff');
    expect(await refusal([one, bare], byKey(keyOf(2)))).toBe('KeyVouchesForNothing 2');
  });
});

describe('a history that is none', () => {
  const change = (more: object): HistoryEntry => ({ ...second, document: { ...second.document, ...more } });
  const end = present(second.handoff, 'a HANDOFF');
  const ended = (more: object): HistoryEntry => ({ ...second, handoff: { ...end, ...more } });
  const other = digest(utf8('other'));
  const cases: readonly (readonly [string, readonly HistoryEntry[], string])[] = [
    ['of no epochs', [], 'NoEpochs'],
    ['that begins later', [second, third, last], 'WrongEpoch'],
    ['with an epoch left out', [first, third, last], 'WrongEpoch'],
    ['with an epoch twice', [first, second, second, third, last], 'WrongEpoch'],
    ['out of order', [first, third, second, last], 'WrongEpoch'],
    ['with a document of another alliance', [first, change({ allianceId: other }), third, last], 'OtherAlliance 2'],
    ['with a document that follows another', [first, change({ previous: other }), third, last], 'BrokenChain 2'],
    ['with another document', [first, change({ applications: [] }), third, last], 'BrokenChain 3'],
    [
      'with another document at its end',
      [first, without(change({ applications: [] }), 'handoff')],
      'BadSignature 1 HANDOFF',
    ],
    ['with a change that is not later', [first, change({ change: 0 }), third, last], 'ChangeNotLater 2'],
    ['without ENACTED', [first, without(second, 'enacted'), third, last], 'NotEnacted 2'],
    ['without HANDOFF', [first, without(second, 'handoff'), third, last], 'NotHandedOver 2'],
    [
      'with another ENACTED',
      [first, { ...second, enacted: flipped(second.enacted) }, third, last],
      'BadSignature 2 ENACTED',
    ],
    [
      'with another HANDOFF',
      [first, ended({ signature: flipped(end.signature) }), third, last],
      'BadSignature 2 HANDOFF',
    ],
    ['with another last slot', [first, ended({ slot: end.slot + 1 }), third, last], 'BadSignature 2 HANDOFF'],
    ['with another log', [first, ended({ chain: other }), third, last], 'BadSignature 2 HANDOFF'],
    ['with another state', [first, ended({ state: other }), third, last], 'BadSignature 2 HANDOFF'],
    ['with an epoch that ends before the last', [first, ended({ slot: 512 }), third, last], 'SlotNotLater 2'],
    ['with an epoch that is handed over to none', [first, second, third], 'NextMissing 3'],
    [
      'with ENACTED of another epoch under the same key',
      [first, second, { ...third, enacted: present(second.enacted, 'ENACTED') }, last],
      'BadSignature 3 ENACTED',
    ],
  ];
  it.each(cases)('%s is refused', async (_, history, error) => {
    expect(await refusal(history)).toBe(error);
  });

  it('with a slow key that served before is refused', async () => {
    const slow = blsKey(1, 7).publicKey as never;
    const founded = withSlowKey(slow);
    const again = makeHistory([multisigKey(1, 1), multisigKey(2, 2)], founded);
    expect(await refusal(again, { _tag: 'alliance', allianceId: allianceIdOf(present(again[0], '').document) })).toBe(
      'SlowKeyAgain 2',
    );
  });
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every value that is no list and no object, by its path. */
function leavesOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** The same JSON, with another value at `path`. */
function changedAt(value: Json, [key, ...rest]: readonly string[]): Json {
  if (key !== undefined) {
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, Json>;
    copy[key] = changedAt(copy[key] ?? null, rest);
    return copy;
  }
  if (typeof value === 'number') return value + 1;
  if (typeof value !== 'string') return 'other';
  const hex = /^[0-9a-f]{2,}$/u.test(value);
  return hex ? value.slice(0, -1) + (value.endsWith('0') ? '1' : '0') : `${value}x`;
}

describe('a history file', () => {
  const json = JSON.parse(JSON.stringify(encodeHistory(entries))) as Json;

  it('is read as it was written', () => {
    const read = right(decodeHistoryText(JSON.stringify(json)));
    expect(JSON.parse(JSON.stringify(encodeHistory(read)))).toEqual(json);
    expect(read.map(({ document }) => toHex(configurationDigestOf(document)))).toEqual(
      entries.map(({ document }) => toHex(configurationDigestOf(document))),
    );
  });

  it('can be changed nowhere: every value in it is checked', async () => {
    const leaves = leavesOf(json);
    expect(leaves.length).toBeGreaterThan(400);
    const believed: string[] = [];
    for (const path of leaves) {
      const read = decodeHistoryText(JSON.stringify(changedAt(json, path)));
      if (E.isRight(read) && (await refusal(read.right)) === undefined) believed.push(path.join('/'));
    }
    expect(believed).toEqual([]);
  });

  it.each([
    ['{', /^at \/: expected JSON/],
    ['{"version":2,"epochs":[]}', /^at \/version/],
    ['{"version":1,"epochs":[]}', /^at \/epochs: expected 1 to/],
    ['{"version":1,"epochs":[{"document":{}}]}', /^document 1: at \/allianceKey/],
    ['{"version":1,"epochs":[{"document":{},"signature":"00"}]}', /^at \/epochs\/0\/signature: expected no such key/],
    ['{"version":1,"epochs":[{"document":{},"enacted":"0"}]}', /^at \/epochs\/0\/enacted/],
    ['{"version":1,"epochs":[{"document":{},"handoff":{"slot":0}}]}', /^at \/epochs\/0\/handoff\/slot/],
  ])('is refused: %s', (text, message) => {
    const read = decodeHistoryText(text);
    if (E.isRight(read)) throw new Error('a broken history was read');
    expect(describeHistoryFormError(read.left)).toMatch(message);
  });
});

describe('the consents of the founders', () => {
  const [first, ...others] = madeHistory();
  const { document, ...signed } = present(first, 'an epoch');
  const founded = document.organizations.map((organization) => ({
    organization: organization.name,
    signatures: ['ann', 'bob'].map((by) => ({
      by: by as ProcessId,
      signature: ed25519Sign(
        present(ed25519Seed(digest(utf8(`administrator ${organization.name} ${by}`))), 'a digest has 32 bytes'),
        foundedStatement(allianceIdOf(document), authorityKeyId(organization)),
      ),
    })),
  }));
  const withConsents = (consents: readonly Consent[]): readonly HistoryEntry[] => [
    { document, founded: consents, ...signed },
    ...others,
  ];

  it('are read and written with the history, and believed if they are of all', async () => {
    const history = withConsents(founded);
    expect(right(decodeHistoryText(JSON.stringify(encodeHistory(history))))).toEqual(history);
    expect(await refusal(history)).toBeUndefined();
    const missing = 'NotFounded b';
    expect(await refusal(withConsents(founded.filter(({ organization }) => organization !== 'b')))).toEqual(missing);
    const forged = founded.map((one) =>
      one.organization === 'b' ? { ...one, signatures: founded[0]?.signatures ?? [] } : one,
    );
    expect(await refusal(withConsents(forged))).toEqual(missing);
  });

  it('stand in the first epoch alone', async () => {
    const history = withConsents(founded).map((entry, index) => (index === 1 ? { ...entry, founded } : entry));
    expect(await refusal(history)).toBe('FoundedTwice 2');
  });
});

describe('FOUNDED', () => {
  const alliance = fixedAlliance();
  const allianceId = allianceIdOf(alliance);
  const seed = (purpose: string) => present(ed25519Seed(digest(utf8(purpose))), 'a digest has 32 bytes');
  const consent = (name: string, people = ['ann'], said = allianceId): Consent => {
    const organization = present(
      alliance.organizations.find((one) => one.name === name),
      'an organization',
    );
    const statement = foundedStatement(said, authorityKeyId(organization));
    const signatures = people.map((by) => ({
      by: by as ProcessId,
      signature: ed25519Sign(seed(`administrator ${name} ${by}`), statement),
    }));
    return { organization: name, signatures };
  };
  const missing = (consents: readonly Consent[]) =>
    organizationsWithoutConsent(alliance, allianceId, consents, ed25519Verify);

  it('is said by administrators who speak for each organization', () => {
    expect(missing(['a', 'b', 'c', 'd'].map((name) => consent(name)))).toEqual([]);
    expect(missing([consent('a'), consent('c', ['bob'])])).toEqual(['b', 'd']);
  });

  it('is not said by strangers, for another alliance, or for another organization', () => {
    expect(missing([consent('a', ['eve'])])).toContain('a');
    expect(missing([consent('a', [])])).toContain('a');
    expect(missing([consent('a', ['ann'], digest(utf8('another')))])).toContain('a');
    expect(missing([{ ...consent('a'), organization: 'b' }])).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a history with a restart in it', () => {
  const founded = fixedAlliance();
  const { restart, document } = madeRestart(founded);
  const restarted = [{ document: founded, restart }, { document }];

  it('is believed under the recovery keys of the document before, also where that was never enacted', async () => {
    expect(await refusal(restarted, { _tag: 'alliance', allianceId: allianceIdOf(founded) })).toBeUndefined();
    const read = right(decodeHistoryText(JSON.stringify(encodeHistory(restarted))));
    expect(await refusal(read, { _tag: 'alliance', allianceId: allianceIdOf(founded) })).toBeUndefined();
  });

  it.each([
    [
      'with HANDOFF as well',
      [{ document: founded, restart, handoff: present(first.handoff, 'a HANDOFF') }, { document }],
      'EndedTwice 1',
    ],
    [
      'with too few signatures',
      [{ document: founded, restart: { ...restart, signatures: restart.signatures.slice(1) } }, { document }],
      'BadRestart 1',
    ],
    [
      'with another DECIDED',
      [{ document: founded, restart: { ...restart, decided: flipped(restart.decided) } }, { document }],
      'BadSignature 1 DECIDED',
    ],
    ['to a document that is not there', [{ document: founded, restart }], 'NextMissing 1'],
    [
      'to another document',
      [{ document: founded, restart }, { document: { ...document, applications: [] } }],
      'BadRestart 1',
    ],
  ] as const)('is none %s', async (_, entries, expected) => {
    expect(await refusal(entries, { _tag: 'alliance', allianceId: allianceIdOf(founded) })).toBe(expected);
  });

  it('begins an epoch again where the restart before it began', async () => {
    const { slot, chain, manifest } = restart;
    const next = nextOf(document, offersFor(document));
    const again = signedBy(document, { slot, chain, manifest, notBefore: 1 }, next, ['b', 'c', 'd']);
    const twice = [{ document: founded, restart }, { document, restart: again }, { document: next }];
    expect(await refusal(twice, { _tag: 'alliance', allianceId: allianceIdOf(founded) })).toBeUndefined();
    const later = signedBy(document, { slot: slot + 1, chain, manifest, notBefore: 1 }, next, ['b', 'c', 'd']);
    const wrong = [{ document: founded, restart }, { document, restart: later }, { document: next }];
    expect(await refusal(wrong, { _tag: 'alliance', allianceId: allianceIdOf(founded) })).toBe('BadRestart 2');
  });
});
