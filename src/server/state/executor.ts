/**
 * Executes decided slots in their order: delivers each command once, hands it to its application, and lets controls change
 * the epoch. All of it is a function of the log, so every server comes to the same state, of which snapshots are taken at the
 * same slots everywhere.
 */
import { invariant } from '../../prelude/invariant.js';
import type { Digest } from '../../prelude/digest.js';
import { isName } from '../../prelude/process.js';
import type { Batch } from '../../consensus/batch.js';
import { protocolLimits } from '../../client/protocol.js';
import { type Delivered, DeliveryTable } from '../../consensus/delivery.js';
import {
  applyControl,
  type Boundary,
  type Control,
  type EpochChange,
  type EpochRules,
  noEpochChange,
} from '../../consensus/epoch-change.js';
import { chainStart, type Prefix } from '../../consensus/statement.js';
import type { EpochControl } from '../../services/epoch-control.js';
import type { StateMachine } from '../../services/state-machine.js';
import { maxApplications, type SnapshotContent } from './snapshot-content.js';

export interface ExecutorParts {
  readonly allianceId: Digest;
  readonly applications: ReadonlyMap<string, StateMachine>;
  /** Which application a command is for; `undefined` for none, and then it has no result. Deterministic. */
  applicationOf(delivered: Delivered): string | undefined;
  /** Management's half of the change of epochs. Deterministic. */
  readonly control: EpochControl;
}

export interface ExecutedCommand {
  readonly delivered: Delivered;
  /** `undefined` where the command was for no application. */
  readonly result: Uint8Array | undefined;
}

/** What came of one slot. */
export interface Execution {
  readonly epoch: number;
  readonly executed: readonly ExecutedCommand[];
  /** Where this slot fixed how the epoch ends. */
  readonly boundary?: Boundary;
  /** The state right after the slot, where a snapshot is due. */
  readonly snapshot?: SnapshotContent;
}

export class Executor {
  private last: Prefix;
  private epochOfLast = 1;
  private change: EpochChange = noEpochChange;
  private readonly delivery = DeliveryTable.empty();

  constructor(private readonly parts: ExecutorParts) {
    const names = [...parts.applications.keys()];
    invariant(names.length <= maxApplications && names.every(isName), 'applications have names');
    this.last = { slot: 0, chain: chainStart(parts.allianceId) };
  }

  /** The last slot executed, and the chain digest after it. */
  get position(): Prefix {
    return this.last;
  }

  /** The epoch of the last slot executed. */
  get epoch(): number {
    return this.epochOfLast;
  }

  /** How `epoch` ends, where the slots executed say so. */
  boundaryOf(epoch: number): Boundary | undefined {
    return epoch === this.epochOfLast && this.change._tag === 'Activated' ? this.change.boundary : undefined;
  }

  /** What has been delivered: a copy. */
  delivered(): DeliveryTable {
    return this.delivery.copy();
  }

  /** How far the change to the next epoch has come. */
  get epochChange(): EpochChange {
    return this.change;
  }

  /** Executes the slot that follows. */
  execute(slot: number, chain: Digest, batch: Batch): Execution {
    invariant(slot === this.last.slot + 1, 'slots are executed in order');
    if (this.boundaryOf(this.epochOfLast)?.slot === this.last.slot) {
      this.epochOfLast += 1;
      this.change = noEpochChange;
      this.parts.control.beginEpoch(this.epochOfLast);
    }
    this.last = { slot, chain };
    const before = this.change;
    const executed = this.delivery.deliver(slot, batch).map((delivered) => this.run(delivered));
    const boundary = this.change !== before ? this.boundaryOf(this.epochOfLast) : undefined;
    return {
      epoch: this.epochOfLast,
      executed,
      ...(boundary === undefined ? {} : { boundary }),
      ...(this.isSnapshotDue() ? { snapshot: this.snapshot() } : {}),
    };
  }

  /** Goes on from another state; false where its applications are others than this server's, or refuse it. */
  restore({ slot, chain, epoch, delivery, change, states }: SnapshotContent): boolean {
    const { applications } = this.parts;
    if (states.size !== applications.size || ![...applications.keys()].every((name) => states.has(name))) return false;
    for (const [name, state] of states) if (applications.get(name)?.restore(state) !== true) return false;
    this.last = { slot, chain };
    this.epochOfLast = epoch;
    this.change = change;
    this.delivery.replaceBy(delivery);
    this.parts.control.restored(change);
    return true;
  }

  private run(delivered: Delivered): ExecutedCommand {
    const { parts } = this;
    const name = parts.applicationOf(delivered);
    const application = name === undefined ? undefined : parts.applications.get(name);
    const result = application?.apply(delivered);
    const isBounded = result === undefined || result.length <= protocolLimits.resultBytes;
    invariant(isBounded, 'a result has at most 64 KiB');
    this.applyControls(delivered.slot, parts.control.controlsOf(delivered));
    return { delivered, result };
  }

  /** Whoever manages is told what came of its controls, until nothing more comes of that. */
  private applyControls(slot: number, first: readonly Control[]): void {
    const { control } = this.parts;
    for (let controls = first; controls.length > 0; controls = control.see(slot, this.change)) {
      const rules = this.rules();
      for (const each of controls) this.change = applyControl(this.change, slot, each, rules);
    }
  }

  private rules(): EpochRules {
    const { allianceId, control } = this.parts;
    const epoch = this.epochOfLast;
    const { windowSlots, checkpointInterval } = control.termsOf(epoch);
    const configurationOf = (digest: Digest) => control.configurationOf(epoch, digest);
    return { allianceId, epoch, windowSlots, checkpointInterval, configurationOf };
  }

  private isSnapshotDue(): boolean {
    const { snapshotInterval } = this.parts.control.termsOf(this.epochOfLast);
    const { slot } = this.last;
    return slot % snapshotInterval === 0 || slot === this.boundaryOf(this.epochOfLast)?.slot;
  }

  private snapshot(): SnapshotContent {
    const states = [...this.parts.applications].map(([name, application]) => [name, application.snapshot()] as const);
    const { last, epochOfLast: epoch, change } = this;
    return { ...last, epoch, change, delivery: this.delivery.copy(), states: new Map(states) };
  }
}
