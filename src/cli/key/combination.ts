/** Combining what members brought: a result, or whose shares are bad and who is still needed. */
import { digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { type ProcessId, type ProcessSet, Universe } from '../../prelude/process.js';
import { lackOf, type Missing } from '../../quorum/policy/missing.js';
import { describeMissing } from '../../quorum/policy/missing-description.js';
import { policyMembers } from '../../quorum/policy/policy.js';
import type { DistributedVerifier, Signature, SignatureShare } from '../../schemes/distributed-signer.js';
import { type AlliancePublicKey, type KeyError, makeVerifier } from '../../schemes/registry.js';
import { type Brought, type LeftOut, sortContributions } from './contributions.js';

export type Combination =
  | { readonly _tag: 'combined'; readonly signature: Signature; readonly rejects: Rejects }
  /** `missing` says who would have to join those whose shares may be good. */
  | { readonly _tag: 'not-enough'; readonly signers: ProcessSet; readonly missing: Missing; readonly rejects: Rejects }
  /** Some share is bad, and the key's shares cannot show whose. */
  | { readonly _tag: 'unattributable'; readonly suspects: ProcessSet; readonly rejects: Rejects };

/** What was of no use: files that are for something else, and members whose shares are bad. */
export interface Rejects {
  readonly leftOut: readonly LeftOut[];
  readonly bad: readonly ProcessId[];
}

/** @param message - the whole input. */
export function combineContributions(
  key: AlliancePublicKey,
  message: Uint8Array,
  brought: readonly Brought[],
): Either<KeyError, Combination> {
  const verifier = makeVerifier(key, new Universe(policyMembers(key.policy)));
  if (E.isLeft(verifier)) return verifier;
  const { usable, leftOut } = sortContributions(brought, key, digest(message));
  const { shares, spoiled } = chooseShares(verifier.right, message, usable);
  const result = verifier.right.combine(message, shares);
  const rejectsWith = (bad: ProcessSet): Rejects => ({ leftOut: [...leftOut, ...spoiled], bad: [...bad] });
  if (E.isRight(result)) {
    const { signature, invalid } = result.right;
    return E.right({ _tag: 'combined', signature, rejects: rejectsWith(invalid) });
  }
  if (result.left._tag === 'BadShares') {
    const { suspects } = result.left;
    return E.right({ _tag: 'unattributable', suspects, rejects: { leftOut: [...leftOut, ...spoiled], bad: [] } });
  }
  const { signers, invalid } = result.left;
  const missing = missingOf(key, signers, invalid);
  return E.right({ _tag: 'not-enough', signers, missing, rejects: rejectsWith(invalid) });
}

/** One share of each sender. Anybody may write a file in somebody's name, so of several the first that is not bad counts. */
function chooseShares(
  verifier: DistributedVerifier,
  message: Uint8Array,
  usable: ReadonlyMap<ProcessId, readonly Brought[]>,
): { readonly shares: ReadonlyMap<ProcessId, SignatureShare>; readonly spoiled: readonly LeftOut[] } {
  const shares = new Map<ProcessId, SignatureShare>();
  const spoiled: LeftOut[] = [];
  for (const [process, files] of usable) {
    const good = files.length === 1 ? files : files.filter((one) => isPossible(verifier, message, one));
    const [chosen] = good.length > 0 ? good : files;
    if (chosen === undefined) continue;
    shares.set(process, chosen.file.contribution as SignatureShare);
    const others = files.filter((one) => one !== chosen);
    spoiled.push(...others.map(({ path }) => ({ path, process, reason: `differs from ${chosen.path}` })));
  }
  return { shares, spoiled };
}

function isPossible(verifier: DistributedVerifier, message: Uint8Array, { file }: Brought): boolean {
  return verifier.verifyShare(message, file.process, file.contribution as SignatureShare) !== 'invalid';
}

/** Without those who sent bad shares where others suffice. */
function missingOf({ policy }: AlliancePublicKey, signers: ProcessSet, bad: ProcessSet): Missing {
  const missing = lackOf(policy, signers, bad);
  return missing._tag === 'unreachable' ? lackOf(policy, signers, signers.universe.none) : missing;
}

/** The lines and the JSON about what did not come together. */
export function describeShortage(combination: Exclude<Combination, { readonly _tag: 'combined' }>): {
  readonly line: string;
  readonly json: object;
} {
  if (combination._tag === 'unattributable') {
    const suspects = [...combination.suspects];
    const line = `NOT COMBINED: a share is bad, and shares of this key cannot show whose: ${suspects.join(', ')}`;
    return { line, json: { combined: false, suspects } };
  }
  const missing = describeMissing(combination.missing);
  return {
    line: `NOT COMBINED: still needed: ${missing}`,
    json: { combined: false, have: [...combination.signers], missing },
  };
}

/** A line about everything that was of no use. */
export function describeRejects({ leftOut, bad }: Rejects): readonly string[] {
  return [
    ...bad.map((process) => `  bad share  ${process}`),
    ...leftOut.map(({ path, reason }) => `  left out   ${path}: ${reason}`),
  ];
}
