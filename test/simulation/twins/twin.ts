/** A second machine with the keys of a Byzantine process, over a disk and a signer that take no time; it fetches no states. */
import type { Effect } from '../../../src/consensus/effect.js';
import type { Event } from '../../../src/consensus/event.js';
import type { Message } from '../../../src/consensus/message.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import { chainStart } from '../../../src/consensus/statement.js';
import { FabMachine } from '../../../src/consensus/step.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { outcomeOf } from '../../support/simulation/signing.js';
import type { Powers } from '../adversaries/adversary.js';

export class Twin {
  private readonly machine: FabMachine;
  private timer = 0;

  /** @param send - whatever the machine sends, to itself too. */
  constructor(
    private readonly powers: Powers,
    private readonly send: (to: ProcessId, message: Message) => void,
  ) {
    const chains = new Map([[0, chainStart(powers.config.allianceId)]]);
    this.machine = new FabMachine(powers.config, [], { decidedUpTo: 0, chains, delivery: DeliveryTable.empty() });
    powers.after(0, () => {
      this.feed({ _tag: 'Start' });
    });
  }

  get view(): number {
    return this.machine.view.view;
  }

  feed(event: Event): void {
    for (const effect of this.machine.step(event, this.powers.nowMs())) this.carryOut(effect);
  }

  private carryOut(effect: Effect): void {
    switch (effect._tag) {
      case 'Send':
        for (const to of effect.to) this.send(to, effect.message);
        return;
      case 'Decide':
        this.soon({ _tag: 'Stored', slot: effect.slot });
        return;
      case 'Sign':
      case 'Combine':
      case 'Verify':
        this.soon(outcomeOf(effect, this.powers.config.allianceSigner));
        return;
      case 'SetTimer': {
        this.timer += 1;
        const { timer } = this;
        this.powers.after(Math.max(0, effect.atMs - this.powers.nowMs()), () => {
          if (timer === this.timer) this.feed({ _tag: 'Timer' });
        });
        return;
      }
      default:
        return;
    }
  }

  private soon(event: Event): void {
    this.powers.after(0, () => {
      this.feed(event);
    });
  }
}
