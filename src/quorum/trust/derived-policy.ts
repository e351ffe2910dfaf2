/**
 * The quorums of a trust model as access policies, so that a key can be shared along them: the same tree with other thresholds, or
 * for listed sets what they leave (design: "Quorum systems"). Since f is less than a gate weighs, each threshold is in range and
 * nothing needs pruning.
 */
import type { ProcessId } from '../../prelude/process.js';
import { allOf, anyOf } from '../policy/gates.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { member } from '../tree/tree-check.js';
import { totalWeight } from '../tree/weights.js';
import type { ExplicitFaults } from './explicit-faults.js';
import type { TrustRule } from './trust-model.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

interface DescribedTrust {
  readonly rule: TrustRule;
}

/** Qualified are the sets that contain a correct process: f+1 at every gate. The alliance key is shared along it. */
export function vouchPolicy({ rule }: DescribedTrust): Policy {
  if (rule._tag === 'explicit')
    return unlessSingle(allOf(others(rule, rule.byzantine).map((ids) => unlessSingle(anyOf(ids.map(member))))));
  return withThresholds(rule, ({ f }) => f + 1);
}

/** Qualified are the recovery quorums, which are the slow quorums too: all but f at every gate. */
export function recoveryPolicy({ rule }: DescribedTrust): Policy {
  if (rule._tag === 'explicit') return anyOfAll(others(rule, rule.byzantine));
  return withThresholds(rule, (gate) => totalWeight(gate) - gate.f);
}

/** Qualified are the fast quorums: all but t at every gate. */
export function fastPolicy({ rule }: DescribedTrust): Policy {
  if (rule._tag === 'explicit') return anyOfAll(others(rule, rule.slow));
  return withThresholds(rule, (gate) => totalWeight(gate) - gate.t);
}

/** What an alliance with one trust model lets sets of its servers do. */
export interface AlliancePolicies {
  /** Who may sign for the alliance: no fault set can, and what any fault set leaves can, where the trust model satisfies C1. */
  readonly signing: Policy;
  /**
   * Who may change the alliance. Without this many, two changes could be accepted by sets that share no correct process; any fault
   * set may be missing, and none suffices alone.
   */
  readonly amendment: Policy;
  /**
   * Who may act when more have failed than the trust model says, so that too few are left to amend. Contains a process that was
   * correct within the model, but two disjoint sets of this kind may act and contradict one another: management therefore
   * announces such an act, waits, and lets an amendment prevent it.
   */
  readonly recovery: Policy;
}

/** The policies that fit a trust model, so that none which contradicts it or another needs ever be written. */
export function policiesFrom(trust: DescribedTrust): AlliancePolicies {
  const vouch = vouchPolicy(trust);
  return { signing: vouch, amendment: recoveryPolicy(trust), recovery: vouch };
}

function withThresholds(tree: TrustTree, threshold: (gate: TrustGate) => number): Policy {
  if (tree._tag === 'member') return tree;
  const of = tree.of.map((child) => withThresholds(child, threshold));
  const weights = tree.weights === undefined ? {} : { weights: tree.weights };
  return { _tag: 'threshold', k: threshold(tree), of, ...weights };
}

/** What each of the maximal sets leaves; everyone where there is none. Never empty. */
function others({ of }: ExplicitFaults, sets: readonly (readonly ProcessId[])[]): readonly (readonly ProcessId[])[] {
  return (sets.length === 0 ? [[]] : sets).map((set) => {
    const out = new Set<ProcessId>(set);
    return of.filter((id) => !out.has(id));
  });
}

/** Any of the sets, in full. */
function anyOfAll(sets: readonly (readonly ProcessId[])[]): Policy {
  return unlessSingle(anyOf(sets.map((ids) => unlessSingle(allOf(ids.map(member))))));
}

function unlessSingle(gate: ThresholdGate): Policy {
  const [only] = gate.of;
  return only !== undefined && gate.of.length === 1 ? only : gate;
}
