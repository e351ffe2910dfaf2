/** HANDOFF: how an epoch ends, and with it the state and the configuration that the next one begins with (rule R11). */
import type { Reader, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import { epochEndStatement } from '../prelude/handoff-statement.js';
import type { StatementContext } from '../prelude/statement.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';
import { readStateTarget, type StateTarget, stateDigest, writeStateTarget } from './manifest.js';
import { rangeLimits } from './range.js';

/** What HANDOFF says: the state after the last slot of the epoch, and the configuration of the next. */
export interface Succession extends StateTarget {
  /** Digest of the configuration of the next epoch. */
  readonly configuration: Digest;
}

/** {@link Succession} under the alliance key of `epoch`, the one that ends. */
export interface Handoff extends Succession {
  /** From 1. */
  readonly epoch: number;
  readonly signature: Signature;
}

/** HANDOFF, under the alliance key of the epoch that ends. */
export function handoffStatement(context: StatementContext, succession: Succession): Uint8Array {
  const { slot, chain, manifest, configuration } = succession;
  return epochEndStatement(context, { slot, chain, state: stateDigest(slot, manifest), configuration });
}

export function writeHandoff(writer: Writer, handoff: Handoff): void {
  writer.u64(handoff.epoch);
  writeStateTarget(writer, handoff);
  writer.fixed(handoff.configuration).bytes(handoff.signature);
}

export function readHandoff(reader: Reader): Handoff {
  const epoch = reader.u64();
  if (epoch < 1) return reader.fail('an epoch from 1');
  const target = readStateTarget(reader);
  const configuration = reader.fixed(digestLength) as Digest;
  return { epoch, ...target, configuration, signature: reader.bytes(rangeLimits.signatureBytes) as Signature };
}
