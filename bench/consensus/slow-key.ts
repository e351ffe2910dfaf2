/** The modes of commit and checkpoint certificates: how the slow key signs along the slow quorums. */
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import type { Either } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { QuorumSystem } from '../../src/quorum/quorum-system.js';
import type { DistributedSigner, SignatureShare, SignRefused } from '../../src/schemes/contract/distributed-signer.js';
import { dealBls } from '../../src/schemes/bls/dealer.js';
import { ed25519Verify } from '../../src/schemes/ed25519/ed25519.js';
import { makeSigner } from '../../src/schemes/registry.js';
import { MultisigVerifier } from '../../src/schemes/multisig/multisig-verifier.js';
import { type TestMultisig, testMultisig } from '../../test/support/signers.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { right } from '../table.js';
import type { Tally } from './tally.js';

/** Makes the slow key's signer of one process, which counts what it signs and what it really verifies. */
type SlowKey = (system: QuorumSystem, me: ProcessId, tally: Tally) => DistributedSigner;

/** Another mode is another entry. */
const slowKeys = {
  multisig: (system, me, tally) => new CountedMultisig(multisigOf(system), me, tally),
  threshold: (system, me, tally) =>
    countedThreshold(present(thresholdOf(system).get(me), 'every process has a share of the slow key'), tally),
} as const satisfies Readonly<Record<string, SlowKey>>;

export type SlowKeyMode = keyof typeof slowKeys;

export const slowKeyModes = Object.keys(slowKeys) as readonly SlowKeyMode[];

export function slowSigner(mode: SlowKeyMode, system: QuorumSystem, me: ProcessId, tally: Tally): DistributedSigner {
  return slowKeys[mode](system, me, tally);
}

const multisigs = new WeakMap<QuorumSystem, TestMultisig>();

/** Made once for all processes of an alliance. */
function multisigOf(system: QuorumSystem): TestMultisig {
  const known = multisigs.get(system);
  if (known !== undefined) return known;
  const canCombine: TestMultisig['key']['canCombine'] = (set) => system.isSlowQuorum(set);
  const fresh = testMultisig(system.processes.universe, { canCombine, label: 'slow', rule: digest(utf8('slow')) });
  multisigs.set(system, fresh);
  return fresh;
}

const thresholds = new WeakMap<QuorumSystem, ReadonlyMap<ProcessId, DistributedSigner>>();

/** BLS along the slow quorums of a threshold system: as many as are left without f. */
function thresholdOf(system: QuorumSystem): ReadonlyMap<ProcessId, DistributedSigner> {
  const known = thresholds.get(system);
  if (known !== undefined) return known;
  const { universe } = system.processes;
  const members = universe.ids.map((id) => ({ _tag: 'member', id }) as const);
  const f = universe.ids.filter((_, index) => system.canBeFaulty(universe.of(universe.ids.slice(0, index + 1)))).length;
  const policy = { _tag: 'threshold', k: universe.size - f, of: members } as const;
  const random = seededRandom(universe.size);
  const { publicKey, shares } = right(dealBls({ policy, universe, usage: 'statement', epoch: 1, random }));
  const signers = [...shares].map(([id, share]) => [id, right(makeSigner(publicKey, share, universe))] as const);
  const fresh = new Map(signers);
  thresholds.set(system, fresh);
  return fresh;
}

function countedThreshold(signer: DistributedSigner, tally: Tally): DistributedSigner {
  const { me, schemeId, keyId, epoch } = signer;
  const sign: DistributedSigner['signShare'] = (message) => {
    tally.add('slow key, signed');
    return signer.proveShare(message);
  };
  return {
    ...{ me, schemeId, keyId, epoch, signShare: sign, proveShare: sign },
    canCombine: (signers) => signer.canCombine(signers),
    verifyShare: (message, from, share) => signer.verifyShare(message, from, share),
    combine: (message, shares) => {
      tally.add('slow key, combined');
      return signer.combine(message, shares);
    },
    verify: (message, signature) => {
      tally.add('slow key, verified');
      return signer.verify(message, signature);
    },
  };
}

class CountedMultisig extends MultisigVerifier implements DistributedSigner {
  private readonly signer: DistributedSigner;

  constructor(
    { key, signers }: TestMultisig,
    readonly me: ProcessId,
    private readonly tally: Tally,
  ) {
    super(key, (publicKey, message, signature) => {
      tally.add('slow key, verified');
      return ed25519Verify(publicKey, message, signature);
    });
    this.signer = present(signers.get(me), 'every process has a share of the slow key');
  }

  signShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    this.tally.add('slow key, signed');
    return this.signer.signShare(message);
  }

  proveShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return this.signShare(message);
  }
}
