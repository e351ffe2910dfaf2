import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import {
  type Act,
  actStatement,
  checkOrganizationAct,
  checkServerAct,
  decodeAct,
  encodeAct,
} from '../../../src/management/acts/act.js';
import { describeActRefused } from '../../../src/management/acts/act-errors.js';
import {
  type Authority,
  authorityKeyId,
  serverActsKeyId,
  strangerInRule,
} from '../../../src/management/acts/authority.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { ed25519Sign, ed25519Verify, publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { right } from '../../support/right.js';

const allianceId = digest(utf8('an alliance'));
const body = utf8('what is said');
const seed = (name: string) => present(ed25519Seed(digest(utf8(name))), 'a digest has 32 bytes');
const names = ['alice', 'bob', 'carol'] as ProcessId[];

function authority(rule: string, changes: Partial<Authority> = {}): Authority {
  const administrators = names.map((name) => ({ name, key: publicKeyFromSeed(seed(name)) }));
  return { name: 'acme', administrators, rule: right(parsePolicy(rule)), ...changes };
}

const twoOfThree = authority('2 of (alice, bob, carol)');

function signed(by: readonly string[], under: Authority = twoOfThree, what = body): Act {
  const statement = actStatement(allianceId, authorityKeyId(under), what);
  const signatures = by.map((name) => ({ by: name as ProcessId, signature: ed25519Sign(seed(name), statement) }));
  return { author: { _tag: 'organization', name: 'acme' }, body, signatures };
}

function refused(act: Act, under: Authority = twoOfThree): string | undefined {
  return checkOrganizationAct(act, allianceId, under, ed25519Verify)?._tag;
}

describe('an act of an organization', () => {
  it('is signed by administrators who satisfy its rule', () => {
    expect(refused(signed(['alice', 'bob']))).toBeUndefined();
    expect(refused(signed(['alice', 'bob', 'carol']))).toBeUndefined();
    expect(refused(signed(['bob']))).toBe('RuleNotMet');
    expect(refused(signed([]))).toBe('RuleNotMet');
    expect(refused(signed(['alice', 'mallory']))).toBe('NotAnAdministrator');
  });

  it('may need all of 64 administrators, who are the most that an organization has', () => {
    const all = Array.from({ length: 64 }, (_, index) => `x${String(index).padStart(2, '0')}`);
    const administrators = all.map((name) => ({ name: name as ProcessId, key: publicKeyFromSeed(seed(name)) }));
    const everyone = { name: 'acme', administrators, rule: right(parsePolicy(`all of (${all.join(', ')})`)) };
    const read = right(decodeAct(encodeAct(signed(all, everyone))));
    expect(refused(read, everyone)).toBeUndefined();
    expect(E.isLeft(decodeAct(encodeAct(signed([...all, 'x99'], everyone))))).toBe(true);
  });

  it('says nothing with one bad signature, about other words, for another alliance or under another authority', () => {
    const good = signed(['alice', 'bob']);
    expect(refused({ ...good, body: utf8('something else') })).toBe('BadActSignature');
    const [first, second] = good.signatures;
    const swapped = [{ ...present(first, 'one'), signature: present(second, 'two').signature }, present(second, 'two')];
    expect(refused({ ...good, signatures: swapped })).toBe('BadActSignature');
    expect(checkOrganizationAct(good, digest(utf8('another')), twoOfThree, ed25519Verify)?._tag).toBe(
      'BadActSignature',
    );
    for (const other of [
      authority('any of (alice, bob, carol)'),
      authority('2 of (alice, bob, carol)', { name: 'globex' }),
      {
        ...twoOfThree,
        administrators: [
          ...twoOfThree.administrators,
          { name: 'dan' as ProcessId, key: publicKeyFromSeed(seed('dan')) },
        ],
      },
    ])
      expect(refused(good, other)).toBe('BadActSignature');
  });

  it('needs rules over administrators alone', () => {
    expect(strangerInRule(twoOfThree)).toBeUndefined();
    expect(strangerInRule(authority('any of (alice, dan)'))).toBe('dan');
  });
});

describe('an act of a server', () => {
  const server = { id: 'acme/1' as ProcessId, identityKey: publicKeyFromSeed(seed('acme/1')) };
  const statement = actStatement(allianceId, serverActsKeyId(server), body);
  const good: Act = {
    author: { _tag: 'server', id: server.id },
    body,
    signatures: [{ by: server.id, signature: ed25519Sign(seed('acme/1'), statement) }],
  };
  const check = (act: Act) => checkServerAct(act, allianceId, server, ed25519Verify)?._tag;

  it('is signed by its identity, once', () => {
    expect(check(good)).toBeUndefined();
    expect(check({ ...good, signatures: [] })).toBe('BadActSignature');
    expect(check({ ...good, signatures: [...good.signatures, ...good.signatures] })).toBe('BadActSignature');
    const other = { ...present(good.signatures[0], 'one'), by: 'acme/2' as ProcessId };
    expect(check({ ...good, signatures: [other] })).toBe('BadActSignature');
    expect(check({ ...good, body: utf8('something else') })).toBe('BadActSignature');
  });
});

describe('the bytes of an act', () => {
  it('are read as they were written, and in one form only', () => {
    for (const act of [signed(['alice', 'bob']), signed([])]) expect(decodeAct(encodeAct(act))).toEqual(E.right(act));
    const unordered = signed(['bob', 'alice']);
    expect(E.isLeft(decodeAct(encodeAct(unordered)))).toBe(true);
    expect(E.isLeft(decodeAct(encodeAct(signed(['alice', 'alice']))))).toBe(true);
  });

  it('are refused, and never thrown at, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const act = decodeAct(bytes);
        if (E.isRight(act)) expect(encodeAct(act.right)).toEqual(bytes);
        else expect(describeActRefused(act.left)).toContain('expected');
      }),
    );
  });
});
