/** Alliances for simulations: founded without sockets, short terms and windows, each server's directory with its real key files. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Alliance, GovernanceLengths } from '../../../src/management/alliance.js';
import { organizationPath, serverPath } from '../../../src/server/directory/layout.js';
import { writeNewDirectory } from '../../../src/server/directory/new-directory.js';
import { parsePrivateKey } from '../../../src/server/directory/private-key-file.js';
import { type AllianceScheme, dealKeys } from '../../../src/server/founding/alliance-key-dealing.js';
import { foundingDocument, usualGovernance } from '../../../src/server/founding/founding-document.js';
import { allianceEntries } from '../../../src/server/founding/founding-files.js';
import { makeMembers, organizationEntryOf } from '../../../src/server/founding/founding-members.js';
import { planFounding } from '../../../src/server/founding/founding-plan.js';
import type { Ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { right } from '../../support/right.js';
import { safePrimes512 } from '../../support/rsa-keys.js';
import { seededRandom } from '../../support/seeded-random.js';

const bls: AllianceScheme = { _tag: 'bls' };
const rsa: AllianceScheme = { _tag: 'shoup-rsa', modulusBits: 512, primes: safePrimes512 };
const multisig: AllianceScheme = { _tag: 'multisig' };

interface Keys {
  readonly scheme: AllianceScheme;
  readonly certificates?: AllianceScheme;
  readonly documents?: readonly (readonly [string, AllianceScheme])[];
}

/** Which keys the alliances of the tests have. */
const keySets = {
  bls: { scheme: bls },
  rsa: { scheme: rsa },
  multisig: { scheme: multisig, documents: [['files', bls]] },
  /** Nothing is shared. */
  apart: { scheme: multisig },
  slow: { scheme: bls, certificates: bls },
} as const satisfies Record<string, Keys>;

export type KeySet = keyof typeof keySets;

/** In milliseconds: as short as the agents' own patience lets them be. */
export const lengths: GovernanceLengths = {
  readingMs: 20_000,
  proposalMs: 86_400_000,
  changeMs: 180_000,
  readyMs: 40_000,
  suspensionMs: 86_400_000,
  refreshMs: 0,
  restartMs: 86_400_000,
};

const templates = new Map<KeySet, { readonly path: string; readonly alliance: Alliance }>();

/** A copy of the alliance with these keys, in a directory of its own below `root`; it is founded the first time. */
export async function copyOf(root: string, keys: KeySet, name: string): Promise<AllianceFiles> {
  const template = templates.get(keys) ?? (await found(join(root, `template-${keys}`), keySets[keys]));
  templates.set(keys, template);
  const path = join(root, name);
  cpSync(template.path, path, { recursive: true });
  return new AllianceFiles(path, template.alliance);
}

async function found(
  path: string,
  { scheme, certificates = multisig, documents = [] }: Keys,
): Promise<{ readonly path: string; readonly alliance: Alliance }> {
  const random = seededRandom(path.length);
  const plan = right(planFounding({ trust: 'f=1 t=0 of (a, b, c, d)' }));
  const form = certificates._tag === 'multisig' ? 'multisig' : 'threshold';
  const members = makeMembers(plan, { host: '127.0.0.1', ports: [7101, 7102, 7103, 7104] }, random, form);
  const organizations = members.organizations.map(organizationEntryOf);
  const wanted = { scheme, certificates, documents: new Map(documents) };
  const made = right(await dealKeys(wanted, plan.trust, 1, { random, onProgress: () => undefined }));
  const governance = { ...right(usualGovernance({ trust: plan.trust, organizations })), terms: lengths };
  const alliance = right(
    foundingDocument({
      trust: plan.trust,
      organizations,
      applications: members.applications.map(({ entry }) => entry),
      allianceKey: made.alliance.publicKey,
      ...(made.slow === undefined ? {} : { slowKey: made.slow.publicKey }),
      documentKeys: [...made.documents].map(([name, { publicKey }]) => ({ name, publicKey })),
      governance,
      parameters: { windowSlots: 8, checkpointInterval: 4 },
    }),
  );
  right(writeNewDirectory(path, allianceEntries(alliance, members, made)));
  return { path, alliance };
}

export class AllianceFiles {
  constructor(
    readonly root: string,
    readonly alliance: Alliance,
  ) {}

  /** The directory of a server. */
  path(id: ProcessId): string {
    return serverPath(this.root, id);
  }

  administratorSeed(organization: string): Ed25519Seed {
    return this.seed(organizationPath(this.root, organization), 'admin.key');
  }

  identitySeed(id: ProcessId): Ed25519Seed {
    return this.seed(this.path(id), 'identity.key');
  }

  private seed(path: string, name: string): Ed25519Seed {
    return present(parsePrivateKey(readFileSync(join(path, name), 'utf8')), 'a private key');
  }
}
