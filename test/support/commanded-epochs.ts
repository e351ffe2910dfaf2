/** Epochs that end as commands say which are controls themselves: whoever sends them is believed. */
import { readAll } from '../../src/prelude/canonical.js';
import { E } from '../../src/prelude/fp.js';
import type { Delivered } from '../../src/consensus/delivery.js';
import { type Control, readControl } from '../../src/consensus/epoch-change.js';
import type { EpochControl, EpochTerms } from '../../src/services/epoch-control.js';

interface CommandedParts {
  readonly terms: EpochTerms | ((epoch: number) => EpochTerms);
  /** Whose commands are looked at; everybody's if absent. */
  readonly isHeard?: (client: string) => boolean;
  readonly configurationOf?: EpochControl['configurationOf'];
}

export class CommandedEpochs implements EpochControl {
  readonly configurationOf: EpochControl['configurationOf'];

  constructor(private readonly parts: CommandedParts) {
    this.configurationOf = parts.configurationOf ?? (() => undefined);
  }

  controlsOf({ client, command }: Delivered): readonly Control[] {
    if (this.parts.isHeard?.(client) === false) return [];
    const control = readAll(command, readControl);
    return E.isRight(control) ? [control.right] : [];
  }

  see(): readonly Control[] {
    return [];
  }

  restored(): void {
    // Nothing is known of changes here.
  }

  beginEpoch(): void {
    // Nothing is known of epochs here.
  }

  termsOf(epoch: number): EpochTerms {
    const { terms } = this.parts;
    return typeof terms === 'function' ? terms(epoch) : terms;
  }
}
