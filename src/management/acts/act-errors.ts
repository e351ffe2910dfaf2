/** Why an act is nothing. */
import { assertNever } from '../../prelude/invariant.js';

export type ActRefused =
  /** `expected` completes "expected …". */
  | { readonly _tag: 'MalformedAct'; readonly expected: string }
  | { readonly _tag: 'UnknownAuthor'; readonly author: string }
  | { readonly _tag: 'NotAnAdministrator'; readonly organization: string; readonly name: string }
  | { readonly _tag: 'RuleNotMet'; readonly organization: string; readonly signed: readonly string[] }
  | { readonly _tag: 'BadActSignature'; readonly by: string };

/** One line for people. */
export function describeActRefused(error: ActRefused): string {
  switch (error._tag) {
    case 'MalformedAct':
      return `these bytes are no act: expected ${error.expected}`;
    case 'UnknownAuthor':
      return `${error.author} is neither an organization nor a server of this alliance, nor about to become one`;
    case 'NotAnAdministrator':
      return `${error.name} is no administrator of ${error.organization}`;
    case 'RuleNotMet':
      return `${error.signed.length === 0 ? 'nobody' : error.signed.join(', ')} signed for ${error.organization}, whose rule asks for others or for more`;
    case 'BadActSignature':
      return `the signature of ${error.by} does not verify: signed with another key, or for another alliance`;
    default:
      return assertNever(error);
  }
}
