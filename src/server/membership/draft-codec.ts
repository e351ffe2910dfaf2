/**
 * The draft of a change as a newcomer's organization reads it before it acknowledges it: `moves/change-N/draft.json` of its server, which
 * has verified the log that made it.
 */
import * as t from 'io-ts';
import { hexDigest, integer, list, printedJson, record, text } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import type { OrganizationEntry } from '../../management/alliance.js';
import { allianceIdOf } from '../../management/alliance-codec.js';
import type { Change } from '../../management/governance/governance.js';
import { organizationCodec } from '../../management/organization-codec.js';
import { printTrust } from '../../quorum/trust/trust-text.js';

export interface DraftFile {
  readonly version: 1;
  readonly allianceId: Digest;
  readonly change: number;
  /** Digest of the draft: what is acknowledged. */
  readonly draft: Digest;
  /** That it leads to. */
  readonly epoch: number;
  readonly trust: string;
  readonly organizations: readonly OrganizationEntry[];
}

const maxOrganizations = 4096;
const maxTrustLength = 1 << 20;
export const maxDraftBytes = 32 << 20;

export const draftFileCodec: t.Type<DraftFile, unknown> = record('the draft of a change', {
  version: t.literal(1),
  allianceId: hexDigest,
  change: integer(1),
  draft: hexDigest,
  epoch: integer(2),
  trust: text(maxTrustLength),
  organizations: list(organizationCodec, maxOrganizations, 1),
});

export function printDraft({ number: change, draft: { document }, draftDigest: draft }: Change): string {
  const { epoch, organizations } = document;
  const trust = printTrust(document.trust);
  const allianceId = allianceIdOf(document);
  return printedJson(draftFileCodec.encode({ version: 1, allianceId, change, draft, epoch, trust, organizations }));
}
