/**
 * A stretch of the decided log with the certificate that fixes it: what a server that fell behind fetches and a listener
 * receives, from any one server. Clients import this file; it depends on nothing else of consensus but batches and statements.
 */
import { equalBytes } from '../prelude/bytes.js';
import type { Reader, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';
import { type Batch, batchDigest, readBatch, writeBatch } from './batch.js';
import { chainNext, type Prefix } from './statement.js';

/** DECIDED under the alliance key. */
export interface PrefixCertificate extends Prefix {
  readonly signature: Signature;
}

/**
 * Consecutive decided slots with the certificate that fixes them: the batches of `from`, `from`+1, …, then the digests of
 * the batches up to the certificate's slot.
 */
export interface DecidedRange {
  readonly from: number;
  readonly batches: readonly Batch[];
  readonly tail: readonly Digest[];
  readonly certificate: PrefixCertificate;
}

/** Bounds on a received range and its certificate. */
export const rangeLimits = { batches: 4096, tail: 8192, signatureBytes: 64 * 1024 } as const;

/** Whether a range that continues the log after `previous` leads exactly to its certificate. The signature is not checked here. */
export function leadsToCertificate(range: DecidedRange, previous: Digest): boolean {
  const { from, batches, tail, certificate } = range;
  if (certificate.slot !== from + batches.length + tail.length - 1) return false;
  const digests = [...batches.map(batchDigest), ...tail];
  const chain = digests.reduce((link, value, index) => chainNext(link, from + index, value), previous);
  return equalBytes(chain, certificate.chain);
}

export function writePrefixCertificate(writer: Writer, { slot, chain, signature }: PrefixCertificate): void {
  writer.u64(slot).fixed(chain).bytes(signature);
}

export function readPrefixCertificate(reader: Reader): PrefixCertificate {
  const slot = reader.u64();
  if (slot < 1) return reader.fail('a slot from 1');
  const chain = reader.fixed(digestLength) as Digest;
  return { slot, chain, signature: reader.bytes(rangeLimits.signatureBytes) as Signature };
}

export function writeDecidedRange(writer: Writer, range: DecidedRange): void {
  writer.u64(range.from).list(range.batches, writeBatch);
  writer.list(range.tail, (inner, value) => inner.fixed(value));
  writePrefixCertificate(writer, range.certificate);
}

export function readDecidedRange(reader: Reader): DecidedRange {
  const from = reader.u64();
  if (from < 1) return reader.fail('a slot from 1');
  return {
    from,
    batches: reader.list(rangeLimits.batches, readBatch),
    tail: reader.list(rangeLimits.tail, (inner) => inner.fixed(digestLength) as Digest),
    certificate: readPrefixCertificate(reader),
  };
}
