/** Alliances that govern themselves in the simulator: founded with fixed keys, which cost little, and short terms. */
import { concatBytes, utf8 } from '../../../../src/prelude/bytes.js';
import { type Digest, digest } from '../../../../src/prelude/digest.js';
import { organizationOf, type ProcessId } from '../../../../src/prelude/process.js';
import { actStatement, encodeAct } from '../../../../src/management/acts/act.js';
import { type ActBody, encodeBody, type OrganizationBody } from '../../../../src/management/acts/act-body.js';
import { authorityKeyId, serverActsKeyId } from '../../../../src/management/acts/authority.js';
import type { Alliance, OrganizationEntry } from '../../../../src/management/alliance.js';
import { defaultGovernance } from '../../../../src/management/governance-defaults.js';
import { member } from '../../../../src/quorum/tree/tree-check.js';
import { vouchPolicy } from '../../../../src/quorum/trust/derived-policy.js';
import type { TrustModel } from '../../../../src/quorum/trust/trust-model.js';
import { dealBls } from '../../../../src/schemes/bls/dealer.js';
import { ed25519Sign, ed25519Verify, publicKeyFromSeed } from '../../../../src/schemes/ed25519/ed25519.js';
import {
  type Ed25519PublicKey,
  type Ed25519Seed,
  type Ed25519Verify,
} from '../../../../src/schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../../../src/schemes/multisig/key.js';
import type { AlliancePublicKey } from '../../../../src/schemes/public-key.js';
import type { AllianceKeyShare } from '../../../../src/schemes/registry.js';
import { foundingDocument } from '../../../../src/server/founding/founding-document.js';
import { right } from '../../right.js';
import { seededRandom } from '../../seeded-random.js';
import { parametersOf, trustOf } from '../configuration.js';
import type { Scenario } from '../scenario.js';

/** In milliseconds of the agents' clocks. */
const terms = {
  readingMs: 20_000,
  proposalMs: 86_400_000,
  changeMs: 180_000,
  readyMs: 40_000,
  suspensionMs: 86_400_000,
  refreshMs: 0,
  restartMs: 86_400_000,
} as const;

const pairs = new Map<string, { readonly seed: Ed25519Seed; readonly key: Ed25519PublicKey }>();

function pairFor(purpose: string) {
  const known = pairs.get(purpose);
  if (known !== undefined) return known;
  const seed = digest(utf8(purpose)) as Uint8Array as Ed25519Seed;
  const fresh = { seed, key: publicKeyFromSeed(seed) };
  pairs.set(purpose, fresh);
  return fresh;
}

export const identitySeed = (id: string): Ed25519Seed => pairFor(`identity ${id}`).seed;
export const identityKey = (id: string): Ed25519PublicKey => pairFor(`identity ${id}`).key;
export const administratorKey = (organization: string): Ed25519PublicKey =>
  pairFor(`administrator ${organization}`).key;
export const applicationKey = (id: string): Ed25519PublicKey => pairFor(`requests ${id}`).key;

const admin = 'admin' as ProcessId;

export function organizationEntry(name: string, ids: readonly ProcessId[]): OrganizationEntry {
  const body = Buffer.from(`certificate authority of ${name}`).toString('base64');
  return {
    name,
    certificateAuthority: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    servers: ids.map((id) => ({
      id,
      host: '127.0.0.1',
      port: 7000 + digestNumber(id),
      identityKey: identityKey(id),
      slowKey: pairFor(`slow ${id}`).key,
    })),
    administrators: [{ name: admin, key: administratorKey(name) }],
    rule: member(admin),
    recoveryKey: pairFor(`recovery ${name}`).key,
  };
}

function digestNumber(id: string): number {
  const [a = 0, b = 0] = digest(utf8(id));
  return ((a << 8) | b) % 50_000;
}

