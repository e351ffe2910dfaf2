/** `windowSlots=64 refresh=30d`: parameters, terms and limits that change; all others stay as the document in force has them. */
import { E, type Either } from '../../prelude/fp.js';
import type { Alliance } from '../../management/alliance.js';
import type { Action } from '../../management/proposals/action.js';
import { lengthOf } from '../durations.js';
import { badInput, type Failure } from '../outcome.js';

type Parameters = Extract<Action, { readonly _tag: 'parameters' }>;

export function parametersOf(words: readonly string[], document: Alliance): Either<Failure, Action> {
  const { terms, limits } = document.governance;
  let action: Parameters = { _tag: 'parameters', parameters: document.parameters, terms, limits };
  for (const word of words) {
    const [name = '', text = ''] = word.split('=', 2);
    const changed = withParameter(action, name, text);
    if (E.isLeft(changed)) return changed;
    action = changed.right;
  }
  return E.right(action);
}

const consensusNames = ['windowSlots', 'checkpointInterval', 'baseTimeoutMs', 'snapshotInterval'] as const;
const termNames = ['reading', 'proposal', 'change', 'ready', 'suspension', 'refresh', 'restart'] as const;
const limitNames = ['serversPerOrganization', 'applicationsPerOrganization'] as const;

function withParameter(action: Parameters, name: string, text: string): Either<Failure, Parameters> {
  const [parameter, term, limit] = [named(consensusNames, name), named(termNames, name), named(limitNames, name)];
  if (term !== undefined) {
    const lengthMs = text === '0' || text === 'never' ? 0 : lengthOf(text);
    if (lengthMs === undefined) return badInput(`${name}=${text}: expected a length such as 90s, 1h or 30d`);
    return E.right({ ...action, terms: { ...action.terms, [`${term}Ms`]: lengthMs } });
  }
  const value = /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : undefined;
  if (parameter === undefined && limit === undefined)
    return badInput(`"${name}": there are ${[...consensusNames, ...termNames, ...limitNames].join(', ')}`);
  if (value === undefined) return badInput(`${name}=${text}: expected a number`);
  if (parameter !== undefined) return E.right({ ...action, parameters: { ...action.parameters, [parameter]: value } });
  return E.right({ ...action, limits: { ...action.limits, [name]: value } });
}

function named<N extends string>(names: readonly N[], name: string): N | undefined {
  return names.find((each) => each === name);
}
