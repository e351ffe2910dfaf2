/**
 * Signature shares on the wire: the points of the sender's rows in order, uncompressed, since reading them then costs no square
 * root. Which rows they are, and how many, is the receiver's own knowledge.
 */
import { concatBytes } from '../../prelude/bytes.js';
import type { ProcessId } from '../../prelude/process.js';
import type { SignatureShare } from '../contract/distributed-signer.js';
import type { LoadedKey } from './loaded-key.js';
import type { SignaturePoint } from './pairing.js';
import { pointLength } from './point-encoding.js';

/** One row's contribution: the hashed message times the row's secret. */
export interface RowShare {
  readonly row: number;
  readonly point: SignaturePoint;
}

/** @param points - those of all rows of the sender, in order. */
export function encodeShare({ pairing }: LoadedKey, points: readonly SignaturePoint[]): SignatureShare {
  const encoded = points.map((point) => pairing.signatures.encode(point, 'uncompressed'));
  return concatBytes(...encoded) as SignatureShare;
}

/**
 * Reads a share from `process`: points of the curve and not the identity; that they are in the group is not checked yet.
 * `undefined` for anything else.
 */
export function decodeShare(key: LoadedKey, process: ProcessId, share: Uint8Array): readonly RowShare[] | undefined {
  const { signatures } = key.pairing;
  const rows = key.rowsOf(process);
  const length = pointLength(signatures.name, 'uncompressed');
  if (rows.length === 0 || share.length !== rows.length * length) return undefined;
  const decoded: RowShare[] = [];
  for (const [index, row] of rows.entries()) {
    const bytes = share.subarray(index * length, (index + 1) * length);
    const point = signatures.decodeUnchecked(bytes, 'uncompressed');
    if (point === undefined || signatures.isIdentity(point)) return undefined;
    decoded.push({ row, point });
  }
  return decoded;
}
