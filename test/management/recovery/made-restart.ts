/** The fixed alliance, restarted: three of its four servers have new keys, and all have new parts. */
import { utf8 } from '../../../src/prelude/bytes.js';
import { decidedStatement } from '../../../src/prelude/decided-statement.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { serversOf } from '../../../src/management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../../src/management/alliance-codec.js';
import {
  type Restart,
  type RestartFile,
  type RestartPoint,
  restartStatement,
} from '../../../src/management/recovery/restart.js';
import { restartedDocument, type RestartOffer } from '../../../src/management/recovery/restart-document.js';
import type { Signature } from '../../../src/schemes/contract/distributed-signer.js';
import { ed25519Sign, publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { type Ed25519Seed, ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../../src/schemes/multisig/key.js';
import { keyIdOf, makeSigner } from '../../../src/schemes/registry.js';
import { right } from '../../support/right.js';
import { fixedAlliance } from '../fixed-alliance.js';

/** The private half of the key that has this purpose in {@link fixedAlliance}. */
export function seedFor(purpose: string): Ed25519Seed {
  return present(ed25519Seed(digest(utf8(purpose))), 'a digest has 32 bytes');
}

/** Of each server of `before`; those named keep their identity. */
export function offersFor(before: Alliance, staying: readonly string[] = ['d/1']): readonly RestartOffer[] {
  const mark = `restart ${before.epoch}`;
  return serversOf(before).map(({ id, host, port, identityKey }) => ({
    server: {
      ...{ id, host, port },
      identityKey: staying.includes(id) ? identityKey : publicKeyFromSeed(seedFor(`${mark} identity ${id}`)),
      slowKey: publicKeyFromSeed(seedFor(`${mark} slow ${id}`)),
    },
    allianceKey: publicKeyFromSeed(seedFor(`${mark} alliance ${id}`)),
  }));
}

/** DECIDED by two servers of the fixed alliance, whose key's parts have `purpose`. */
export function decidedBy(
  before: Alliance,
  point: Pick<RestartPoint, 'slot' | 'chain'>,
  purpose = 'alliance',
): Signature {
  const { universe } = before.trust.system.processes;
  const key = before.allianceKey;
  const statement = decidedStatement({ allianceId: allianceIdOf(before), keyId: keyIdOf(key) }, point);
  const signers = universe.ids
    .slice(0, 2)
    .map((id) => right(makeSigner(key, new MultisigKeyShare(id, seedFor(`${purpose} ${id}`)), universe)));
  const shares = new Map(signers.map((signer) => [signer.me, right(signer.signShare(statement))]));
  return right(present(signers[0], 'a signer').combine(statement, shares)).signature;
}

export function signedBy(before: Alliance, point: RestartPoint, next: Alliance, names: readonly string[]): Restart {
  const signatures = names.map((organization) => {
    const seed = seedFor(`recovery ${organization}`);
    const holder = { organization, key: publicKeyFromSeed(seed) };
    const statement = restartStatement(before, point, configurationDigestOf(next), holder);
    return { organization, signature: ed25519Sign(seed, statement) };
  });
  return { ...point, signatures };
}

export const chain = digest(utf8('the log up to slot 300'));

export function pointOf(before: Alliance, more: Partial<RestartPoint> = {}): RestartPoint {
  const where = { slot: 300, chain, ...more };
  return {
    manifest: { chunkCount: 3, byteLength: 150_000, root: digest(utf8('a state')) },
    notBefore: 1_800_000_000_000,
    decided: decidedBy(before, where),
    ...where,
  };
}

export function nextOf(before: Alliance, offers = offersFor(before)): Alliance {
  return right(restartedDocument(before, offers, before.trust));
}

/** By three of four organizations, from slot 300 of the first epoch. */
export function madeRestart(before: Alliance = fixedAlliance()): RestartFile {
  const document = nextOf(before);
  return { document, restart: signedBy(before, pointOf(before), document, ['a', 'b', 'c']) };
}
