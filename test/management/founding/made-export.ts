/** What an organization would export, from keys that are the same each time. */
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import {
  namedKeys,
  type OrganizationContent,
  type OrganizationExport,
  possessionStatement,
} from '../../../src/management/founding/organization-export.js';
import { exportDigest } from '../../../src/management/founding/organization-export-codec.js';
import { ed25519Sign, publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { type Ed25519PublicKey, type Ed25519Seed, ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { fixedAlliance } from '../fixed-alliance.js';

export function seedFor(purpose: string): Ed25519Seed {
  return present(ed25519Seed(digest(utf8(purpose))), 'a digest has 32 bytes');
}

export function publicKeyFor(purpose: string): Ed25519PublicKey {
  return publicKeyFromSeed(seedFor(purpose));
}

/** That of the fixed alliance's first organization. */
export function madeContent(): OrganizationContent {
  const { organizations, applications } = fixedAlliance();
  const organization = present(organizations[0], 'an organization');
  return {
    organization,
    allianceKeys: organization.servers.map(({ id }) => ({ id, key: publicKeyFor(`alliance ${id}`) })),
    applications,
  };
}

/** The key of the certificate authority, which the fixed alliance does not have. */
export const certificateKey = (): Ed25519PublicKey => publicKeyFor('authority a');

/** What the secret of a key is drawn from. */
const purposes: Readonly<Record<string, (holder: string) => string>> = {
  authority: (holder) => `authority ${holder}`,
  administrator: (holder) => `administrator a ${holder}`,
  recovery: (holder) => `recovery ${holder}`,
  identity: (holder) => `identity ${holder}`,
  slow: (holder) => `slow ${holder}`,
  alliance: (holder) => `alliance ${holder}`,
  request: (holder) => `requests ${holder}`,
};

/** Signed by all of its keys. */
export function madeExport(content: OrganizationContent = madeContent()): OrganizationExport {
  const proofs = namedKeys(content, certificateKey).map(({ use, holder, key }) => {
    const seed = seedFor(purposes[use]?.(holder) ?? '');
    const statement = possessionStatement({ use, holder, key: present(key, 'a key') }, exportDigest(content));
    return { use, holder, signature: ed25519Sign(seed, statement) };
  });
  return { ...content, proofs };
}
