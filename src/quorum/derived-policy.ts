/**
 * The quorums of a trust model as access policies: the same tree with other thresholds, so that a key can be shared along them
 * (design: "Quorum systems"). Since f < n at every gate, each threshold lies in 1..n and nothing needs pruning.
 */
import type { Policy } from './policy.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

interface DescribedTrust {
  readonly tree: TrustTree;
}

/** Qualified are the sets that contain a correct process: f+1 at every gate. The alliance key is shared along it. */
export function vouchPolicy({ tree }: DescribedTrust): Policy {
  return withThresholds(tree, ({ f }) => f + 1);
}

/** Qualified are the recovery quorums, which are the slow quorums too: all but f at every gate. */
export function recoveryPolicy({ tree }: DescribedTrust): Policy {
  return withThresholds(tree, ({ f, of }) => of.length - f);
}

/** Qualified are the fast quorums: all but t at every gate. */
export function fastPolicy({ tree }: DescribedTrust): Policy {
  return withThresholds(tree, ({ t, of }) => of.length - t);
}

function withThresholds(tree: TrustTree, threshold: (gate: TrustGate) => number): Policy {
  if (tree._tag === 'member') return tree;
  return { _tag: 'threshold', k: threshold(tree), of: tree.of.map((child) => withThresholds(child, threshold)) };
}
