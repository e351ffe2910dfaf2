/**
 * A signature share on the wire: one byte that says whether proofs follow, then for each row of its sender, in order, |x_r|
 * and with proofs |v'|, |x'| and z. Everything has a fixed width that the key determines; nothing else is taken from a share.
 */
import { bigIntToBytes, bytesToBigInt } from '../../prelude/bytes.js';
import { type MalformedBytes, type Reader, readAll, Writer } from '../../prelude/canonical.js';
import type { Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { SignatureShare } from '../contract/distributed-signer.js';
import type { LoadedKey } from './loaded-key.js';
import { shareBitsOf } from './row-bounds.js';

/** That x_r has the row's secret for its exponent: commitments to a nonce, and the response z. */
export interface ShareProof {
  /** |v'|. */
  readonly base: bigint;
  /** |x'|. */
  readonly message: bigint;
  /** z. */
  readonly response: bigint;
}

/** One row's part of a share. */
export interface RowShare {
  readonly row: number;
  /** |x_r|. */
  readonly value: bigint;
  readonly proof?: ShareProof;
}

/** Bits of challenges, and of what hides a secret in a response beyond them: L1 of Shoup 2000. */
export const challengeBits = 128;

/** Responses z are below 2 to this many bits: B_r + 2 L1 + 1. */
export function responseBits(key: LoadedKey, row: number): number {
  return shareBitsOf(key.bounds, row) + 2 * challengeBits + 1;
}

/** Encodes the rows of one process, all with proofs or all without. */
export function encodeShare(key: LoadedKey, rows: readonly RowShare[]): SignatureShare {
  const width = key.modulusLength;
  const writer = new Writer().bool(rows.every(({ proof }) => proof !== undefined));
  for (const { row, value, proof } of rows) {
    writer.fixed(bigIntToBytes(value, width));
    if (proof === undefined) continue;
    writer.fixed(bigIntToBytes(proof.base, width)).fixed(bigIntToBytes(proof.message, width));
    writer.fixed(bigIntToBytes(proof.response, responseLength(key, row)));
  }
  return writer.finish() as SignatureShare;
}

/** Reads a share from `process`; every number is in its range, group membership is not checked yet. */
export function decodeShare(
  key: LoadedKey,
  process: ProcessId,
  share: SignatureShare,
): Either<MalformedBytes, readonly RowShare[]> {
  const rows = key.rowsOf(process);
  return readAll(share, (reader) => {
    if (rows.length === 0) return reader.fail('a share of a process that holds rows');
    const isProven = reader.bool();
    return rows.map((row) => readRow(key, row, isProven, reader));
  });
}

function readRow(key: LoadedKey, row: number, isProven: boolean, reader: Reader): RowShare {
  const value = readElement(key, reader);
  if (!isProven) return { row, value };
  const [base, message] = [readElement(key, reader), readElement(key, reader)];
  const response = bytesToBigInt(reader.fixed(responseLength(key, row)));
  if (response >> BigInt(responseBits(key, row)) !== 0n) return reader.fail('a response within its bound');
  return { row, value, proof: { base, message, response } };
}

function readElement(key: LoadedKey, reader: Reader): bigint {
  const value = bytesToBigInt(reader.fixed(key.modulusLength));
  return key.group.isCanonical(value) ? value : reader.fail('a canonical element');
}

function responseLength(key: LoadedKey, row: number): number {
  return Math.ceil(responseBits(key, row) / 8);
}
