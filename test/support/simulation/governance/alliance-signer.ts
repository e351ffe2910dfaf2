/** The alliance key of an epoch as a simulated server holds it: the real one, whose signatures are judged once for all servers. */
import { concatBytes } from '../../../../src/prelude/bytes.js';
import { digest } from '../../../../src/prelude/digest.js';
import { E } from '../../../../src/prelude/fp.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { Alliance } from '../../../../src/management/alliance.js';
import type { DistributedSigner, DistributedVerifier } from '../../../../src/schemes/contract/distributed-signer.js';
import { type AllianceKeyShare, makeSigner, makeVerifier } from '../../../../src/schemes/registry.js';
import { right } from '../../right.js';
import { seededRandom } from '../../seeded-random.js';

const verifiers = new WeakMap<Alliance, DistributedVerifier>();

export function allianceVerifier(document: Alliance): DistributedVerifier {
  const known = verifiers.get(document);
  if (known !== undefined) return known;
  const { allianceKey, trust } = document;
  const made = right(makeVerifier(allianceKey, trust.system.processes.universe, seededRandom(3)));
  const seen = new Map<string, boolean>();
  const fresh: DistributedVerifier = {
    schemeId: made.schemeId,
    keyId: made.keyId,
    epoch: made.epoch,
    canCombine: (signers) => made.canCombine(signers),
    verifyShare: (message, from, share) => made.verifyShare(message, from, share),
    combine: (message, shares) => made.combine(message, shares),
    verify: (message, signature) => {
      const name = Buffer.from(concatBytes(digest(message), signature)).toString('latin1');
      const judged = seen.get(name) ?? made.verify(message, signature);
      seen.set(name, judged);
      return judged;
    },
  };
  verifiers.set(document, fresh);
  return fresh;
}

/** Without a share it signs nothing. */
export function allianceSigner(
  document: Alliance,
  me: ProcessId,
  share: AllianceKeyShare | undefined,
): DistributedSigner {
  const refused = () => E.left({ _tag: 'WrongUsage', usage: 'statement' } as const);
  const held =
    share === undefined
      ? { signShare: refused, proveShare: refused }
      : right(
          makeSigner(document.allianceKey, share, document.trust.system.processes.universe, {
            random: seededRandom(4),
          }),
        );
  return {
    ...allianceVerifier(document),
    me,
    signShare: (message) => held.signShare(message),
    proveShare: (message) => held.proveShare(message),
  };
}
