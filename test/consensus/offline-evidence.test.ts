/** A third party judges evidence offline: from the bytes of the alliance document and of the record, by what the package exports. */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { frameEpoch } from '../../src/consensus/codec.js';
import {
  acceptedStatement,
  attributedStatement,
  type Ballot,
  proposeStatement,
  reportStatement,
} from '../../src/consensus/statement.js';
import { encodeReport } from '../../src/consensus/piece-codec.js';
import {
  decodeAllianceText,
  decodeEvidence,
  encodeEvidence,
  type EvidenceRecord,
  leaderSchedule,
  publicKeysOf,
  verifyEvidence,
} from '../../src/exports/consensus.js';
import { encodeAlliance } from '../../src/management/alliance-codec.js';
import { ed25519Sign } from '../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import { fixedAlliance } from '../management/fixed-alliance.js';
import { right } from '../support/right.js';

const documentText = JSON.stringify(encodeAlliance(fixedAlliance()));

/** What a court, an auditor or another alliance does. */
function isProven(document: string, bytes: Uint8Array): boolean {
  const alliance = decodeAllianceText(document);
  if (E.isLeft(alliance)) return false;
  const { trust } = alliance.right;
  const record = decodeEvidence(trust.system.processes.universe, bytes);
  if (E.isLeft(record)) return false;
  return verifyEvidence({ ...publicKeysOf(alliance.right), leaders: leaderSchedule(trust.leaders) }, record.right);
}

/** Signs with the fixed key of a server for `purpose`. */
function sign(purpose: 'identity' | 'slow', server: string, statement: Uint8Array): Uint8Array {
  return ed25519Sign(present(ed25519Seed(digest(utf8(`${purpose} ${server}`))), 'a digest has 32 bytes'), statement);
}

const { allianceId, epoch, identities, keys } = publicKeysOf(right(decodeAllianceText(documentText)));
const identityContext = { allianceId, epoch, keyId: identities.keyId };
const slowContext = { allianceId, epoch, keyId: keys.slow.keyId };
const [x, y] = ['x', 'y'].map((text) => digest(utf8(text))).sort((a, b) => Buffer.compare(a, b)) as [never, never];
const a = { epoch, process: 'a/1' as never };
const accepted = (ballot: Ballot, server = 'a/1') => ({
  ...ballot,
  kind: 'accepted' as const,
  proof: sign('slow', server, acceptedStatement(slowContext, ballot)),
});
const proposed = (value: never) => ({
  digest: value,
  signature: sign('identity', 'a/1', proposeStatement(identityContext, { view: 1, slot: 1, digest: value })),
});
const reportOf = (view: number, content: Uint8Array) => ({
  from: a.process,
  view,
  body: content,
  signature: sign('identity', 'a/1', reportStatement(identityContext, view, digest(content))),
});
const empty = encodeReport({ view: 2, votes: [], commits: [] });
const halves = [empty, Uint8Array.of(1)].map((body) => ({
  digest: digest(body),
  signature: reportOf(2, body).signature,
}));
const [first, second] = halves.sort((one, other) => Buffer.compare(one.digest, other.digest)) as [never, never];

const records: readonly EvidenceRecord[] = [
  { _tag: 'Equivocation', ...a, view: 1, slot: 1, first: proposed(x), second: proposed(y) },
  {
    _tag: 'DoubleVote',
    ...a,
    first: accepted({ view: 1, slot: 1, digest: x }),
    second: accepted({ view: 1, slot: 1, digest: y }),
  },
  { _tag: 'DoubleReport', ...a, view: 2, first, second },
  { _tag: 'HiddenVote', ...a, ballot: accepted({ view: 1, slot: 1, digest: x }), report: reportOf(2, empty) },
];

describe('evidence, to a third party', () => {
  const { universe } = fixedAlliance().trust.system.processes;

  it.each(records.map((record) => [record._tag, record] as const))('%s holds from its bytes alone', (_, record) => {
    const bytes = encodeEvidence(universe, record);
    expect(isProven(documentText, bytes)).toBe(true);
    for (const at of [0, 8, 10, bytes.length - 1]) {
      const altered = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect([at, isProven(documentText, altered)]).toEqual([at, false]);
    }
    expect(isProven(documentText, bytes.subarray(1))).toBe(false);
  });

  it('says itself of which epoch it is, and is nothing under another document', () => {
    const bytes = encodeEvidence(universe, present(records[1], 'a record'));
    expect(frameEpoch(bytes.subarray(1))).toEqual(E.right(1));
    const other = JSON.stringify(encodeAlliance({ ...fixedAlliance(), applications: [] }));
    expect(isProven(other, bytes)).toBe(false);
  });

  it('is not made by signing for a share, where shares are signatures', () => {
    const ballot = { view: 1, slot: 1, digest: x, kind: 'accepted' } as const;
    const share = new Uint8Array(64) as never;
    const signature = sign('identity', 'a/1', attributedStatement(identityContext, ballot, digest(share)));
    const record = { _tag: 'InvalidShare', ...a, ballot, share, signature } as const;
    expect(isProven(documentText, encodeEvidence(universe, record))).toBe(false);
  });
});
