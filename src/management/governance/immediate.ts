/** Actions that need no change of epoch: what is in their way, and what they do. */
import type { Digest } from '../../prelude/digest.js';
import { isStatement } from '../../prelude/statement.js';
import { Universe, type ProcessId } from '../../prelude/process.js';
import { isQualified } from '../../quorum/policy/policy.js';
import type { Action } from '../proposals/action.js';
import { mixtureComplaint } from '../proposals/action-mixture.js';
import { amendmentOf } from '../proposals/governing-policies.js';
import type { Sharing } from '../proposals/sharing.js';
import { sharingsOfMoves } from './change-moves.js';
import type { ManagementError } from './errors.js';
import type { GovernanceEvent } from './event.js';
import type { Change, Governance } from './governance.js';

/** Of the present, what decides whether an action can take effect. */
export interface Present {
  readonly document: Governance['document'];
  readonly suspensions: { readonly has: (organization: string) => boolean; readonly keys: () => Iterable<string> };
  readonly change?: Pick<Change, 'number' | 'state'> | undefined;
}

/** Why the first that cannot take effect cannot; `undefined` if all can. */
export function checkImmediate(governance: Present, actions: readonly Action[]): ManagementError | undefined {
  const mixed = mixtureComplaint(actions);
  if (mixed !== undefined) return mixed;
  for (const [index, action] of actions.entries()) {
    const refused = check(governance, action, index);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function check(governance: Present, action: Action, index: number): ManagementError | undefined {
  const { document, change, suspensions } = governance;
  switch (action._tag) {
    case 'suspend': {
      const { organization, lengthMs } = action;
      const mostMs = document.governance.terms.suspensionMs;
      if (!isMember(governance, organization)) return { _tag: 'NotAMember', action: index, organization };
      if (lengthMs < 1 || lengthMs > mostMs) return { _tag: 'SuspensionTooLong', action: index, mostMs };
      const away = [organization, ...suspensions.keys()];
      return canAmendWithout(governance, away)
        ? undefined
        : { _tag: 'OthersCannotAmend', action: index, organizations: away };
    }
    case 'restore': {
      const { organization } = action;
      return suspensions.has(organization) ? undefined : { _tag: 'NotSuspended', action: index, organization };
    }
    case 'sign': {
      if (document.documentKeys.every(({ name }) => name !== action.key))
        return { _tag: 'UnknownKey', action: index, key: action.key };
      return isStatement(action.document) ? { _tag: 'LooksLikeStatement' } : undefined;
    }
    case 'abandon': {
      if (change?.number !== action.change) return { _tag: 'NoSuchChange', action: index, change: action.change };
      const what = `change ${change.number}`;
      return change.state === 'activated'
        ? { _tag: 'WrongState', what, state: change.state, act: 'abandon' }
        : undefined;
    }
    default:
      return undefined;
  }
}

function isMember({ document }: Present, name: string): boolean {
  return document.organizations.some((organization) => organization.name === name);
}

function canAmendWithout({ document }: Present, away: readonly string[]): boolean {
  const names = document.organizations.map(({ name }) => name as ProcessId);
  const left = names.filter((name) => !away.includes(name));
  return isQualified(amendmentOf(document), new Universe(names).of(left));
}

/** What an accepted action does at once. */
export function immediateEvents(governance: Governance, action: Action, proposal: Digest): readonly GovernanceEvent[] {
  switch (action._tag) {
    case 'suspend':
      return [{ _tag: 'suspended', organization: action.organization, lengthMs: action.lengthMs }];
    case 'restore':
      return [{ _tag: 'suspension-ended', organization: action.organization }];
    case 'sign':
      return [{ _tag: 'signing-begun', proposal, role: `document ${action.key}`, message: action.document }];
    case 'abandon':
      return governance.change === undefined
        ? []
        : [{ _tag: 'change-abandoned', why: 'a proposal abandoned it', sharings: sharingsSoFar(governance.change) }];
    default:
      return [];
  }
}

/** Those of attempts that reached DEAL: whoever received them may know the key. */
export function sharingsSoFar(change: Change): readonly Sharing[] {
  switch (change.state) {
    case 'gathering':
      return [];
    case 'moving':
    case 'prepared':
    case 'activated':
      return sharingsOfMoves(change.moves, change);
  }
}
