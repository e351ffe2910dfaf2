/**
 * Partitions by view, as Twins has them (Bano et al., "Twins: BFT Systems Made Robust", OPODIS 2021): in each of the first views
 * one hears only those in one's own part. What drives views and spreads requests passes always.
 */
import type { Message } from '../../../src/consensus/message.js';
import { organizationOf, type ProcessId } from '../../../src/prelude/process.js';

/** An organization, or its twin. */
export type Unit = string;

/** The parts of one view. */
export type Round = readonly (readonly Unit[])[];

export function unitOf(process: ProcessId): Unit {
  return organizationOf(process);
}

export function twinOf(unit: Unit): Unit {
  return `${unit}'`;
}

const passing: ReadonlySet<Message['_tag']> = new Set<Message['_tag']>(['Timeouts', 'Status', 'Forward']);

/** Whether `message` goes from one unit to another; `view` is its sender's, for what names none. */
export function mayPass(
  rounds: readonly Round[],
  message: Message,
  view: number,
  ends: readonly [Unit, Unit],
): boolean {
  if (passing.has(message._tag)) return true;
  const round = rounds[('view' in message ? message.view : view) - 1];
  return round === undefined || round.some((part) => ends.every((unit) => part.includes(unit)));
}
