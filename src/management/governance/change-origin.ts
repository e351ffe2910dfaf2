/** What asked for a change: its actions, and the gates that it overrides. */
import type { Action } from '../proposals/action.js';
import { type DocumentGate, isDocumentGate } from '../proposals/gate-names.js';
import { type ChangeOrigin, type Governance, keyOf } from './governance.js';

/** Where proposals and the document in force are found. */
export type Origins = Pick<Governance, 'document' | 'proposals'>;

export function actionsOf(origin: ChangeOrigin, proposals: Governance['proposals']): readonly Action[] | undefined {
  switch (origin._tag) {
    case 'proposal':
      return proposals.get(keyOf(origin.proposal))?.actions;
    case 'refresh':
      return [{ _tag: 'refresh', lost: [] }];
    case 'repair':
      return [{ _tag: 'refresh', lost: origin.without }];
  }
}

/** Gates of the document that it overrides; what changes nothing goes on with those in force. */
export function overridesOf(origin: ChangeOrigin, { document, proposals }: Origins): readonly DocumentGate[] {
  if (origin._tag !== 'proposal') return document.governance.overrides;
  return (proposals.get(keyOf(origin.proposal))?.overrides ?? []).filter(isDocumentGate);
}
