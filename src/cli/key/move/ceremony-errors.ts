/** Why an offline ceremony was not held, or failed, in words. */
import { assertNever } from '../../../prelude/invariant.js';
import type { AbortReason } from '../../../schemes/ceremony/fault.js';
import type { CeremonyRefused, KindNotOffered } from '../../../schemes/ceremony/plan.js';
import { describeKeyError } from '../key-errors.js';
import type { OfflineError } from './offline-ceremony.js';

/** One clause, to stand behind the directory. */
export function describeOfflineError(error: OfflineError): string {
  switch (error._tag) {
    case 'Refused':
      return describeRefused(error.refused);
    case 'NothingShared':
      return 'each member of a multisignature has a key of its own: nothing is shared that could be moved; deal a key anew';
    case 'Failed': {
      const culprits = error.culprits.map(({ process, fault }) => `${process} (${fault._tag})`);
      const blame = culprits.length === 0 ? '' : `; wrong was ${culprits.join(', ')}`;
      return `the ceremony failed: ${describeAbort(error.reason)}${blame}; the key stays as it was`;
    }
    default:
      return assertNever(error);
  }
}

function describeRefused(refused: CeremonyRefused): string {
  switch (refused._tag) {
    case 'BadKey':
      return describeKeyError(refused.reason);
    case 'BadNextPolicy':
      return `--policy: ${describeKeyError(refused.reason)}`;
    case 'BadNumber':
      return `${refused.value} is no ${refused.name} number`;
    case 'EpochNotLater':
      return `epoch ${refused.nextEpoch} is not later than epoch ${refused.epoch}`;
    case 'SharesAreResidues':
    case 'PrimesNotKnownSafe':
    case 'OrderIsKnown':
    case 'SoleHolderOfResidues':
      return notOffered[refused._tag];
    case 'SharesTooLong':
      return 'its shares would grow too long to be used: choose a smaller policy, or deal a key anew';
    case 'ScaleTooLarge':
      return `the key went through too many plain reshares (D0 would exceed ${refused.maxBits} bits): it has to be replaced`;
    case 'CeremonyTooLarge':
      return `${measures[refused.limit]} ${refused.found}, more than ${refused.max}: choose a smaller policy`;
    default:
      return assertNever(refused);
  }
}

const measures: Readonly<Record<Extract<CeremonyRefused, { readonly _tag: 'CeremonyTooLarge' }>['limit'], string>> = {
  maxElementCount: 'the commitments that it would take are',
  maxBoxPowers: 'the powers that it would take to judge one box are',
  maxMessageBytes: 'the bytes of its longest message would be',
  maxTotalBytes: 'the bytes of all its messages would be',
};

const notOffered: Readonly<Record<KindNotOffered['_tag'], string>> = {
  SharesAreResidues: 'its shares were dealt modulo the order: only koinon key reshare --method plain moves them',
  PrimesNotKnownSafe:
    'its primes are not known to be safe, so nobody could be proven wrong: it cannot be refreshed, nor moved by quotients; ' +
    'koinon key reshare --method plain, along the same policy too, gives new shares, which are longer each time',
  OrderIsKnown: 'keys of this scheme never grow: --method plain is all that they need',
  SoleHolderOfResidues:
    'its shares were dealt modulo the order, so it moves first to a policy of which no member suffices alone; from that to any',
};

function describeAbort(reason: AbortReason | undefined): string {
  switch (reason?._tag) {
    case undefined:
      return 'not everybody got a share';
    case 'TooFew':
      return `${reason.missing.join(', ')} did not take part`;
    case 'CulpritNeeded':
      return `it cannot do without ${reason.processes.join(', ')}`;
    case 'KeyWouldChange':
      return 'it would have made another key';
    case 'SharesTooLong':
      return 'its shares would have grown too long to be used';
    case 'NotExact':
      return 'the old shares do not add up over the integers: --method plain mends that';
  }
}
