/** `koinon serve`, but for one thing: whatever this server deals in a ceremony, one receiver finds sub-shares in its box that do not fit. */
import { DealerPart } from '../../src/schemes/ceremony/parts/dealer-part.js';
import type { CeremonySetting } from '../../src/schemes/ceremony/setting.js';
import type { RandomBytes } from '../../src/prelude/random.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { dealingBadSharesTo } from '../schemes/ceremony/adversaries.js';

/** What a dealer has to itself. */
interface Dealer {
  readonly setting: CeremonySetting<unknown, unknown>;
  readonly me: ProcessId;
  readonly random: RandomBytes;
}

// eslint-disable-next-line @typescript-eslint/unbound-method
const { deal } = DealerPart.prototype;

DealerPart.prototype.deal = function cheat(this: DealerPart<unknown, unknown>, ...transcript) {
  const { setting, me, random } = this as unknown as Dealer;
  const victim = setting.receivers.find((id) => id !== me) ?? me;
  const changed = dealingBadSharesTo(victim).setting?.(setting) ?? setting;
  return deal.apply(new DealerPart(changed, me, random), transcript);
};

await import('../../src/cli/main.js');
