/**
 * The quorums of a trust model as access policies, so that a key can be shared along them: the same tree with other thresholds, or
 * for listed sets what they leave (design: "Quorum systems"). Since f is less than a gate weighs, each threshold is in range and
 * nothing needs pruning.
 */
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../policy/policy.js';
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
    return joined(
      others(rule, rule.byzantine).map((ids) => anyOf(ids)),
      'all',
    );
  return withThresholds(rule, ({ f }) => f + 1);
}

/** Qualified are the recovery quorums, which are the slow quorums too: all but f at every gate. */
export function recoveryPolicy({ rule }: DescribedTrust): Policy {
  if (rule._tag === 'explicit')
    return joined(
      others(rule, rule.byzantine).map((ids) => allOf(ids)),
      'any',
    );
  return withThresholds(rule, (gate) => totalWeight(gate) - gate.f);
}

/** Qualified are the fast quorums: all but t at every gate. */
export function fastPolicy({ rule }: DescribedTrust): Policy {
  if (rule._tag === 'explicit')
    return joined(
      others(rule, rule.slow).map((ids) => allOf(ids)),
      'any',
    );
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

function anyOf(ids: readonly ProcessId[]): Policy {
  return joined(ids.map(member), 'any');
}

function allOf(ids: readonly ProcessId[]): Policy {
  return joined(ids.map(member), 'all');
}

function member(id: ProcessId): Policy {
  return { _tag: 'member', id };
}

function joined(of: readonly Policy[], how: 'all' | 'any'): Policy {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { _tag: 'threshold', k: how === 'all' ? of.length : 1, of };
}
