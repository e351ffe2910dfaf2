/**
 * How long the request to certify a view can become: it carries the report of every process, and each may have a vote with its
 * permit and a commit certificate for every slot of the window. Where it outgrows a frame no view would ever end.
 */
import { digest } from '../prelude/digest.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';
import type { Vote } from './message.js';
import { encodeReport } from './piece-codec.js';
import { wireLimits } from './wire-limits.js';

/** What the length depends on. Signatures in bytes, as long as they can be. */
export interface CertifyTerms {
  readonly processCount: number;
  readonly windowSlots: number;
  readonly slowSignatureBytes: number;
  readonly allianceSignatureBytes: number;
}

/** Around a report, and for proof against its maker as leader. */
const perProcessBytes = 512;
const headBytes = 64;

/**
 * Whether reports of full windows, and a request with one of everybody, are within what the wire allows.
 *
 * @param frameBytes - the longest frame that links carry.
 */
export function fitsFrame(terms: CertifyTerms, frameBytes: number): boolean {
  const reportBytes = longestReport(terms);
  const requestBytes = headBytes + terms.processCount * (perProcessBytes + reportBytes);
  return reportBytes <= wireLimits.reportBytes && requestBytes <= frameBytes;
}

/** Each slot takes as much as the first. */
function longestReport(terms: CertifyTerms): number {
  const [empty, one] = [encodedReport(terms, 0), encodedReport(terms, 1)];
  return empty + terms.windowSlots * (one - empty);
}

function encodedReport(
  { windowSlots, slowSignatureBytes, allianceSignatureBytes }: CertifyTerms,
  slots: 0 | 1,
): number {
  const value = digest(new Uint8Array());
  const [slowSignature, allianceSignature] = [slowSignatureBytes, allianceSignatureBytes].map(
    (length) => new Uint8Array(length) as Signature,
  ) as [Signature, Signature];
  const ballot = { view: 1, slot: 1, digest: value };
  const certificate = { view: 1, low: 0, top: 1, root: value, signature: allianceSignature };
  const path = Array.from({ length: Math.ceil(Math.log2(windowSlots)) }, () => value);
  const permit = { certificate, shown: { verdict: { _tag: 'pick', digest: value } as const, path } };
  const vote: Vote = { ...ballot, leaderSignature: new Uint8Array(64), permit };
  return encodeReport({
    view: 1,
    checkpoint: { slot: 1, chain: value, boundary: 0, signature: slowSignature },
    votes: slots === 0 ? [] : [vote],
    commits: slots === 0 ? [] : [{ ...ballot, signature: slowSignature }],
  }).length;
}
