/** Bounds on what messages and records carry (spec/wire.md). */
import { rangeLimits } from './range.js';

export const wireLimits = {
  signatureBytes: rangeLimits.signatureBytes,
  shareBytes: 64 * 1024,
  /** Slots in one report: the window, with room for configuration. */
  reportSlots: 4096,
  reportBytes: 4 * 1024 * 1024,
  pathLength: 16,
  processes: 1024,
  evidence: 1024,
  /** What shows who has sent a ballot: a signature, or a digest and a signature. */
  proofBytes: 96,
  reminderBallots: 64,
} as const;