export interface Founding {
  readonly document: Alliance;
  /** Of the alliance key. */
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

const foundings = new Map<string, Founding>();

/** Of a governed scenario. BLS wants its backends loaded. */
export function foundingOf(scenario: Scenario): Founding {
  const { trust, parameters, snapshots, governance } = scenario;
  const name = JSON.stringify([trust, parametersOf({ parameters }), snapshots?.interval, governance?.keys]);
  const known = foundings.get(name) ?? found(scenario);
  foundings.set(name, known);
  return known;
}

function found(scenario: Scenario): Founding {
  const trust = trustOf(scenario) as TrustModel;
  const { ids } = trust.system.processes.universe;
  const names = [...new Set(ids.map(organizationOf))];
  const organizations = names.map((name) =>
    organizationEntry(
      name,
      ids.filter((id) => organizationOf(id) === name),
    ),
  );
  const { publicKey, shares } = scenario.governance?.keys === 'bls' ? blsKey(trust) : multisigKey(trust);
  const { windowSlots, checkpointInterval, baseTimeoutMs } = parametersOf(scenario);
  const snapshotInterval = scenario.snapshots?.interval ?? checkpointInterval;
  const document = right(
    foundingDocument({
      trust,
      organizations,
      applications: names.map((name) => ({ id: `${name}/app` as ProcessId, key: applicationKey(`${name}/app`) })),
      allianceKey: publicKey,
      documentKeys: [],
      governance: { ...defaultGovernance, terms },
      parameters: { windowSlots, checkpointInterval, baseTimeoutMs, snapshotInterval },
    }),
  );
  return { document, shares };
}

interface DealtKey {
  readonly publicKey: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

const dealt = new WeakMap<TrustModel, DealtKey>();

function blsKey(trust: TrustModel): DealtKey {
  const { universe } = trust.system.processes;
  const terms = { policy: vouchPolicy(trust), universe, usage: 'statement', epoch: 1 } as const;
  const known = dealt.get(trust) ?? right(dealBls({ ...terms, random: seededRandom(20) }));
  dealt.set(trust, known);
  return known;
}

function multisigKey(trust: TrustModel): DealtKey {
  const { ids } = trust.system.processes.universe;
  const publicKeys = new Map(ids.map((id) => [id, pairFor(`alliance ${id}`).key]));
  const shares = ids.map((id) => [id, new MultisigKeyShare(id, pairFor(`alliance ${id}`).seed)] as const);
  const publicKey = { _tag: 'multisig', usage: 'statement', epoch: 1, policy: vouchPolicy(trust), publicKeys } as const;
  return { publicKey, shares: new Map(shares) };
}

/** Said by `name`, under the authority of `entry`; `by` says whose key really signs. */
export function organizationAct(
  allianceId: Digest,
  name: string,
  body: OrganizationBody,
  by: string = name,
): Uint8Array {
  const bytes = encodeBody(body);
  const authority = { name, administrators: [{ name: admin, key: administratorKey(name) }], rule: member(admin) };
  const statement = actStatement(allianceId, authorityKeyId(authority), bytes);
  const signature = ed25519Sign(pairFor(`administrator ${by}`).seed, statement);
  return encodeAct({ author: { _tag: 'organization', name }, body: bytes, signatures: [{ by: admin, signature }] });
}

/** The same of a server. */
export function serverAct(allianceId: Digest, id: ProcessId, body: ActBody, by: ProcessId = id): Uint8Array {
  const bytes = encodeBody(body);
  const statement = actStatement(allianceId, serverActsKeyId({ id, identityKey: identityKey(id) }), bytes);
  const signature = ed25519Sign(identitySeed(by), statement);
  return encodeAct({ author: { _tag: 'server', id }, body: bytes, signatures: [{ by: id, signature }] });
}

const judged = new Map<string, boolean>();

/** Every server judges the same acts: each is judged once. */
export const verifyOnce: Ed25519Verify = (key, message, signature) => {
  const name = Buffer.from(concatBytes(key, signature, digest(message))).toString('latin1');
  const known = judged.get(name) ?? ed25519Verify(key, message, signature);
  if (judged.size > 20_000) judged.clear();
  judged.set(name, known);
  return known;
};
