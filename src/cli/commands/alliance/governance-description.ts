/** Who decides what in an alliance, and how long things take, as its document has it. */
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import type { Alliance, GovernanceTerms } from '../../../management/alliance.js';
import {
  amendmentOf,
  approvalOf,
  emergencyOf,
  recoveryOf,
  structureOf,
} from '../../../management/proposals/governing-policies.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { printTrust } from '../../../quorum/trust/trust-text.js';
import { lengthText } from '../../durations.js';

/** A label, empty where it is that of the row before, and what it says. */
export type LabelledRow = readonly [label: string, text: string];

export function describeGovernance(alliance: Alliance): readonly LabelledRow[] {
  return [...describePolicies(alliance), ...describeDocumentKeys(alliance), ...describeTerms(alliance.governance)];
}

type Policy = Alliance['organizations'][number]['rule'];

function stated(own: Policy | undefined, inForce: Policy): string {
  return `${printPolicy(inForce)}${own === undefined ? ' (derived)' : ''}`;
}

function describePolicies(alliance: Alliance): readonly LabelledRow[] {
  const { governance } = alliance;
  const structure = structureOf(alliance);
  const derived = governance.structure === undefined ? ' (derived)' : '';
  return [
    ...(E.isLeft(structure) ? [] : [['may fail', `${printTrust(structure.right)}${derived}`] as const]),
    ['may amend', stated(governance.amendment, amendmentOf(alliance))],
    ...[...governance.amendmentOf].map(([kind, policy]) => ['', `by ${kind}: ${printPolicy(policy)}`] as const),
    ['may suspend', stated(governance.emergency, emergencyOf(alliance))],
    ['may restart', stated(governance.recovery, recoveryOf(alliance))],
  ];
}

function describeDocumentKeys(alliance: Alliance): readonly LabelledRow[] {
  return alliance.documentKeys.map(({ name, publicKey, approval }) => [
    'signs documents',
    `with ${name}, ${publicKey._tag}; for ${stated(approval, approvalOf(alliance, name))}`,
  ]);
}

function describeTerms({ terms, limits, overrides, distrusted }: GovernanceTerms): readonly LabelledRow[] {
  const { serversPerOrganization, applicationsPerOrganization } = limits;
  const lengths = Object.entries(terms).map(
    ([name, ms]) => `${name.replace(/Ms$/, '')} ${Number(ms) === 0 ? 'never' : lengthText(Number(ms))}`,
  );
  return [
    ['terms', lengths.join(', ')],
    ['limits', `${serversPerOrganization} servers, ${applicationsPerOrganization} applications of an organization`],
    ...overrides.map((gate) => ['overridden', `${gate}: accepted although it was warned of`] as const),
    ...distrusted.map((id) => ['not to trust', `the key ${toHex(id)}: an attacker knows it`] as const),
  ];
}
