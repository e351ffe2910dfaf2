import { distributedSignerLaws, type DistributedSignerSetup } from '../../../spec/laws/distributed-signer-laws.js';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import type { ProcessSet, Universe } from '../../../src/prelude/process.js';
import type { RandomBytes } from '../../../src/prelude/random.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { dealMultisig, makeMultisigSigner, makeMultisigVerifier } from '../../../src/schemes/multisig/policy-key.js';
import { rootShapes } from '../law-shapes.js';
import { right } from '../../support/right.js';
import { member, setOf, testMultisig, testSeed, testUniverse } from '../../support/signers.js';

distributedSignerLaws('multisig, 3 of 4, statements', () => {
  const universe = testUniverse('a/1', 'b/1', 'c/1', 'd/1');
  const canCombine = (signers: ProcessSet): boolean => signers.size >= 3;
  const [mine, other] = [
    testMultisig(universe, { canCombine }),
    testMultisig(universe, { canCombine, label: 'other' }),
  ];
  return {
    ...common(universe),
    usage: 'statement',
    verifier: mine.verifier,
    signers: mine.signers,
    other,
    qualified: [
      setOf(universe, 'a/1', 'b/1', 'c/1'),
      setOf(universe, 'b/1', 'c/1', 'd/1'),
      setOf(universe, 'a/1', 'c/1', 'd/1'),
    ],
    unqualified: [setOf(universe, 'a/1', 'b/1'), setOf(universe, 'c/1', 'd/1'), setOf(universe, 'a/1')],
    loggable: [...mine.signers.values()],
    secrets: universe.ids.map((id) => testSeed(id)),
  };
});

distributedSignerLaws('multisig, weights, documents', () => {
  const universe = testUniverse('a/1', 'b/1', 'c/1', 'idle/1');
  const of = [member('a/1'), member('b/1'), member('c/1')];
  const policy: Policy = { _tag: 'threshold', k: 67, of, weights: [40, 35, 25] };
  const deal = (label: string, epoch: number): ReturnType<typeof dealMultisig> =>
    dealMultisig({ usage: 'document', epoch, policy }, countedRandom(label));
  const mine = deal('weighty', 1);
  return {
    ...common(universe),
    usage: 'document',
    ...parts(mine, universe),
    other: parts(deal('weighty elsewhere', 1), universe),
    qualified: [setOf(universe, 'a/1', 'b/1'), setOf(universe, 'a/1', 'b/1', 'c/1')],
    unqualified: [setOf(universe, 'a/1', 'c/1'), setOf(universe, 'b/1', 'c/1'), setOf(universe, 'a/1', 'idle/1')],
    loggable: [...mine.shares.values(), mine],
    secrets: [...mine.shares.values()].map((share) => share.seed),
  };
});

distributedSignerLaws('multisig, nested predicate, some processes without a key, documents', () => {
  const universe = testUniverse('x/1', 'acme/1', 'acme/2', 'acme/3', 'globex/1', 'initech/1');
  const acme: Policy = { _tag: 'threshold', k: 2, of: [member('acme/1'), member('acme/2'), member('acme/3')] };
  const policy: Policy = { _tag: 'threshold', k: 2, of: [acme, member('globex/1'), member('initech/1')] };
  const deal = (label: string, epoch: number): ReturnType<typeof dealMultisig> =>
    dealMultisig({ usage: 'document', epoch, policy }, countedRandom(label));
  const [mine, other] = [deal('mine', 3), deal('other', 4)];
  return {
    ...common(universe),
    usage: 'document',
    ...parts(mine, universe),
    other: parts(other, universe),
    qualified: [
      setOf(universe, 'acme/1', 'acme/3', 'initech/1'),
      setOf(universe, 'globex/1', 'initech/1'),
      setOf(universe, 'x/1', 'acme/2', 'acme/3', 'globex/1'),
    ],
    unqualified: [
      setOf(universe, 'acme/1', 'acme/2', 'acme/3', 'x/1'),
      setOf(universe, 'acme/1', 'globex/1', 'x/1'),
      setOf(universe, 'x/1'),
    ],
    loggable: [...mine.shares.values(), mine],
    secrets: [...mine.shares.values()].map((share) => share.seed),
  };
});

for (const { name, policy, qualified, unqualified } of Object.values(rootShapes)) {
  distributedSignerLaws(`multisig, ${name}, documents`, () => {
    const universe = testUniverse('a', 'b', 'c', 'd', 'e');
    const set = (letters: string) => setOf(universe, ...Array.from(letters));
    const deal = (label: string) => dealMultisig({ usage: 'document', epoch: 1, policy }, countedRandom(label));
    const mine = deal('mine');
    return {
      ...common(universe),
      usage: 'document',
      ...parts(mine, universe),
      other: parts(deal('other'), universe),
      qualified: qualified.map(set),
      unqualified: unqualified.map(set),
      loggable: [...mine.shares.values(), mine],
      secrets: [...mine.shares.values()].map((share) => share.seed),
    };
  });
}

function parts(
  { publicKey, shares }: ReturnType<typeof dealMultisig>,
  universe: Universe,
): DistributedSignerSetup['other'] {
  return {
    verifier: right(makeMultisigVerifier(publicKey, universe)),
    signers: new Map([...shares].map(([id, share]) => [id, right(makeMultisigSigner(publicKey, share, universe))])),
  };
}

function common(universe: Universe): Pick<DistributedSignerSetup, 'universe' | 'attributable' | 'judgesEveryShare'> {
  return { universe, attributable: true, judgesEveryShare: true };
}

/** Bytes that a label determines, others at each call. */
function countedRandom(label: string): RandomBytes {
  let calls = 0;
  return (length) => digest(utf8(`${label} ${calls++}`)).subarray(0, length);
}
