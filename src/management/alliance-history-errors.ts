/** Why a history is not believed. `epoch` is that of the document at which it breaks. */
import { type Digest, shortHex } from '../prelude/digest.js';
import { assertNever } from '../prelude/invariant.js';
import { describeRestartError, type RestartError } from './recovery/restart-errors.js';

export type HistoryError =
  | { readonly _tag: 'NoEpochs' }
  | { readonly _tag: 'WrongEpoch'; readonly expected: number; readonly found: number }
  | { readonly _tag: 'OtherAlliance'; readonly epoch: number }
  | { readonly _tag: 'BrokenChain'; readonly epoch: number }
  | { readonly _tag: 'ChangeNotLater'; readonly epoch: number }
  /** A slow key that is shared serves one epoch. */
  | { readonly _tag: 'SlowKeyAgain'; readonly epoch: number }
  | { readonly _tag: 'NotEnacted'; readonly epoch: number }
  | { readonly _tag: 'NotHandedOver'; readonly epoch: number }
  | { readonly _tag: 'SlotNotLater'; readonly epoch: number }
  /** HANDOFF and RESTART of one epoch. */
  | { readonly _tag: 'EndedTwice'; readonly epoch: number }
  | { readonly _tag: 'BadRestart'; readonly epoch: number; readonly error: RestartError }
  /** HANDOFF of the last epoch, to a document that is not there. */
  | { readonly _tag: 'NextMissing'; readonly epoch: number }
  /** FOUNDED, of another epoch than the first. */
  | { readonly _tag: 'FoundedTwice'; readonly epoch: number }
  /** FOUNDED is there, but not by all organizations of the founding document. */
  | { readonly _tag: 'NotFounded'; readonly organizations: readonly string[] }
  | { readonly _tag: 'BadSignature'; readonly epoch: number; readonly statement: 'ENACTED' | 'HANDOFF' | 'DECIDED' }
  | { readonly _tag: 'NotThisAlliance'; readonly found: Digest }
  | { readonly _tag: 'KeyOfNoEpoch' }
  /** The key is that of the last epoch, which is not enacted yet. */
  | { readonly _tag: 'KeyVouchesForNothing'; readonly epoch: number };

/** One line for people. */
export function describeHistoryError(error: HistoryError): string {
  switch (error._tag) {
    case 'NoEpochs':
      return 'it has no epochs';
    case 'WrongEpoch':
      return `the document of epoch ${error.found} stands where that of epoch ${error.expected} should`;
    case 'OtherAlliance':
      return `the document of epoch ${error.epoch} is of another alliance than the first`;
    case 'BrokenChain':
      return `the document of epoch ${error.epoch} does not follow that of epoch ${error.epoch - 1}: it names another as the one before`;
    case 'ChangeNotLater':
      return `the document of epoch ${error.epoch} comes from a change that is no later than that before it`;
    case 'SlowKeyAgain':
      return `the document of epoch ${error.epoch} has a slow key that served an epoch before`;
    case 'NotEnacted':
      return `ENACTED of epoch ${error.epoch} is missing: its servers have not signed their document`;
    case 'NotHandedOver':
      return `HANDOFF of epoch ${error.epoch} is missing: its servers have not signed what comes after it`;
    case 'SlotNotLater':
      return `epoch ${error.epoch} ends no later than the one before it`;
    case 'EndedTwice':
      return `epoch ${error.epoch} was handed over and restarted: one of the two is none`;
    case 'BadRestart':
      return `RESTART of epoch ${error.epoch} does not hold: ${describeRestartError(error.error)}`;
    case 'FoundedTwice':
      return `FOUNDED stands with epoch ${error.epoch}: only the first document is a founding document`;
    case 'NotFounded':
      return `${error.organizations.join(', ')} did not sign the founding document`;
    case 'NextMissing':
      return `epoch ${error.epoch} was handed over to a document that is not there`;
    case 'BadSignature':
      return `the signature of ${error.statement} of epoch ${error.epoch} does not verify: document, statement or signature is not what the servers signed`;
    case 'NotThisAlliance':
      return `it is the history of alliance ${shortHex(error.found)}`;
    case 'KeyOfNoEpoch':
      return 'the key is the alliance key of none of its epochs';
    case 'KeyVouchesForNothing':
      return `the key is that of epoch ${error.epoch}, and has not signed its document yet: use the key of an epoch before, or the id of the alliance`;
    default:
      return assertNever(error);
  }
}
