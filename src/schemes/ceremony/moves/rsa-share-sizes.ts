/**
 * How long the shares of an RSA key can be after a ceremony, whoever takes part in it: known before it begins, so that a move
 * that would end in shares that nobody loads is not begun.
 */
import { ownersOf } from '../../sharing/row-owners.js';
import { addedRanges, type CoefficientRanges, scaledRange, scaledRanges } from '../../sharing/ranges.js';
import { rowBoundsOf } from '../../shoup-rsa/row-bounds.js';
import { present } from '../../../prelude/invariant.js';
import type { DealingForm, DealtSecret } from '../ceremony-scheme.js';
import { zero } from '../kinds/refresh.js';
import { factorBounds } from '../quotient/factor-bounds.js';
import { greatestPlan } from '../quotient/plan.js';
import { greatestRanges, knownSecretRanges } from '../quotient/ranges.js';
import type { RsaMove } from './rsa-next-key.js';
import { sharedRsaKey } from './shared-rsa-key.js';

/** Whether some share of the next key might be longer than any key's may be. */
export function wouldOutgrow(move: RsaMove, formOf: (secret: DealtSecret) => DealingForm): boolean {
  if (move.kind === 'accept') return false;
  const { modulus } = move.old.publicKey;
  const ranges = { _tag: 'integers', ...greatestBox(move, formOf) } as const;
  return rowBoundsOf(move.next, { ranges, modulus }) === undefined;
}

/** A box that the next key's is within, whichever of the dealers' deals stand. */
function greatestBox({ kind, old, next }: RsaMove, formOf: (secret: DealtSecret) => DealingForm): CoefficientRanges {
  const { ranges } = old.publicKey;
  switch (kind) {
    case 'refresh': {
      const dealt = scaledRanges(formOf(zero).ranges, BigInt(ownersOf(old.sharing).length));
      return ranges._tag === 'integers' ? addedRanges([ranges, dealt]) : dealt;
    }
    case 'reshare-quotient': {
      const integers = present(sharedRsaKey(old).integers, 'only what adds up over the integers is divided');
      return greatestRanges(greatestPlan({ sharing: old.sharing, ...integers, next }, ownersOf(old.sharing)));
    }
    default: {
      const dealt = addedRanges(
        factorBounds(old.sharing).flatMap((bound, row) => {
          const form = formOf({ _tag: 'row', row }).ranges;
          return [scaledRanges(form, bound), scaledRanges(form, -bound)];
        }),
      );
      if (ranges._tag === 'modular') return dealt;
      return knownSecretRanges(next, dealt, scaledRange(ranges.secret, old.sharing.scale));
    }
  }
}
