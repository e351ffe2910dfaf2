/** Which actions may stand in one proposal: those that need a change, or those that take effect at once. */
import type { Action } from './action.js';
import type { ActionRefused } from './errors.js';

type Immediate = Extract<Action, { readonly _tag: 'suspend' | 'restore' | 'sign' | 'abandon' }>;

/** Whether it takes effect when it is accepted, and changes no document. */
export function isImmediate(action: Action): action is Immediate {
  const { _tag } = action;
  return _tag === 'suspend' || _tag === 'restore' || _tag === 'sign' || _tag === 'abandon';
}

/** Whether the actions need a change of epoch. */
export function needsChange(actions: readonly Action[]): boolean {
  return actions.some((action) => !isImmediate(action));
}

/** Why they cannot be proposed together: `suspend` and `restore` go with one another, `sign` and `abandon` with nothing. */
export function mixtureComplaint(actions: readonly Action[]): ActionRefused | undefined {
  const [first] = actions;
  if (first === undefined) return { _tag: 'NoActions' };
  const immediate = actions.findIndex(isImmediate);
  const found = actions[immediate];
  if (found === undefined || actions.length === 1) return undefined;
  const isLoner = ({ _tag }: Action): boolean => _tag === 'sign' || _tag === 'abandon';
  const loner = actions.findIndex(isLoner);
  const refused = loner === -1 && actions.every(isImmediate) ? -1 : Math.max(loner, immediate);
  const kind = actions[refused]?._tag;
  return kind === undefined ? undefined : { _tag: 'MixedActions', action: refused, kind };
}
