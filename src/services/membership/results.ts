/** What whoever sends an act is told of it: JSON, the same bytes from every server. */
import { equalBytes, utf8 } from '../../prelude/bytes.js';
import { canonicalJson } from '../../prelude/codec.js';
import type { Digest } from '../../prelude/digest.js';
import { describeManagementError } from '../../management/governance/errors.js';
import type { GovernanceEvent } from '../../management/governance/event.js';
import { type Governance, keyOf } from '../../management/governance/governance.js';
import type { Taken } from '../../management/governance/take.js';
import { encodeResult, resultLimits } from './result-codec.js';
import type { ActResult, ToldEvent, ToldProposal } from './result-shapes.js';

export function takenResult({ governance, events, error }: Taken): Uint8Array {
  if (error !== undefined) return refusedResult(error._tag, describeManagementError(error));
  const told = events.slice(0, resultLimits.events).map((event) => toldEvent(governance, event));
  return encode({ _tag: 'taken', events: told });
}

export function refusedResult(error: string, says: string): Uint8Array {
  return encode({ _tag: 'refused', error, says: says.slice(0, resultLimits.says) });
}

export const waitingResult: Uint8Array = encode({ _tag: 'waiting' });

function encode(result: ActResult): Uint8Array {
  return utf8(canonicalJson(encodeResult(result)));
}

function toldEvent(after: Governance, event: GovernanceEvent): ToldEvent {
  switch (event._tag) {
    case 'proposal-opened': {
      const { number, id } = event.proposal;
      return { event: event._tag, proposal: { number, id } };
    }
    case 'proposal-ended':
      return {
        event: event._tag,
        ...aboutProposal(after, event.proposal),
        why: shortened(`${event.ending}: ${event.why}`),
      };
    case 'proposal-accepted':
      return { event: event._tag, ...aboutProposal(after, event.proposal) };
    case 'ballot-cast':
      return { event: event._tag, ...aboutProposal(after, event.proposal), organization: event.organization };
    case 'suspended':
    case 'suspension-ended':
    case 'acknowledged':
      return { event: event._tag, organization: event.organization };
    case 'change-abandoned':
      return { event: event._tag, why: shortened(event.why) };
    default:
      return { event: event._tag };
  }
}

/** Its number, if anything is still known of it. */
function aboutProposal({ proposals, closed }: Governance, id: Digest): { readonly proposal?: ToldProposal } {
  const found = proposals.get(keyOf(id)) ?? closed.findLast((each) => equalBytes(each.id, id));
  return found === undefined ? {} : { proposal: { number: found.number, id } };
}

function shortened(why: string): string {
  return why.slice(0, resultLimits.why);
}
