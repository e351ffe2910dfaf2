/**
 * Refresh (Herzberg, Jarecki, Krawczyk and Yung 1995): every dealer shares 0, and everybody adds what it was dealt to its old
 * share. One honest dealer is enough to make old and new shares useless together.
 */
import type { ProcessId } from '../../../prelude/process.js';
import type { DealtSecret } from '../ceremony-scheme.js';
import { type DealRules, type DealVerdict, mayCloseDealing } from '../rounds/deal-rules.js';
import type { CeremonySetting } from '../setting.js';
import type { Deal } from '../transcript.js';
import { sumOfDeals } from './combination.js';

/** Nothing, so as to refresh. */
export const zero: DealtSecret = { _tag: 'zero' };

export function refreshRules<G, Key>(setting: CeremonySetting<G, Key>): DealRules<G> {
  const { scheme, dealers } = setting;
  const judge = (_: ProcessId, { dealings }: Deal<G>): DealVerdict | undefined => {
    const [dealing] = dealings;
    const root = dealing?.commitments[0];
    const isZero = root !== undefined && scheme.group.equals(root, scheme.group.identity);
    return isZero ? undefined : { fault: { _tag: 'WrongRoot', dealing: 0 }, evidence: [] };
  };
  return {
    dealers,
    secretsOf: () => [zero],
    attachmentLength: 0,
    judge,
    mayClose: (posted) => mayCloseDealing(setting, dealers, posted),
    settle: (standing) => sumOfDeals(setting, dealers, standing, zero),
  };
}
