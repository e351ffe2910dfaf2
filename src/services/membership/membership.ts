/**
 * Where consensus and management meet: governance as one of the replicated services, and what it tells consensus (rule R11).
 * The only room that knows both.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { readAll, Writer } from '../../prelude/canonical.js';
import type { Digest } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import type { Delivered } from '../../consensus/delivery.js';
import type { Control, EpochChange, NextConfiguration } from '../../consensus/epoch-change.js';
import { type Alliance, defaultSnapshotInterval } from '../../management/alliance.js';
import { identityVerifier } from '../../management/alliance-keys.js';
import type { GovernanceEvent } from '../../management/governance/event.js';
import type { Governance } from '../../management/governance/governance.js';
import type { LogPosition } from '../../management/governance/position.js';
import { readGovernance, writeGovernance } from '../../management/governance/snapshot.js';
import { takeAct, takeEpoch, type Taken, takeReadiness } from '../../management/governance/take.js';
import type { Ed25519Verify } from '../../schemes/ed25519/encoding.js';
import type { EpochControl, EpochTerms } from '../epoch-control.js';
import { readServiceCommand } from '../service-command.js';
import type { StateMachine } from '../state-machine.js';
import { Wholes } from './pieces.js';
import { refusedResult, takenResult, waitingResult } from './results.js';
import { readQuery, viewOf } from './views.js';

/** Its name among the services. */
export const membershipName = 'membership';

/** What begins the body of a command for membership. */
export const bodyKinds = { piece: 0, query: 1 } as const;

/** Whoever asks beyond it asks again. */
const answersPerSlot = 32;

const nobodyReady: Omit<LogPosition, 'slot'> = { readyFor: undefined, ready: [] };

/** Hears what happens, after it has; what it does must not depend on which server it is at. */
export type OnGovernance = (governance: Governance, events: readonly GovernanceEvent[], before: Governance) => void;

export interface MembershipParts {
  /** Of the founding document. */
  readonly founding: Governance;
  readonly verify: Ed25519Verify;
  readonly onEvents?: OnGovernance;
}

export class Membership implements StateMachine, EpochControl {
  private now: Governance;
  private wholes = new Wholes();
  /** Questions in the present slot: a snapshot is taken after one. */
  private answered = { slot: 0, count: 0 };
  /** What consensus has still to be told. */
  private due: Control[] = [];
  /** As consensus has it. */
  private readiness: Omit<LogPosition, 'slot'> = nobodyReady;

  constructor(private readonly parts: MembershipParts) {
    this.now = parts.founding;
  }

  get governance(): Governance {
    return this.now;
  }

  /** Which servers of the next epoch have said that they are ready, as positions. */
  get readyPositions(): readonly number[] {
    return this.readiness.ready;
  }

  /** Whether commands of this client reach applications: those of a suspended organization do not. */
  mayCommand(client: ProcessId): boolean {
    return !this.now.suspensions.has(organizationOf(client));
  }

  apply(delivered: Delivered): Uint8Array {
    const command = readServiceCommand(delivered.command);
    if (command?.name !== membershipName) return refusedResult('MalformedAct', 'it is no command for membership');
    const [kind] = command.body;
    const body = command.body.subarray(1);
    if (kind === bodyKinds.query) return this.answer(delivered.slot, body);
    if (kind !== bodyKinds.piece) return refusedResult('MalformedAct', 'it is neither an act nor a question');
    const assembled = this.wholes.take(delivered.client, delivered.session, body);
    if (assembled._tag === 'waiting') return waitingResult;
    if (assembled._tag === 'refused') return refusedResult('MalformedAct', `expected ${assembled.expected}`);
    const at = { slot: delivered.slot, ...this.readiness };
    return takenResult(this.take(takeAct(this.now, assembled.bytes, at, this.parts)));
  }

  /** Each answer is as dear as it is long, and every server gives it: in one slot there are so many, and the rest get none. */
  private answer(slot: number, body: Uint8Array): Uint8Array {
    if (slot !== this.answered.slot) this.answered = { slot, count: 0 };
    this.answered.count += 1;
    return this.answered.count > answersPerSlot
      ? new Uint8Array()
      : viewOf(this.now, readQuery(body), this.readiness.ready);
  }

  controlsOf(): readonly Control[] {
    const { due } = this;
    this.due = [];
    return due;
  }

  see(slot: number, change: EpochChange): readonly Control[] {
    this.restored(change);
    this.take(takeReadiness(this.now, { slot, ...this.readiness }));
    return this.controlsOf();
  }

  restored(change: EpochChange): void {
    this.readiness = change._tag === 'Prepared' ? { readyFor: change.configuration, ready: change.ready } : nobodyReady;
  }

  beginEpoch(epoch: number): void {
    this.take(takeEpoch(this.now));
    invariant(this.now.document.epoch === epoch, 'governance goes from epoch to epoch as consensus does');
    const clients = new Set<string>(clientsOf(this.now.document));
    this.wholes.keepOnly((client) => clients.has(client));
    this.readiness = nobodyReady;
  }

  termsOf(epoch: number): EpochTerms {
    const { document } = this.now;
    invariant(document.epoch === epoch, 'governance is in the epoch of the log');
    const { windowSlots, checkpointInterval, snapshotInterval } = document.parameters;
    const interval = snapshotInterval ?? defaultSnapshotInterval(document.parameters);
    return { windowSlots, checkpointInterval, snapshotInterval: interval };
  }

  configurationOf(epoch: number, digest: Digest): NextConfiguration | undefined {
    const { change, document } = this.now;
    if (change === undefined || document.epoch !== epoch) return undefined;
    if (change.state !== 'prepared' && change.state !== 'activated') return undefined;
    if (!equalBytes(change.configuration, digest)) return undefined;
    const { next } = change;
    return { system: next.trust.system, identities: identityVerifier(next, this.parts.verify) };
  }

  snapshot(): Uint8Array {
    const writer = new Writer();
    writeGovernance(writer, this.now);
    this.wholes.write(writer);
    return writer.finish();
  }

  restore(state: Uint8Array): boolean {
    const read = readAll(state, (reader) => ({ governance: readGovernance(reader), wholes: Wholes.read(reader) }));
    if (E.isLeft(read)) return false;
    this.now = read.right.governance;
    this.wholes = read.right.wholes;
    this.due = [];
    return true;
  }

  private take(taken: Taken): Taken {
    const before = this.now;
    this.now = taken.governance;
    this.due.push(...taken.events.flatMap((event) => controlIn(event, taken.governance)));
    if (taken.events.length > 0) this.parts.onEvents?.(taken.governance, taken.events, before);
    return taken;
  }
}

function controlIn(event: GovernanceEvent, { change }: Governance): readonly Control[] {
  switch (event._tag) {
    case 'prepared':
      return [{ _tag: 'Prepare', configuration: event.configuration }];
    case 'ready': {
      const { configuration, position, signature } = event;
      return [{ _tag: 'Ready', configuration, position, signature: Uint8Array.from(signature) }];
    }
    case 'activated':
      return change?.state === 'activated' ? [{ _tag: 'Activate', configuration: change.configuration }] : [];
    default:
      return [];
  }
}

function clientsOf({ applications, organizations }: Alliance): readonly string[] {
  return [...applications.map(({ id }) => id), ...organizations.flatMap(({ servers }) => servers.map(({ id }) => id))];
}
