/** The canonical form of an access policy, and the digest of it that proposals, ballots, keys and ceremonies sign. */
import { toHex } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { Policy } from './policy.js';

const tag = 'koinon policy v1';

/** The same rule, whatever the order of its lists and whatever gates of one child it was written with: those are dropped, lists sorted. */
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

function canonical(policy: Policy): Canonical {
  if (policy._tag === 'member') return { policy, bytes: new Writer().u8(0).text(policy.id).finish() };
  const children = sortedByBytes(policy.of.map(canonical));
  const [only] = children;
  if (only !== undefined && children.length === 1) return only;
  const bytes = new Writer()
    .u8(1)
    .u32(policy.k)
    .list(children, (writer, child) => writer.fixed(child.bytes))
    .finish();
  return { policy: { ...policy, of: children.map((child) => child.policy) }, bytes };
}

function sortedByBytes(children: readonly Canonical[]): readonly Canonical[] {
  const keyed = children.map((child) => ({ child, key: toHex(child.bytes) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ child }) => child);
}
