/** Why an organization's word came to nothing, for the person who wanted it said. */
import { describeManagementError, type ManagementError } from '../../management/governance/errors.js';
import { type AskError, describeAskError, describeSayError, type SayError } from './errors.js';
import type { IntentionRefused } from './intentions.js';
import type { VoiceError } from './organization-voice.js';

/** One line for people. */
export function describeVoiceError(error: VoiceError): string {
  switch (error._tag) {
    case 'NotEnoughSignatures':
      return `${error.organization} has not said so yet: its rule asks for ${error.missing}`;
    case 'Unanswered':
    case 'ResultUnknown':
    case 'NotUnderstood':
    case 'ActTooLong':
    case 'Refused':
      return describeSayError(error satisfies SayError);
    case 'NothingThere':
    case 'KeepsChanging':
      return describeAskError(error satisfies AskError);
    default:
      return describeIntentionRefused(error);
  }
}

function describeIntentionRefused(error: IntentionRefused): string {
  switch (error._tag) {
    case 'GatesNotNamed':
      return `proposal ${error.proposal} overrides ${error.gates.join(', ')}: a yes has to name the same gates, or it would count as a no`;
    case 'ProposalOver': {
      const { number, ending, why } = error.proposal;
      return `proposal ${number} is over (${ending}: ${why})`;
    }
    case 'ProposalForged':
      return `what the servers show of proposal ${error.proposal} is not what its author signed`;
    case 'NothingToAcknowledge':
      return `no change that is under way admits ${error.organization}, so there is nothing that it has to acknowledge`;
    case 'DraftDiffers':
      return `the draft of change ${error.change} is not what its proposal makes of the document in force: is this koinon of another version?`;
    default:
      return describeManagementError(error satisfies ManagementError);
  }
}
