/**
 * A founding document out of what organizations have exported. Whoever assembles it needs no secret, and every organization can do it
 * again: the same exports and the same words give the same document (spec/management.md, "Founding").
 */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { organizationOf } from '../../prelude/process.js';
import type { Alliance, AllianceParameters, GovernanceTerms } from '../../management/alliance.js';
import {
  type NamedKey,
  namedKeys,
  type OrganizationExport,
  unprovenKeys,
} from '../../management/founding/organization-export.js';
import { decodeExportText, exportDigest, maxExportBytes } from '../../management/founding/organization-export-codec.js';
import { defaultGovernance } from '../../management/governance-defaults.js';
import { gatesNotOverridden } from '../../management/proposals/gates.js';
import { vouchPolicy } from '../../quorum/trust/derived-policy.js';
import { describeTrustReport } from '../../quorum/trust/trust-description.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import { validateTrust } from '../../quorum/trust/trust-report.js';
import { ed25519Verify } from '../../schemes/ed25519/ed25519.js';
import { readTextFile } from '../directory/text-files.js';
import { foundingDocument, foundingEpoch, usualGovernance } from './founding-document.js';
import { certificateKey } from './organization-directory.js';
import { notMade, type OrganizationError } from './organization-errors.js';

/** What organizations agree on besides who they are. */
export interface AssemblyTerms {
  readonly trust: TrustModel;
  readonly parameters: Partial<AllianceParameters>;
  /** What is absent is the usual. */
  readonly governance: Partial<GovernanceTerms>;
}

/**
 * Reads an export and believes it only if every key that it names has signed it.
 *
 * @param inForce - an alliance that runs: keys that its document lists for the same use and holder need not sign again.
 */
export function readExport(path: string, inForce?: Alliance): TaskEither<OrganizationError, OrganizationExport> {
  return async () => {
    const read = await readExportUnproven(path)();
    if (E.isLeft(read)) return read;
    const listed = keysInForce(read.right.organization.name, inForce);
    const keys = unprovenIn(read.right).filter((key) => !listed.some((one) => isSameKey(one, key)));
    if (keys.length === 0) return read;
    return E.left({ _tag: 'Unproven', path, organization: read.right.organization.name, keys });
  };
}

export function readExportUnproven(path: string): TaskEither<OrganizationError, OrganizationExport> {
  return async () => {
    const text = await readTextFile(path, maxExportBytes)();
    if (E.isLeft(text)) return text;
    const read = decodeExportText(text.right);
    if (E.isRight(read)) return read;
    return E.left({ _tag: 'MalformedFile', path, at: read.left.path, expected: read.left.expected });
  };
}

/** Keys of the export that have not signed it. */
export function unprovenIn(exported: OrganizationExport): ReturnType<typeof unprovenKeys> {
  return unprovenKeys(exported, exportDigest(exported), { verify: ed25519Verify, certificateKey });
}

/** Keys that the organization has in the document already. */
function keysInForce(name: string, inForce: Alliance | undefined): readonly NamedKey[] {
  const organization = inForce?.organizations.find((entry) => entry.name === name);
  if (inForce === undefined || organization === undefined) return [];
  const applications = inForce.applications.filter(({ id }) => organizationOf(id) === name);
  return namedKeys({ organization, allianceKeys: [], applications }, certificateKey);
}

function isSameKey(a: NamedKey, b: NamedKey): boolean {
  if (a.use !== b.use || a.holder !== b.holder) return false;
  return a.key !== undefined && b.key !== undefined && equalBytes(a.key, b.key);
}

/** All of the files, each of another organization; in the order of their names. */
export function readExports(paths: readonly string[]): TaskEither<OrganizationError, readonly OrganizationExport[]> {
  return async () => {
    const found = new Map<string, { readonly path: string; readonly exported: OrganizationExport }>();
    for (const path of paths) {
      const exported = await readExport(path)();
      if (E.isLeft(exported)) return exported;
      const { name: organization } = exported.right.organization;
      const before = found.get(organization);
      if (before !== undefined) return E.left({ _tag: 'ExportedTwice', organization, paths: [before.path, path] });
      found.set(organization, { path, exported: exported.right });
    }
    return E.right([...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { exported }]) => exported));
  };
}

/**
 * The document of the first epoch. Its alliance key is multisignatures of the servers; a change makes another later.
 *
 * @param exports - in the order of their names.
 */
export function assembleAlliance(
  exports: readonly OrganizationExport[],
  { trust, parameters, governance }: AssemblyTerms,
): Either<OrganizationError, Alliance> {
  const organizations = exports.map(({ organization }) => organization);
  const { universe } = trust.system.processes;
  const forgotten = organizations.find(({ servers }) => !servers.some(({ id }) => universe.has(id)));
  if (forgotten !== undefined) return notMade({ _tag: 'NotTrusted', organization: forgotten.name });
  const { overrides = [], structure } = governance;
  const report = validateTrust(trust);
  if (!report.accepted && !overrides.includes('trust-violated'))
    return notMade({ _tag: 'TrustRejected', report: describeTrustReport(report, trust) });
  const usual =
    structure === undefined ? usualGovernance({ trust, organizations }, overrides) : E.right(defaultGovernance);
  if (E.isLeft(usual)) return E.left({ _tag: 'NoStructureFits', reason: usual.left });
  const allianceKeys = exports.flatMap((one) => one.allianceKeys);
  const made = foundingDocument({
    trust,
    organizations,
    applications: exports.flatMap(({ applications }) => applications).sort((a, b) => (a.id < b.id ? -1 : 1)),
    allianceKey: {
      _tag: 'multisig',
      usage: 'statement',
      epoch: foundingEpoch,
      policy: vouchPolicy(trust),
      publicKeys: new Map(allianceKeys.map(({ id, key }) => [id, key])),
    },
    documentKeys: [],
    governance: { ...usual.right, ...governance },
    parameters,
  });
  if (E.isLeft(made)) return E.left({ _tag: 'NotAnAlliance', error: made.left });
  const gates = gatesNotOverridden(made.right);
  return gates.length === 0 ? made : E.left({ _tag: 'GatesStand', gates });
}
