/** The canonical form of an access policy, and the digest of it that proposals, ballots, keys and ceremonies sign. */
import { toHex } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { weightAt, withoutCommonFactor } from '../tree/weights.js';
import type { Policy, ThresholdGate } from './policy.js';

const tag = 'koinon policy v1';

/**
 * The same rule in one of its forms: whatever the order of its lists, the scale of its weights, and the gates of one child it was
 * written with. It is for digests and for dealing shares; as a gate of one child may leave a member twice in a list, not for files.
 */
export function canonicalPolicy(policy: Policy): Policy {
  return canonical(policy).policy;
}

/** SHA-256 of the canonical bytes of a checked policy (spec/quorum.md, "Canonical form"). */
export function policyDigest(policy: Policy): Digest {
  return digest(new Writer().text(tag).fixed(canonical(policy).bytes).finish());
}

interface Canonical {
  readonly policy: Policy;
  readonly bytes: Uint8Array;
}

interface WeightedChild extends Canonical {
  readonly weight: number;
}

interface WeightedRule {
  readonly k: number;
  readonly children: readonly WeightedChild[];
}

function canonical(policy: Policy): Canonical {
  if (policy._tag === 'member') return { policy, bytes: new Writer().u8(0).text(policy.id).finish() };
  const [only] = policy.of;
  if (only !== undefined && policy.of.length === 1) return canonical(only);
  const { k, children } = reduced(policy);
  const sorted = sortedByBytes(children);
  const of = sorted.map((child) => child.policy);
  if (sorted.every(({ weight }) => weight === 1)) {
    return { policy: { _tag: 'threshold', k, of }, bytes: countedGate(k, sorted) };
  }
  const weights = sorted.map(({ weight }) => weight);
  return { policy: { _tag: 'threshold', k, of, weights }, bytes: weightedGate(k, sorted) };
}

function countedGate(k: number, children: readonly Canonical[]): Uint8Array {
  const write = (writer: Writer, { bytes }: Canonical): Writer => writer.fixed(bytes);
  return new Writer().u8(1).u32(k).list(children, write).finish();
}

function weightedGate(k: number, children: readonly WeightedChild[]): Uint8Array {
  const write = (writer: Writer, { weight, bytes }: WeightedChild): Writer => writer.u64(weight).fixed(bytes);
  return new Writer().u8(2).u64(k).list(children, write).finish();
}

/** Scaled down, no child heavier than k, and scaled down once more as far as that allows. */
function reduced(gate: ThresholdGate): WeightedRule {
  const children = gate.of.map((child, index) => ({ ...canonical(child), weight: weightAt(gate, index) }));
  return divided(capped(divided({ k: gate.k, children })));
}

function divided({ k, children }: WeightedRule): WeightedRule {
  const { factor } = withoutCommonFactor(children.map(({ weight }) => weight));
  return {
    k: Math.ceil(k / factor),
    children: children.map((child) => ({ ...child, weight: child.weight / factor })),
  };
}

/** A child that suffices alone does so whatever more it weighs. */
function capped({ k, children }: WeightedRule): WeightedRule {
  return { k, children: children.map((child) => ({ ...child, weight: Math.min(child.weight, k) })) };
}

/** Equal children may differ in weight: then the lighter comes first. */
function sortedByBytes(children: readonly WeightedChild[]): readonly WeightedChild[] {
  const keyed = children.map((child) => ({ child, key: toHex(child.bytes) }));
  keyed.sort((a, b) => (a.key === b.key ? a.child.weight - b.child.weight : a.key < b.key ? -1 : 1));
  return keyed.map(({ child }) => child);
}
