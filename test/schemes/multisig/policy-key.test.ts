import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { MultisigKeyShare, type MultisigPublicKey } from '../../../src/schemes/multisig/key.js';
import { multisigKeyShareCodec, multisigPublicKeyCodec } from '../../../src/schemes/multisig/key-codec.js';
import { dealMultisig, makeMultisigSigner, makeMultisigVerifier } from '../../../src/schemes/multisig/policy-key.js';
import { right } from '../../support/right.js';
import { member, testSeed, testUniverse } from '../../support/signers.js';

const universe = testUniverse('b/1', 'a/1', 'c/1', 'idle/1');
const policy: Policy = { _tag: 'threshold', k: 2, of: [member('b/1'), member('a/1'), member('c/1')] };
let draws = 0;
const { publicKey, shares } = dealMultisig({ usage: 'document', epoch: 5, policy }, (length) =>
  digest(utf8(`draw ${draws++}`)).subarray(0, length),
);
const [a, b] = ['a/1', 'b/1'] as const;
const shareOfA = present(shares.get(a as ProcessId), 'a share');
const document = utf8('document');

describe('keys along a policy', () => {
  it('have a seed of its own for every member', () => {
    expect([...shares.keys()]).toEqual(['b/1', 'a/1', 'c/1']);
    expect(new Set([...shares.values()].map((share) => toHex(share.seed))).size).toBe(3);
  });

  it('sign along the policy', () => {
    const verifier = right(makeMultisigVerifier(publicKey, universe));
    const signed = [...shares.values()].map((share) => {
      const signer = right(makeMultisigSigner(publicKey, share, universe));
      return [signer.me, right(signer.signShare(document))] as const;
    });
    const { signature } = right(verifier.combine(document, new Map(signed.slice(1))));
    expect(verifier.verify(document, signature)).toBe(true);
    expect(E.isLeft(verifier.combine(document, new Map(signed.slice(2))))).toBe(true);
    expect([verifier.epoch, verifier.usage]).toEqual([5, 'document']);
  });

  it('are refused where a holder is no process, a member has no key, or a share is of another key', () => {
    const smaller = testUniverse('a/1', 'b/1');
    const stranger = E.left({ _tag: 'StrangerHoldsKey', process: 'c/1' });
    expect(makeMultisigVerifier(publicKey, smaller)).toEqual(stranger);
    expect(makeMultisigSigner(publicKey, shareOfA, smaller)).toEqual(stranger);
    const publicKeys = new Map([...publicKey.publicKeys].filter(([id]) => id !== b));
    const keyless = E.left({ _tag: 'MemberWithoutKey', process: b });
    expect(makeMultisigVerifier({ ...publicKey, publicKeys }, universe)).toEqual(keyless);
    const wrong = new MultisigKeyShare(a as ProcessId, testSeed(b as ProcessId));
    const another = E.left({ _tag: 'ShareOfAnotherKey', process: a });
    expect(makeMultisigSigner(publicKey, wrong, universe)).toEqual(another);
  });
});

describe('the JSON of a key', () => {
  const json = multisigPublicKeyCodec.encode(publicKey) as MultisigPublicKeyJson;

  interface MultisigPublicKeyJson {
    readonly holders: readonly { readonly process: string; readonly key: string }[];
  }

  it('is read back as it was written, holders in the order of their ids', () => {
    expect(json.holders.map((holder) => holder.process)).toEqual(['a/1', 'b/1', 'c/1']);
    const read = right(decode(multisigPublicKeyCodec, JSON.parse(JSON.stringify(json))));
    expect(multisigPublicKeyCodec.encode(read)).toEqual(json);
    const ids = [read, publicKey].map((key: MultisigPublicKey) => right(makeMultisigVerifier(key, universe)).keyId);
    expect(ids[0]).toEqual(ids[1]);
  });

  const [first, second, third] = json.holders as readonly [object, object, object];
  it.each<[string, object, string]>([
    ['holders in another order', { holders: [second, first, third] }, '/holders'],
    ['a holder twice', { holders: [first, first, second, third] }, '/holders'],
    ['a member of the policy without a key', { holders: [first, second] }, '/holders'],
    ['no holder', { holders: [] }, '/holders'],
    ['a short key', { holders: [{ ...first, key: '00' }, second, third] }, '/holders/0/key'],
    ['a key of small order', { holders: [{ ...first, key: `01${'00'.repeat(31)}` }, second, third] }, '/holders/0/key'],
    ['a process with a bad name', { holders: [{ ...first, process: 'a-1' }, second, third] }, '/holders/0/process'],
    ['an unknown usage', { usage: 'beacon' }, '/usage'],
    ['a negative epoch', { epoch: -1 }, '/epoch'],
    [
      'a policy out of range',
      { policy: { threshold: 4, of: ['a/1', 'b/1', 'c/1'].map((id) => ({ member: id })) } },
      '/policy/threshold',
    ],
    ['an unknown key', { extra: 1 }, '/extra'],
    ['another scheme', { _tag: 'shoup-rsa' }, '/_tag'],
  ])('is refused with %s', (_, change, path) => {
    const result = decode(multisigPublicKeyCodec, { ...json, ...change });
    expect(E.isLeft(result) && result.left.path).toSatisfy((found) => String(found).startsWith(path));
  });
});

describe('a key share', () => {
  it('is read back as it was written', () => {
    const written = multisigKeyShareCodec.encode(shareOfA);
    expect(written).toEqual({ _tag: 'multisig', process: 'a/1', seed: toHex(shareOfA.seed) });
    const read = right(decode(multisigKeyShareCodec, JSON.parse(JSON.stringify(written))));
    expect(read).toBeInstanceOf(MultisigKeyShare);
    expect(multisigKeyShareCodec.encode(read)).toEqual(written);
  });

  it('is refused with a seed of another length', () => {
    for (const seed of ['', '00', '00'.repeat(31), '00'.repeat(33), 7]) {
      expect(E.isLeft(decode(multisigKeyShareCodec, { _tag: 'multisig', process: 'a/1', seed }))).toBe(true);
    }
  });

  it('does not show its seed', () => {
    const shown = { _tag: 'multisig', process: 'a/1', seed: '(secret)' };
    expect(JSON.parse(JSON.stringify(shareOfA))).toEqual(shown);
    expect(inspect(shareOfA)).toBe(inspect(shown));
  });

  it('refused in JSON does not show its seed in the error', () => {
    const seed = `${'ab'.repeat(31)}zz`;
    const error = decode(multisigKeyShareCodec, { _tag: 'multisig', process: 'a/1', seed });
    expect(JSON.stringify(error)).not.toContain('abab');
  });
});
