/** Combining what members brought: a result, or whose shares are bad and who is still needed. */
import type { Digest } from '../../../prelude/digest.js';
import { E } from '../../../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../../../prelude/process.js';
import { lackOf, type Missing } from '../../../quorum/policy/missing.js';
import { describeMissing } from '../../../quorum/policy/missing-description.js';
import type { SignatureShare } from '../../../schemes/contract/distributed-signer.js';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import type { UseError } from '../../../schemes/uses/use.js';
import { type Brought, type LeftOut, sortContributions } from './contributions.js';
import type { Combiner, Delivery } from './key-use.js';

/** What was of no use: files that are for something else, and members whose shares are bad. */
export interface Rejects {
  readonly leftOut: readonly LeftOut[];
  readonly bad: readonly ProcessId[];
}

/** Why nothing came of it. */
export type Shortage =
  /** `missing` says who would have to join those whose shares may be good. */
  | { readonly _tag: 'not-enough'; readonly signers: ProcessSet; readonly missing: Missing }
  /** Some share is bad, and the key's shares cannot show whose; no suspects where each of them passes its check. */
  | { readonly _tag: 'unattributable'; readonly suspects: ProcessSet }
  /** Nothing of the kind can be asked of this key. */
  | { readonly _tag: 'bad-request' }
  /** The shares are good; what they decipher is no message. */
  | { readonly _tag: 'no-message' };

export type Combination = { readonly rejects: Rejects } & (
  | { readonly _tag: 'combined'; readonly delivery: Delivery }
  | { readonly _tag: 'failed'; readonly shortage: Shortage }
);

/** @param input - names what was asked of the key. */
export function combineContributions(
  key: AlliancePublicKey,
  combiner: Combiner,
  input: Digest,
  brought: readonly Brought[],
): Combination {
  const { usable, leftOut } = sortContributions(brought, key, input);
  const { shares, spoiled } = chooseShares(combiner, usable);
  const result = combiner.combine(shares);
  const rejectsWith = (bad: Iterable<ProcessId>): Rejects => ({ leftOut: [...leftOut, ...spoiled], bad: [...bad] });
  if (E.isLeft(result)) return failed(key, result.left, rejectsWith);
  const { output, invalid } = result.right;
  return { _tag: 'combined', delivery: output, rejects: rejectsWith(invalid) };
}

function failed(
  key: AlliancePublicKey,
  error: UseError,
  rejectsWith: (bad: Iterable<ProcessId>) => Rejects,
): Combination {
  switch (error._tag) {
    case 'NotQualified': {
      const { signers, invalid } = error;
      const shortage = { _tag: 'not-enough', signers, missing: missingOf(key, signers, invalid) } as const;
      return { _tag: 'failed', shortage, rejects: rejectsWith(invalid) };
    }
    case 'BadShares':
      return {
        _tag: 'failed',
        shortage: { _tag: 'unattributable', suspects: error.suspects },
        rejects: rejectsWith([]),
      };
    case 'BadRequest':
      return { _tag: 'failed', shortage: { _tag: 'bad-request' }, rejects: rejectsWith([]) };
    case 'DoesNotDecrypt':
      return { _tag: 'failed', shortage: { _tag: 'no-message' }, rejects: rejectsWith([]) };
  }
}

/** One share of each sender. Anybody may write a file in somebody's name, so of several the first that is not bad counts. */
function chooseShares(
  combiner: Combiner,
  usable: ReadonlyMap<ProcessId, readonly Brought[]>,
): { readonly shares: ReadonlyMap<ProcessId, SignatureShare>; readonly spoiled: readonly LeftOut[] } {
  const shares = new Map<ProcessId, SignatureShare>();
  const spoiled: LeftOut[] = [];
  for (const [process, files] of usable) {
    const chosen = files.length === 1 ? files[0] : (files.find((one) => isPossible(combiner, one)) ?? files[0]);
    if (chosen === undefined) continue;
    shares.set(process, chosen.file.contribution as SignatureShare);
    const others = files.filter((one) => one !== chosen);
    spoiled.push(...others.map(({ path }) => ({ path, process, reason: `differs from ${chosen.path}` })));
  }
  return { shares, spoiled };
}

function isPossible(combiner: Combiner, { file }: Brought): boolean {
  return combiner.judge(file.process, file.contribution as SignatureShare) !== 'invalid';
}

/** Without those who sent bad shares where others suffice. */
function missingOf({ policy }: AlliancePublicKey, signers: ProcessSet, bad: ProcessSet): Missing {
  const missing = lackOf(policy, signers, bad);
  return missing._tag === 'unreachable' ? lackOf(policy, signers, signers.universe.none) : missing;
}

/** Why nothing came of it, for people and for programs. */
export function describeShortage(shortage: Shortage): { readonly reason: string; readonly json: object } {
  switch (shortage._tag) {
    case 'not-enough': {
      const missing = describeMissing(shortage.missing);
      return { reason: `still needed: ${missing}`, json: { have: [...shortage.signers], missing } };
    }
    case 'unattributable': {
      const suspects = [...shortage.suspects];
      const reason =
        suspects.length === 0
          ? "every share passes its check, and yet they give no result: the key's primes are not what its dealer said; replace the key"
          : `a share is bad, and shares of this key cannot show whose: ${suspects.join(', ')}`;
      return { reason, json: { suspects } };
    }
    case 'bad-request':
      return { reason: 'this key answers no such request', json: {} };
    case 'no-message':
      return { reason: 'what was deciphered is no message, or has another label', json: {} };
  }
}

/** A line about everything that was of no use. */
export function describeRejects({ leftOut, bad }: Rejects): readonly string[] {
  return [
    ...bad.map((process) => `  bad share  ${process}`),
    ...leftOut.map(({ path, reason }) => `  left out   ${path}: ${reason}`),
  ];
}
