/** A decided log with an executor over it, whose application is a list of what it was told: what the tests of states share. */
import { concatBytes, equalBytes, fromUtf8, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import type { Batch } from '../../../src/consensus/batch.js';
import { batchDigest } from '../../../src/consensus/batch.js';
import type { Delivered } from '../../../src/consensus/delivery.js';
import { chainNext, chainStart } from '../../../src/consensus/statement.js';
import type { StateMachine } from '../../../src/services/state-machine.js';
import { Executor, type ExecutorParts } from '../../../src/server/state/executor.js';
import { CommandedEpochs } from '../../support/commanded-epochs.js';

export const allianceId = digest(utf8('an alliance'));

/** Remembers every command, one after another; refuses a state that begins with "bad". */
export class Ledger implements StateMachine {
  text = '';
  /** So that states have several chunks. */
  padding: Uint8Array = new Uint8Array(0);

  apply({ command }: Delivered): Uint8Array {
    this.text += `${fromUtf8(command) ?? '?'};`;
    return utf8(`${this.text.length}`);
  }

  snapshot(): Uint8Array {
    return concatBytes(utf8(this.text), this.padding);
  }

  restore(state: Uint8Array): boolean {
    if (equalBytes(state.subarray(0, 3), utf8('bad'))) return false;
    const padded = state.indexOf(0);
    this.text = fromUtf8(padded === -1 ? state : state.subarray(0, padded)) ?? '';
    this.padding = padded === -1 ? new Uint8Array(0) : state.slice(padded);
    return true;
  }
}

export function request(sequence: number, ...commands: readonly Uint8Array[]) {
  return { client: 'acme/app', session: 1, firstSequence: sequence, commands, signature: new Uint8Array(64) };
}

/** Slot s holds the command "s", unless it is given. */
export function batchesUpTo(last: number, given: ReadonlyMap<number, Uint8Array> = new Map()): readonly Batch[] {
  return Array.from({ length: last }, (_, index) => ({
    requests: [request(index + 1, given.get(index + 1) ?? utf8(`${index + 1}`))],
  }));
}

export function chainsOf(batches: readonly Batch[]) {
  const chains = [chainStart(allianceId)];
  for (const [index, batch] of batches.entries())
    chains.push(chainNext(chains[index] ?? chainStart(allianceId), index + 1, batchDigest(batch)));
  return chains;
}

export const shortTerms = { windowSlots: 8, checkpointInterval: 4, snapshotInterval: 4 };

/** An executor with one ledger; commands that are controls are taken for such. */
export function ledgerExecutor(parts: Partial<ExecutorParts> = {}) {
  const ledger = new Ledger();
  const executor = new Executor({
    allianceId,
    applications: new Map([['ledger', ledger]]),
    applicationOf: () => 'ledger',
    control: new CommandedEpochs({ terms: shortTerms }),
    ...parts,
  });
  return { ledger, executor };
}
