/** The fixed alliance with everything that a document may hold, for tests. */
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import type { Alliance, DocumentKeyEntry } from '../../src/management/alliance.js';
import { allianceIdOf } from '../../src/management/alliance-codec.js';
import type { Policy } from '../../src/quorum/policy/policy.js';
import { parsePolicy } from '../../src/quorum/policy/policy-text.js';
import { vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import { parseTrust } from '../../src/quorum/trust/trust-text.js';
import { dealBls } from '../../src/schemes/bls/dealer.js';
import { loadBackends } from '../../src/schemes/bls/load-backends.js';
import type { AlliancePublicKey } from '../../src/schemes/public-key.js';
import { right } from '../support/right.js';
import { seededRandom } from '../support/seeded-random.js';
import { fixedAlliance } from './fixed-alliance.js';

await loadBackends();

export function policyOf(text: string): Policy {
  return right(parsePolicy(text));
}

/** A BLS key for documents, the same each time. */
export function documentKey(name: string, policy?: Policy): DocumentKeyEntry & { readonly publicKey: BlsDocumentKey } {
  const { trust } = fixedAlliance();
  const { universe } = trust.system.processes;
  const terms = { policy: policy ?? vouchPolicy(trust), universe, usage: 'document', epoch: 1 } as const;
  const { publicKey } = right(dealBls({ ...terms, random: seededRandom(name.length + name.charCodeAt(0)) }));
  return { name, publicKey };
}

type BlsDocumentKey = Extract<AlliancePublicKey, { _tag: 'bls' }>;

/** {@link fixedAlliance} with two document keys, stated policies, a structure, and a key that is not to be trusted. */
export function governedAlliance(): Alliance {
  const founding = fixedAlliance();
  return {
    ...founding,
    documentKeys: [
      { ...documentKey('announcements'), approval: policyOf('2 of (a, b, c, d)') },
      documentKey('receipts'),
    ],
    governance: {
      ...founding.governance,
      structure: right(parseTrust('f=1 t=0 of (a, b, c, d)')),
      amendment: policyOf('3 of (a, b, c, d)'),
      amendmentOf: new Map([
        ['admit', policyOf('all of (a, b, c, d)')],
        ['remove', policyOf('3 of (a, b, c, d)')],
      ]),
      emergency: policyOf('2 of (a, b, c, d)'),
      recovery: policyOf('3 of (a, b, c, d)'),
      overrides: ['amendment-stuck', 'key-immovable'],
      distrusted: [digest(utf8('lost'))],
    },
  };
}

/** As a document of epoch 2. */
export function later(alliance: Alliance): Alliance {
  const allianceId = allianceIdOf(alliance);
  return {
    ...alliance,
    allianceId,
    previous: allianceId,
    change: 1,
    epoch: 2,
    allianceKey: { ...alliance.allianceKey, epoch: 2 },
    documentKeys: alliance.documentKeys.map((entry) => ({ ...entry, publicKey: { ...entry.publicKey, epoch: 2 } })),
  };
}

/** With one organization changed. */
export function withOrganization(
  alliance: Alliance,
  name: string,
  change: (entry: Alliance['organizations'][number]) => Partial<Alliance['organizations'][number]>,
): Alliance {
  const entry = present(
    alliance.organizations.find((one) => one.name === name),
    'an organization',
  );
  const changed = { ...entry, ...change(entry) };
  return { ...alliance, organizations: alliance.organizations.map((one) => (one === entry ? changed : one)) };
}

/** With other terms of management. */
export function withGovernance(alliance: Alliance, more: Partial<Alliance['governance']>): Alliance {
  return { ...alliance, governance: { ...alliance.governance, ...more } };
}
