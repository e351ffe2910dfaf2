/** An alliance document from fixed keys, for tests that need one but not its private keys. */
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import { type ProcessId, processId } from '../../src/prelude/process.js';
import type { Alliance, OrganizationEntry } from '../../src/management/alliance.js';
import { defaultGovernance } from '../../src/management/governance-defaults.js';
import { anyOf } from '../../src/quorum/policy/gates.js';
import { member } from '../../src/quorum/tree/tree-check.js';
import { vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import { parseTrust } from '../../src/quorum/trust/trust-text.js';
import { publicKeyFromSeed } from '../../src/schemes/ed25519/ed25519.js';
import { type Ed25519PublicKey, ed25519Seed } from '../../src/schemes/ed25519/encoding.js';
import type { ThresholdPublicKey } from '../../src/schemes/public-key.js';
import { right } from '../support/right.js';

function id(text: string): ProcessId {
  return present(processId(text), 'a valid id');
}

function key(purpose: string): Ed25519PublicKey {
  return publicKeyFromSeed(present(ed25519Seed(digest(utf8(purpose))), 'a digest has 32 bytes'));
}

function organization(name: string, index: number): OrganizationEntry {
  const body = Buffer.from(`certificate authority of ${name}`).toString('base64');
  const server = id(`${name}/1`);
  return {
    name,
    certificateAuthority: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    servers: [
      {
        id: server,
        host: '127.0.0.1',
        port: 7100 + index,
        identityKey: key(`identity ${server}`),
        slowKey: key(`slow ${server}`),
      },
    ],
    administrators: ['ann', 'bob'].map((person) => ({ name: id(person), key: key(`administrator ${name} ${person}`) })),
    rule: anyOf([member(id('ann')), member(id('bob'))]),
    recoveryKey: key(`recovery ${name}`),
  };
}

/** Four organizations with one server each, f = t = 1, a multisignature alliance key and one application. */
export function fixedAlliance(): Alliance {
  const trust = right(parseTrust('f=1 t=1 of (a/1, b/1, c/1, d/1)'));
  const servers = trust.system.processes.universe.ids;
  return {
    version: 1,
    change: 0,
    epoch: 1,
    trust,
    organizations: ['a', 'b', 'c', 'd'].map(organization),
    applications: [{ id: id('a/app'), key: key('requests a/app') }],
    allianceKey: {
      _tag: 'multisig',
      usage: 'statement',
      epoch: 1,
      policy: vouchPolicy(trust),
      publicKeys: new Map(servers.map((server) => [server, key(`alliance ${server}`)])),
    },
    documentKeys: [],
    governance: defaultGovernance,
    parameters: { windowSlots: 256, checkpointInterval: 64, baseTimeoutMs: 1000 },
  };
}

/** The fixed alliance with one slow key in the place of its servers'. */
export function withSlowKey(slowKey: ThresholdPublicKey, more: Partial<Alliance> = {}): Alliance {
  const multisig = fixedAlliance();
  const organizations = multisig.organizations.map((organization) => ({
    ...organization,
    servers: organization.servers.map(({ id, host, port, identityKey }) => ({ id, host, port, identityKey })),
  }));
  return { ...multisig, organizations, slowKey, ...more };
}
