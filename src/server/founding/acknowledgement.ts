/** What an organization does with a founding document: it compares, signs, gathers what the others have signed. */
import { equalBytes } from '../../prelude/bytes.js';
import { canonicalJson } from '../../prelude/codec.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { organizationOf } from '../../prelude/process.js';
import type { Alliance, OrganizationEntry } from '../../management/alliance.js';
import type { OrganizationContent } from '../../management/founding/organization-export.js';
import { decodeConsentsText, maxConsentsBytes } from '../../management/founding/consent-codec.js';
import { type Consent, organizationsWithoutConsent, soundConsents } from '../../management/founding-consent.js';
import { organizationCodec } from '../../management/organization-codec.js';
import { gatesNotOverridden } from '../../management/proposals/gates.js';
import { ed25519Verify } from '../../schemes/ed25519/ed25519.js';
import type { AllianceDocument } from '../directory/directory-documents.js';
import { readTextFile } from '../directory/text-files.js';
import type { OrganizationError } from './organization-errors.js';

/** The organization's own part of the document is what it has exported, and nothing stands against the rest. */
export function checkOwnPart(
  { organization, allianceKeys, applications }: OrganizationContent,
  { alliance }: AllianceDocument,
): Either<OrganizationError, void> {
  const { name } = organization;
  const found = alliance.organizations.find((one) => one.name === name);
  const parts = found === undefined ? ['its entry'] : differingParts(organization, found);
  const { allianceKey } = alliance;
  const keys = allianceKey._tag === 'multisig' ? allianceKey.publicKeys : undefined;
  const hasKeys = allianceKeys.every(({ id, key }) => {
    const listed = keys?.get(id);
    return listed !== undefined && equalBytes(listed, key);
  });
  const differing = [
    ...parts,
    ...(hasKeys ? [] : ['its servers’ alliance keys']),
    ...(haveSameApplications(applications, alliance, name) ? [] : ['its applications']),
  ];
  if (differing.length > 0) return E.left({ _tag: 'OwnEntryDiffers', organization: name, parts: differing });
  const gates = gatesNotOverridden(alliance);
  return gates.length === 0 ? E.right(undefined) : E.left({ _tag: 'GatesStand', gates });
}

const partNames = {
  certificateAuthority: 'its certificate authority',
  servers: 'its servers',
  administrators: 'its administrators',
  rule: 'its rule',
  recoveryKey: 'its recovery key',
} as const satisfies Partial<Record<keyof OrganizationEntry, string>>;

/** Which parts of an organization's entry are others than it has exported. */
export function differingParts(own: OrganizationEntry, found: OrganizationEntry): readonly string[] {
  const [mine, theirs] = [own, found].map((entry) => organizationCodec.encode(entry) as Record<string, unknown>);
  return Object.entries(partNames).flatMap(([part, name]) =>
    canonicalJson([mine?.[part] ?? '']) === canonicalJson([theirs?.[part] ?? '']) ? [] : [name],
  );
}

function haveSameApplications(
  own: OrganizationContent['applications'],
  { applications }: Alliance,
  organization: string,
): boolean {
  const listed = applications.filter(({ id }) => organizationOf(id) === organization);
  if (listed.length !== own.length) return false;
  return own.every(({ id, key }) => listed.some((one) => one.id === id && equalBytes(one.key, key)));
}

/** What counts of what was gathered, and who is missing. */
export interface Gathered {
  readonly consents: readonly Consent[];
  /** Organizations for which nobody who speaks for them has signed yet. */
  readonly missing: readonly string[];
}

export function gatherConsents({ alliance, allianceId }: AllianceDocument, consents: readonly Consent[]): Gathered {
  return {
    consents: soundConsents(alliance, allianceId, consents, ed25519Verify),
    missing: organizationsWithoutConsent(alliance, allianceId, consents, ed25519Verify),
  };
}

/** What organizations have sent, of this document. */
export function readConsents(
  paths: readonly string[],
  { allianceId }: AllianceDocument,
): TaskEither<OrganizationError, readonly Consent[]> {
  return async () => {
    const all: Consent[] = [];
    for (const path of paths) {
      const text = await readTextFile(path, maxConsentsBytes)();
      if (E.isLeft(text)) return text;
      const read = decodeConsentsText(text.right);
      if (E.isLeft(read))
        return E.left({ _tag: 'MalformedFile', path, at: read.left.path, expected: read.left.expected });
      const { allianceId: found, consents } = read.right;
      if (!equalBytes(found, allianceId)) return E.left({ _tag: 'ConsentToAnother', path, found });
      all.push(...consents);
    }
    return E.right(all);
  };
}
