/** The rounds that each kind of ceremony has. */
import { assertNever } from '../../prelude/invariant.js';
import { commitRound } from './commit-round.js';
import { dealRound } from './deal-round.js';
import { keysRound } from './keys-round.js';
import { plainReshareRules } from './plain-reshare.js';
import { refreshRules } from './refresh.js';
import type { Round } from './round.js';
import type { CeremonySetting } from './setting.js';
import { settlementRound } from './settlement-round.js';
import type { Transcript } from './transcript.js';

export function firstRound<G, Key>(setting: CeremonySetting<G, Key>, transcript: Transcript<G, Key>): Round {
  const { kind } = setting.terms;
  switch (kind) {
    case 'refresh':
      return keysRound(setting, transcript, () => dealRound(setting, transcript, refreshRules(setting)));
    case 'reshare-plain':
      return keysRound(setting, transcript, () => dealRound(setting, transcript, plainReshareRules(setting)));
    case 'reshare-quotient':
      return keysRound(setting, transcript, () => dealRound(setting, transcript, plainReshareRules(setting)));
    case 'generate':
      return keysRound(setting, transcript, () => commitRound(setting, transcript));
    case 'accept':
      return settlementRound(setting, transcript);
    default:
      return assertNever(kind);
  }
}
