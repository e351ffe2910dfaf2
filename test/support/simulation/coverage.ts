/** Which kinds of messages and faults a schedule has seen, and how many of many schedules have. */
import type { Message } from '../../../src/consensus/message.js';
import type { TransferFrame } from '../../../src/server/state/transfer-frames.js';

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
  'Snapshot',
  'Offer',
  'AskHandoffShare',
  'HandoffShare',
  'Reminder',
] as const satisfies readonly Message['_tag'][];

const frameKinds = ['AskHandoff', 'Handoff', 'AskChunk', 'Chunk'] as const satisfies readonly TransferFrame['_tag'][];

/** How certificates are signed. */
const certificateKinds = ['multisignatures', 'threshold certificates'] as const;

/** What servers do besides deciding. */
const stateKinds = [
  'snapshot',
  'pruning',
  'transfer',
  'resumed transfer',
  'abandoned transfer',
  'installation',
  'crash while installing',
  'finished installation',
  'damaged state',
  'hand-off',
  'hand-off told by another',
  'newcomer',
  'leaver',
  'frame of an epoch that is over',
  'frame of an epoch to come',
  'void control',
] as const;

/** What happens where an alliance governs itself. */
export const governedKinds = [
  'proposal',
  'ballot',
  'change of epoch by vote',
  'repair',
  'abandoned change',
  'ceremony',
  'learner',
  'files handed in',
  'hostile act',
] as const;

const faultKinds = [
  'loss',
  'duplication',
  'straggling',
  'partition',
  'one-way partition',
  'partition of organizations',
  'partition of a view',
  'corrupt disk',
  'crash',
  'lost writes',
  'full disk',
  'lost disk',
  'rolled-back disk',
  'skewed clock',
  'fast or slow clock',
  'leaping clock',
] as const;

export type Kind =
  | Message['_tag']
  | TransferFrame['_tag']
  | (typeof certificateKinds)[number]
  | (typeof stateKinds)[number]
  | (typeof governedKinds)[number]
  | (typeof faultKinds)[number];

export const kinds: readonly Kind[] = [
  ...messageKinds,
  ...frameKinds,
  ...certificateKinds,
  ...stateKinds,
  ...faultKinds,
];

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
