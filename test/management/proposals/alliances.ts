/** Alliances of any number of organizations, and what is proposed in them; keys are digests of what they are for. */
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, processId } from '../../../src/prelude/process.js';
import type { Alliance, OrganizationEntry, ServerEntry } from '../../../src/management/alliance.js';
import { defaultGovernance } from '../../../src/management/governance-defaults.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { type Draft, makeDraft } from '../../../src/management/proposals/draft.js';
import type { ActionRefused } from '../../../src/management/proposals/errors.js';
import type { DocumentGate } from '../../../src/management/proposals/gate-names.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import type { TrustModel } from '../../../src/quorum/trust/trust-model.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import { type Ed25519PublicKey, ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import type { AlliancePublicKey, ThresholdPublicKey } from '../../../src/schemes/public-key.js';
import type { KeyUsage } from '../../../src/schemes/contract/distributed-signer.js';
import { right } from '../../support/right.js';

export function id(text: string): ProcessId {
  return present(processId(text), 'a valid id');
}

const keys = new Map<string, Ed25519PublicKey>();

export function key(purpose: string): Ed25519PublicKey {
  const known =
    keys.get(purpose) ?? publicKeyFromSeed(present(ed25519Seed(digest(utf8(purpose))), 'a digest has 32 bytes'));
  keys.set(purpose, known);
  return known;
}

export function policyOf(text: string): Policy {
  return right(parsePolicy(text));
}

export function trustOf(text: string): TrustModel {
  return right(parseTrust(text));
}

/** @param life - another gives every key of the server anew. */
export function server(name: string, life = ''): ServerEntry {
  const ids = id(name);
  return {
    id: ids,
    host: `${name.replace('/', '.')}.example`,
    port: 7100,
    identityKey: key(`identity ${name} ${life}`),
    slowKey: key(`slow ${name} ${life}`),
  };
}

export function organization(name: string, serverCount = 1, more: Partial<OrganizationEntry> = {}): OrganizationEntry {
  const body = Buffer.from(`certificate authority of ${name}`).toString('base64');
  return {
    name,
    certificateAuthority: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    servers: Array.from({ length: serverCount }, (_, index) => server(`${name}/${index + 1}`)),
    administrators: [{ name: id('ann'), key: key(`administrator ${name}`) }],
    rule: { _tag: 'member', id: id('ann') },
    recoveryKey: key(`recovery ${name}`),
    ...more,
  };
}

/** A document, with multisignatures for all keys unless others are given. */
export function allianceOf(trust: TrustModel, more: Partial<Alliance> = {}): Alliance {
  const { ids } = trust.system.processes.universe;
  const names = [...new Set(ids.map((each) => each.split('/')[0] ?? ''))];
  const count = (name: string): number => ids.filter((each) => each.startsWith(`${name}/`)).length;
  return {
    version: 1,
    change: 0,
    epoch: 1,
    trust,
    organizations: names.map((name) => organization(name, count(name))),
    applications: [{ id: id(`${names[0] ?? ''}/app`), key: key('requests of the first') }],
    allianceKey: {
      _tag: 'multisig',
      usage: 'statement',
      epoch: 1,
      policy: vouchPolicy(trust),
      publicKeys: new Map(ids.map((each) => [each, key(`alliance ${each}`)])),
    },
    documentKeys: [],
    governance: defaultGovernance,
    parameters: { windowSlots: 256, checkpointInterval: 64, baseTimeoutMs: 1000 },
    ...more,
  };
}

/** Four organizations with a server each. */
export function four(more: Partial<Alliance> = {}): Alliance {
  return allianceOf(trustOf('f=1 t=1 of (a/1, b/1, c/1, d/1)'), more);
}

/** A key of BLS that nobody made: nothing in a draft asks for more. */
export function blsKey(
  policy: Policy,
  usage: KeyUsage = 'statement',
  epoch = 1,
  name = 'alliance',
): ThresholdPublicKey {
  const groupKey = digest(utf8(`group key ${name}`));
  return { _tag: 'bls', usage, suite: 'min-pk-pop', policy, epoch, groupKey, commitments: [groupKey] };
}

/** A key of RSA, likewise. */
export function rsaKey(
  policy: Policy,
  usage: KeyUsage = 'statement',
  epoch = 1,
  provenSafePrimes = true,
): ThresholdPublicKey {
  const modulus = BigInt(`0x${'c5'.repeat(256)}`);
  return {
    _tag: 'shoup-rsa',
    usage,
    algorithm: 'RS256',
    modulus,
    exponent: 65_537n,
    policy,
    epoch,
    secretScale: 1n,
    ranges: { _tag: 'modular' },
    provenSafePrimes,
    commitments: [4n],
  };
}

export function withDocumentKey(
  alliance: Alliance,
  name: string,
  publicKey: AlliancePublicKey,
  approval?: Policy,
): Alliance {
  const entry = { name, publicKey, ...(approval === undefined ? {} : { approval }) };
  return { ...alliance, documentKeys: [...alliance.documentKeys, entry] };
}

/** The trust model of as many organizations with a server each, all of which may lead. */
export function flat(f: number, t: number, names: readonly string[]): TrustModel {
  return trustOf(`f=${f} t=${t} of (${names.map((name) => `${name}/1`).join(', ')})`);
}

export function drafted(
  alliance: Alliance,
  actions: readonly Action[],
  overrides: readonly DocumentGate[] = [],
): Draft {
  return right(makeDraft(alliance, actions, alliance.change + 1, overrides));
}

export function refused(alliance: Alliance, actions: readonly Action[]): ActionRefused | undefined {
  const made = makeDraft(alliance, actions, alliance.change + 1);
  return made._tag === 'Left' ? made.left : undefined;
}

export const refresh: Action = { _tag: 'refresh', lost: [] };

/** A fifth organization, with the trust model for it. */
export function admitFifth(): readonly Action[] {
  return [
    { _tag: 'admit', organization: organization('e') },
    { _tag: 'trust', trust: flat(1, 1, ['a', 'b', 'c', 'd', 'e']) },
  ];
}

/** Without what only servers have whose slow keys stand side by side. */
export function withoutSlowKey({ slowKey: _, ...entry }: ServerEntry): ServerEntry {
  return entry;
}

export function withoutRecoveryKey({ recoveryKey: _, ...entry }: OrganizationEntry): OrganizationEntry {
  return entry;
}
