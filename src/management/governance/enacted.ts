/** ENACTED: an epoch's servers sign their own document, with the epoch's alliance key (spec/management.md, "Documents"). */
import type { Digest } from '../../prelude/digest.js';
import { keyIdOf } from '../../schemes/public-key.js';
import type { Alliance } from '../alliance.js';
import { allianceIdOf } from '../alliance-codec.js';
import { enactedStatement } from '../alliance-statements.js';
import type { Signing } from './governance.js';

/** Nobody has signed it yet. */
export function enactedSigning(document: Alliance, configuration: Digest): Signing {
  const { allianceKey, epoch } = document;
  const context = { allianceId: allianceIdOf(document), keyId: keyIdOf(allianceKey), epoch };
  const message = enactedStatement(context, configuration);
  return { proposal: 0, message, role: 'alliance', shares: new Map(), barred: new Set() };
}
