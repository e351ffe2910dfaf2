/** An organization that is to be admitted to an alliance of the tests. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { OrganizationEntry } from '../../../src/management/alliance.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { anyOf } from '../../../src/quorum/policy/gates.js';
import { member } from '../../../src/quorum/tree/tree-check.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import { right } from '../../support/right.js';
import { publicKey } from './world.js';

const [ann, bob] = ['ann', 'bob'] as [ProcessId, ProcessId];

/** With one server, and keys that the world's own are made like. */
export function newOrganization(name: string): OrganizationEntry {
  const id = `${name}/1` as ProcessId;
  const body = Buffer.from(`certificate authority of ${name}`).toString('base64');
  return {
    name,
    certificateAuthority: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`,
    servers: [
      {
        id,
        host: '127.0.0.1',
        port: 7200 + name.charCodeAt(0),
        identityKey: publicKey(`identity ${id}`),
        slowKey: publicKey(`slow ${id}`),
      },
    ],
    administrators: [ann, bob].map((person) => ({ name: person, key: publicKey(`administrator ${name} ${person}`) })),
    rule: anyOf([member(ann), member(bob)]),
    recoveryKey: publicKey(`recovery ${name}`),
  };
}

/** A trust model of one server each, one of which may be Byzantine. */
export function trustOf(...names: readonly string[]): Action {
  const ids = names.map((name) => `${name}/1`).join(', ');
  return { _tag: 'trust', trust: right(parseTrust(`f=1 of (${ids})`)) };
}
