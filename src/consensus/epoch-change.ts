/**
 * How an epoch's log ends it (rule R11): a reducer over the delivered controls PREPARE, READY and ACTIVATE, in their order.
 * Whose commands are controls is management's; what they do is decided here, alike on every server.
 */
import { equalBytes } from '../prelude/bytes.js';
import { type Reader, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import { assertNever } from '../prelude/invariant.js';
import { encodeStatement, type StatementContext } from '../prelude/statement.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import type { Identities } from './configuration.js';

export type Control =
  /** From now on, members of the configuration with this digest may say that they are ready for it. */
  | { readonly _tag: 'Prepare'; readonly configuration: Digest }
  /** The process at `position` (from 0) of that configuration holds its keys, as its identity listed there has signed. */
  | {
      readonly _tag: 'Ready';
      readonly configuration: Digest;
      readonly position: number;
      readonly signature: Uint8Array;
    }
  | { readonly _tag: 'Activate'; readonly configuration: Digest };

/** How an epoch ends. */
export interface Boundary {
  /** The slot of the ACTIVATE that took effect. */
  readonly since: number;
  /** The last slot of the epoch. */
  readonly slot: number;
  /** Digest of the configuration that follows. */
  readonly configuration: Digest;
}

/** What the controls of an epoch have come to. Never changed: each control that has an effect makes another one. */
export type EpochChange =
  | { readonly _tag: 'None' }
  /** `ready`: positions in that configuration, ascending. */
  | { readonly _tag: 'Prepared'; readonly configuration: Digest; readonly ready: readonly number[] }
  | { readonly _tag: 'Activated'; readonly boundary: Boundary };

/** How every epoch begins. */
export const noEpochChange: EpochChange = { _tag: 'None' };

/** What is known of a valid configuration of the next epoch. */
export interface NextConfiguration {
  readonly system: QuorumSystem;
  readonly identities: Pick<Identities, 'keyId' | 'verify'>;
}

/** What the reducer is told of the epoch whose log it reads. */
export interface EpochRules {
  readonly allianceId: Digest;
  readonly epoch: number;
  readonly windowSlots: number;
  readonly checkpointInterval: number;
  /** A valid configuration of the next epoch, from management's replicated state: a function of the log up to the control. */
  configurationOf(digest: Digest): NextConfiguration | undefined;
}

/** READY, under the identity that the configuration of the epoch to come lists; `context` is of that epoch. */
export function readyStatement(context: StatementContext, configuration: Digest): Uint8Array {
  return encodeStatement(context, 'ready', configuration);
}

/** Takes a control delivered in `slot`. A control that is void gives back `change` itself. */
export function applyControl(change: EpochChange, slot: number, control: Control, rules: EpochRules): EpochChange {
  if (change._tag === 'Activated') return change;
  const next = rules.configurationOf(control.configuration);
  if (next === undefined) return change;
  if (control._tag === 'Prepare') return prepare(change, control.configuration);
  if (change._tag === 'None' || !equalBytes(change.configuration, control.configuration)) return change;
  switch (control._tag) {
    case 'Ready':
      return addReady(change, control, next, rules);
    case 'Activate':
      return activate(change, slot, next, rules);
    default:
      return assertNever(control);
  }
}

type Prepared = Extract<EpochChange, { _tag: 'Prepared' }>;

function prepare(change: EpochChange, configuration: Digest): EpochChange {
  if (change._tag === 'Prepared' && equalBytes(change.configuration, configuration)) return change;
  return { _tag: 'Prepared', configuration, ready: [] };
}

function addReady(
  change: Prepared,
  { position, signature }: Extract<Control, { _tag: 'Ready' }>,
  { system, identities }: NextConfiguration,
  { allianceId, epoch }: EpochRules,
): EpochChange {
  const process = system.processes.universe.at(position);
  if (process === undefined || change.ready.includes(position)) return change;
  const context = { allianceId, keyId: identities.keyId, epoch: epoch + 1 };
  if (!identities.verify(process, readyStatement(context, change.configuration), signature)) return change;
  return { ...change, ready: [...change.ready, position].sort((a, b) => a - b) };
}

function activate(change: Prepared, since: number, { system }: NextConfiguration, rules: EpochRules): EpochChange {
  const { universe } = system.processes;
  const ready = universe.of(change.ready.flatMap((position) => universe.at(position) ?? []));
  if (!system.isRecoveryQuorum(ready)) return change;
  const { windowSlots, checkpointInterval } = rules;
  const slot = Math.ceil((since + windowSlots) / checkpointInterval) * checkpointInterval;
  return { _tag: 'Activated', boundary: { since, slot, configuration: change.configuration } };
}

const signatureLength = 64;
const maxPositions = 2 ** 16;
const controlTags = { Prepare: 0, Ready: 1, Activate: 2 } as const;

/** The bytes of a control within the command that carries it. */
export function encodeControl(control: Control): Uint8Array {
  const writer = new Writer().u8(controlTags[control._tag]).fixed(control.configuration);
  if (control._tag === 'Ready') writer.u16(control.position).fixed(control.signature);
  return writer.finish();
}

export function readControl(reader: Reader): Control {
  const tag = reader.u8();
  const configuration = reader.fixed(digestLength) as Digest;
  switch (tag) {
    case controlTags.Prepare:
      return { _tag: 'Prepare', configuration };
    case controlTags.Ready:
      return { _tag: 'Ready', configuration, position: reader.u16(), signature: reader.fixed(signatureLength) };
    case controlTags.Activate:
      return { _tag: 'Activate', configuration };
    default:
      return reader.fail('a control');
  }
}

/** The encoding within snapshots. */
export function writeEpochChange(writer: Writer, change: EpochChange): void {
  writer.option(change._tag === 'Prepared' ? change : undefined, (inner, { configuration, ready }) =>
    inner.fixed(configuration).list(ready, (list, position) => list.u16(position)),
  );
  writer.option(change._tag === 'Activated' ? change.boundary : undefined, (inner, { since, slot, configuration }) =>
    inner.u64(since).u64(slot).fixed(configuration),
  );
}

export function readEpochChange(reader: Reader): EpochChange {
  const prepared = reader.option(readPrepared);
  const boundary = reader.option(readBoundary);
  if (prepared !== undefined && boundary !== undefined) return reader.fail('one stage of an epoch change');
  if (boundary !== undefined) return { _tag: 'Activated', boundary };
  return prepared ?? noEpochChange;
}

function readPrepared(reader: Reader): Prepared {
  const configuration = reader.fixed(digestLength) as Digest;
  let last = -1;
  const ready = reader.list(maxPositions, (inner) => {
    const position = inner.u16();
    if (position <= last) inner.fail('positions that ascend');
    last = position;
    return position;
  });
  return { _tag: 'Prepared', configuration, ready };
}

function readBoundary(reader: Reader): Boundary {
  const since = reader.u64();
  const slot = reader.u64();
  if (since < 1 || slot <= since) return reader.fail('a boundary above the slot of its ACTIVATE');
  return { since, slot, configuration: reader.fixed(digestLength) as Digest };
}
