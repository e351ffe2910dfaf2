/** The rounds that each kind of ceremony has. */
import { assertNever } from '../../../prelude/invariant.js';
import { commitRound } from './commit-round.js';
import { dealRound } from './deal-round.js';
import type { DealRules } from './deal-rules.js';
import { keysRound } from './keys-round.js';
import { plainReshareRules } from '../kinds/plain-reshare.js';
import { refreshRules } from '../kinds/refresh.js';
import { startQuotient } from '../quotient/masks-round.js';
import type { Round, RoundEnd } from './round.js';
import type { CeremonySetting } from '../setting.js';
import { settlementRound } from './settlement-round.js';
import type { Transcript } from '../transcript.js';

export function firstRound<G, Key>(setting: CeremonySetting<G, Key>, transcript: Transcript<G, Key>): Round {
  const { kind } = setting.terms;
  const afterKeys = (next: () => RoundEnd) => keysRound(setting, transcript, next);
  const deal = (rules: DealRules<G>): RoundEnd => ({ _tag: 'next', round: dealRound(setting, transcript, rules) });
  switch (kind) {
    case 'refresh':
      return afterKeys(() => deal(refreshRules(setting)));
    case 'reshare-plain':
      return afterKeys(() => deal(plainReshareRules(setting)));
    case 'reshare-quotient':
      return afterKeys(() => startQuotient(setting, transcript));
    case 'generate':
      return afterKeys(() => ({ _tag: 'next', round: commitRound(setting, transcript) }));
    case 'accept':
      return settlementRound(setting, transcript);
    default:
      return assertNever(kind);
  }
}
