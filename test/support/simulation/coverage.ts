/** Which kinds of messages and faults a schedule has seen, and how many of many schedules have. */
import type { Message } from '../../../src/consensus/message.js';

const messageKinds = [
  'Propose',
  'Accepted',
  'Commit',
  'Timeouts',
  'Report',
  'Certify',
  'Certified',
  'Checkpoint',
  'StableCheckpoint',
  'Attest',
  'Attested',
  'Certificate',
  'Forward',
  'Status',
  'FetchBatch',
  'BatchFound',
  'FetchRange',
  'Range',
] as const satisfies readonly Message['_tag'][];

const faultKinds = [
  'loss',
  'duplication',
  'straggling',
  'partition',
  'one-way partition',
  'crash',
  'lost writes',
  'full disk',
  'lost disk',
  'rolled-back disk',
  'skewed clock',
  'fast or slow clock',
  'leaping clock',
] as const;

export type Kind = Message['_tag'] | (typeof faultKinds)[number];

export const kinds: readonly Kind[] = [...messageKinds, ...faultKinds];

/** The kinds that one schedule has seen. */
export class Coverage {
  private readonly seen = new Set<string>();

  add(kind: Kind): void {
    this.seen.add(kind);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.seen.values();
  }
}
