/** The canonical bytes of a policy tree, and the digest that ceremonies and share proofs are bound to. */
import { Writer } from '../../prelude/canonical.js';
import { digest, type Digest } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import type { Policy } from '../../quorum/policy.js';

/** Digest of the tree as written: two policies with the same qualified sets but another tree share keys differently. */
export function policyTreeDigest(policy: Policy): Digest {
  return digest(write(new Writer().text('koinon policy tree v1'), policy).finish());
}

function write(writer: Writer, policy: Policy): Writer {
  switch (policy._tag) {
    case 'member':
      return writer.u8(0).text(policy.id);
    case 'threshold':
      return writer.u8(1).u32(policy.k).list(policy.of, write);
    default:
      return assertNever(policy);
  }
}
