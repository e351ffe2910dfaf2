/** Trees as text on one line, which `tree-text` reads back. */
import type { ProcessId } from '../../prelude/process.js';
import { commonOrganization, type Written, writtenMember, writtenScoped } from './scoped-writing.js';
import type { WeightedList } from './weights.js';

/** A member as text. */
export function writtenName(id: ProcessId): Written<string> {
  return writtenMember(id, (full, shortName) => shortName ?? full);
}

/** A gate as text: its children in a list behind `head`, with their weights if they have some. */
export function writtenGate(
  head: string,
  children: readonly Written<string>[],
  { weights }: WeightedList,
): Written<string> {
  const list = (scope: string | undefined): string =>
    children
      .map((child, index) => `${child.within(scope)}${weights === undefined ? '' : `*${weights[index]}`}`)
      .join(', ');
  return writtenScoped(commonOrganization(children), (scope) => `${head} of (${list(scope)})`, behindName);
}

export function behindName(organization: string, text: string): string {
  return `${organization}: ${text}`;
}
