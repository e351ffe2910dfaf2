/**
 * The envelope of everything that koinon signs, so that no signed statement can be read as another, nor as a document:
 * `0x00 ‖ tag ‖ 0x00 ‖ allianceId ‖ keyId ‖ epoch ‖ type ‖ body` (spec/wire.md; rule R10 of the consensus amendments).
 */
import { concatBytes, startsWith, utf8 } from './bytes.js';
import { Writer } from './canonical.js';
import type { Digest } from './digest.js';

/** What every statement begins with. A document that begins so is refused by every document signer. */
export const statementTag: Uint8Array = concatBytes(Uint8Array.of(0), utf8('koinon statement v1'), Uint8Array.of(0));

/** One byte that says what a statement states. Never reused. */
export const statementTypes = {
  accepted: 1,
  commit: 2,
  progress: 3,
  decided: 4,
  checkpoint: 5,
  propose: 6,
  timeout: 7,
  report: 8,
  request: 9,
  handoff: 10,
  snapshot: 11,
  ready: 12,
  attributed: 13,
  act: 14,
  enacted: 15,
  founded: 16,
  possession: 17,
  restart: 18,
} as const;

export type StatementType = keyof typeof statementTypes;

/** What binds a statement to one alliance, one key and one epoch. */
export interface StatementContext {
  /** Digest of the founding document; never changes. */
  readonly allianceId: Digest;
  /** Digest that names the key which signs: algorithm, usage and public part. */
  readonly keyId: Digest;
  readonly epoch: number;
}

/** The bytes to sign for a statement with this context, type and canonical body. */
export function encodeStatement(context: StatementContext, type: StatementType, body: Uint8Array): Uint8Array {
  return new Writer()
    .fixed(statementTag)
    .fixed(context.allianceId)
    .fixed(context.keyId)
    .u64(context.epoch)
    .u8(statementTypes[type])
    .fixed(body)
    .finish();
}

/** Whether `bytes` could be a statement; a signer of documents refuses such bytes. */
export function isStatement(bytes: Uint8Array): boolean {
  return startsWith(bytes, statementTag);
}
