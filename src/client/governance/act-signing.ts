/** Acts of organizations, signed by their administrators one after another, at one place or at several. */
import type { Digest } from '../../prelude/digest.js';
import { type ProcessId, Universe } from '../../prelude/process.js';
import { describeMissing } from '../../quorum/policy/missing-description.js';
import { PolicyStructure } from '../../quorum/policy/policy-structure.js';
import { type Act, actStatement } from '../../management/acts/act.js';
import { encodeBody, type OrganizationBody } from '../../management/acts/act-body.js';
import { type Authority, authorityKeyId, speaksFor } from '../../management/acts/authority.js';

/** The key of one administrator, inside the function that signs with it. */
export interface AdministratorKey {
  readonly name: ProcessId;
  readonly sign: (statement: Uint8Array) => Uint8Array;
}

export function unsignedAct(organization: string, body: OrganizationBody): Act {
  return { author: { _tag: 'organization', name: organization }, body: encodeBody(body), signatures: [] };
}

/** The act with the signatures of these administrators besides those that it has. */
export function signedAct(act: Act, allianceId: Digest, authority: Authority, keys: readonly AdministratorKey[]): Act {
  const statement = actStatement(allianceId, authorityKeyId(authority), act.body);
  const signatures = new Map(act.signatures.map((each) => [each.by, each]));
  for (const { name, sign } of keys) signatures.set(name, { by: name, signature: sign(statement) });
  return { ...act, signatures: [...signatures.values()].sort((a, b) => (a.by < b.by ? -1 : 1)) };
}

/** In the order of their names. */
export function signersOf({ signatures }: Pick<Act, 'signatures'>): readonly ProcessId[] {
  return signatures.map(({ by }) => by);
}

/** Who else has to sign, in words; nothing where those who have speak for the organization. */
export function stillToSign(authority: Authority, act: Pick<Act, 'signatures'>): string | undefined {
  const names = signersOf(act);
  if (speaksFor(authority, names)) return undefined;
  const universe = new Universe(authority.administrators.map(({ name }) => name));
  return describeMissing(new PolicyStructure(authority.rule, universe).missing(universe.of(names)));
}
