/**
 * Under which identity a message of a ceremony has to be said (spec/management.md, "Under which identity"): who receives speaks
 * under that of the draft, who deals under that of the document in force. So whoever stole the keys of a server that is replaced
 * opens no box, deals nothing, and votes for nothing that the new one may vote for.
 */
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { MessageKind } from '../../schemes/ceremony/rounds/message-kind.js';
import type { AnyCeremony } from './ceremony-order.js';

/** The document that lists the identity key which signed. */
export type SpokenIdentity = 'document' | 'draft';

/** A key that is generated is made by those who will hold it, and concerns nobody else. */
export function identityFor({ terms, receivers }: AnyCeremony, from: ProcessId, kind: MessageKind): SpokenIdentity {
  if (terms.kind === 'generate') return 'draft';
  switch (kind) {
    case 'keys':
      return receivers.includes(from) ? 'draft' : 'document';
    case 'complain':
    case 'acknowledge':
      return 'draft';
    case 'commit':
    case 'masks':
    case 'confirm':
    case 'deal':
    case 'close':
      return 'document';
    default:
      return assertNever(kind);
  }
}
