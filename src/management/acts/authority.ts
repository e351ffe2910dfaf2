/**
 * Who speaks for an organization: its administrators, and its rule, a policy over their names. Every signature names the whole
 * authority by its key id, so what was signed under one says nothing under another (spec/management.md, "Acts").
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import { isQualified, type Policy, policyMembers } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { Universe } from '../../prelude/process.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';

/** A person, or a machine that acts for one. */
export interface Administrator {
  /** As it stands in the rule. */
  readonly name: ProcessId;
  readonly key: Ed25519PublicKey;
}

export interface Authority {
  /** Of the organization. */
  readonly name: string;
  /** Each named once. */
  readonly administrators: readonly Administrator[];
  /** Over their names. */
  readonly rule: Policy;
}

/** Names an authority in what is signed under it. */
export function authorityKeyId({ name, administrators, rule }: Authority): Digest {
  const sorted = [...administrators].sort((a, b) => (a.name < b.name ? -1 : 1));
  const write = (writer: Writer, { name: own, key }: Administrator): Writer => writer.text(own).fixed(key);
  return digest(
    new Writer().text('koinon authority ed25519 v1').text(name).fixed(policyDigest(rule)).list(sorted, write).finish(),
  );
}

/** Whether these administrators together speak for the organization. */
export function speaksFor({ administrators, rule }: Authority, names: Iterable<ProcessId>): boolean {
  const universe = new Universe(administrators.map(({ name }) => name));
  return isQualified(rule, universe.of(names));
}

/** A name in the rule that is no administrator's; `undefined` if there is none. */
export function strangerInRule({
  administrators,
  rule,
}: Pick<Authority, 'administrators' | 'rule'>): string | undefined {
  const names = new Set(administrators.map(({ name }) => name));
  return policyMembers(rule).find((name) => !names.has(name));
}

/** Names the identity under which a server acts. */
export function serverActsKeyId({ id, identityKey }: ServerIdentity): Digest {
  return digest(new Writer().text('koinon server acts ed25519 v1').text(id).fixed(identityKey).finish());
}

export interface ServerIdentity {
  readonly id: ProcessId;
  readonly identityKey: Ed25519PublicKey;
}
