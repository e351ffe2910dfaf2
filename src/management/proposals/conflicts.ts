/** Which proposals act on the same thing: whichever is enacted first may leave nothing of the other. */
import { assertNever } from '../../prelude/invariant.js';
import { organizationOf } from '../../prelude/process.js';
import type { Action } from './action.js';
import { roleName } from './key-roles.js';

/** What an action changes, and what has to be there for it; things by name. */
interface Touched {
  readonly changes: readonly string[];
  readonly needs?: readonly string[];
}

/** A proposal, by whatever names it. */
export interface ProposedActions<I> {
  readonly id: I;
  readonly actions: readonly Action[];
}

export interface Conflict<I> {
  readonly between: readonly [I, I];
  /** The things that both act on, for people; sorted, not empty. */
  readonly about: readonly string[];
}

/** Every pair that conflicts, in the order of the proposals. */
export function conflictsAmong<I>(proposals: readonly ProposedActions<I>[]): readonly Conflict<I>[] {
  const touched = proposals.map(({ id, actions }) => ({ id, ...together(actions.map(touchedBy)) }));
  return touched.flatMap((one, index) =>
    touched.slice(index + 1).flatMap((other): readonly Conflict<I>[] => {
      const about = sharedBy(one, other);
      return about.length === 0 ? [] : [{ between: [one.id, other.id], about }];
    }),
  );
}

interface Things {
  readonly changes: ReadonlySet<string>;
  readonly needs: ReadonlySet<string>;
}

function together(touched: readonly Touched[]): Things {
  return {
    changes: new Set(touched.flatMap(({ changes }) => changes)),
    needs: new Set(touched.flatMap(({ needs = [] }) => needs)),
  };
}

/** What both change, or one changes that the other needs. */
function sharedBy(one: Things, other: Things): readonly string[] {
  const both = [...one.changes].filter((thing) => other.changes.has(thing) || other.needs.has(thing));
  const needed = [...one.needs].filter((thing) => other.changes.has(thing));
  return [...new Set([...both, ...needed])].sort();
}

function touchedBy(action: Action): Touched {
  switch (action._tag) {
    case 'admit':
      return { changes: [`organization ${action.organization.name}`] };
    case 'remove':
      return { changes: [`organization ${action.organization}`] };
    case 'organization':
      return { changes: [`entry of ${action.organization.name}`], needs: [`organization ${action.organization.name}`] };
    case 'trust':
      return { changes: ['trust model'] };
    case 'policy':
      return touchedPolicy(action);
    case 'enrol':
      return {
        changes: [`application ${action.application.id}`],
        needs: [`organization ${organizationOf(action.application.id)}`],
      };
    case 'dismiss':
      return {
        changes: [`application ${action.application}`],
        needs: [`organization ${organizationOf(action.application)}`],
      };
    case 'parameters':
      return { changes: ['parameters'] };
    case 'scheme':
      return { changes: [`key ${roleName(action.role)}`] };
    case 'document-key':
    case 'drop-document-key':
      return { changes: [`key document ${action.name}`] };
    case 'refresh':
      return { changes: ['shares of all keys'] };
    case 'suspend':
    case 'restore':
      return { changes: [`suspension of ${action.organization}`], needs: [`organization ${action.organization}`] };
    case 'sign':
      return { changes: [], needs: [`key document ${action.key}`] };
    case 'abandon':
      return { changes: [`change ${action.change}`] };
    default:
      return assertNever(action);
  }
}

function touchedPolicy({ subject }: Extract<Action, { readonly _tag: 'policy' }>): Touched {
  switch (subject._tag) {
    case 'amendment':
    case 'emergency':
    case 'recovery':
      return { changes: [`${subject._tag} policy`] };
    case 'amendment-of':
      return { changes: [`amendment policy for "${subject.kind}"`] };
    case 'approval':
      return { changes: [`approval for "${subject.key}"`], needs: [`key document ${subject.key}`] };
    default:
      return assertNever(subject);
  }
}
