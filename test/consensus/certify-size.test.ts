import { describe, expect, it } from 'vitest';
import { type CertifyTerms, fitsFrame } from '../../src/consensus/certify-size.js';
import { ConsensusCodec } from '../../src/consensus/codec.js';
import type { Equivocation, SignedReport } from '../../src/consensus/message.js';
import { encodeReport } from '../../src/consensus/piece-codec.js';
import { digest } from '../../src/prelude/digest.js';
import { type ProcessId, Universe } from '../../src/prelude/process.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';

/** The longest request to certify that there can be, as it is sent. */
function longest({ processCount, windowSlots, slowSignatureBytes, allianceSignatureBytes }: CertifyTerms): number {
  const ids = Array.from({ length: processCount }, (_, index) => `org${index}/1` as ProcessId);
  const universe = new Universe(ids);
  const value = digest(new Uint8Array());
  const [slow, alliance] = [slowSignatureBytes, allianceSignatureBytes].map(
    (size) => new Uint8Array(size) as Signature,
  );
  if (slow === undefined || alliance === undefined) throw new Error('two');
  const slots = Array.from({ length: windowSlots }, (_, index) => index + 1);
  const path = Array.from({ length: Math.ceil(Math.log2(windowSlots)) }, () => value);
  const permit = {
    certificate: { view: 9, low: 0, top: windowSlots, root: value, signature: alliance },
    shown: { verdict: { _tag: 'pick', digest: value } as const, path },
  };
  const body = encodeReport({
    view: 10,
    checkpoint: { slot: 1, chain: value, boundary: 0, signature: slow },
    votes: slots.map((slot) => ({ view: 9, slot, digest: value, leaderSignature: new Uint8Array(64), permit })),
    commits: slots.map((slot) => ({ view: 9, slot, digest: value, signature: slow })),
  });
  const reports = ids.map((from): SignedReport => ({ from, view: 10, body, signature: new Uint8Array(64) }));
  const half = { digest: value, signature: new Uint8Array(64) };
  const evidence = ids.map((leader): Equivocation => ({ leader, view: 1, slot: 1, first: half, second: half }));
  return new ConsensusCodec(universe, 1).encodeMessage({ _tag: 'Certify', view: 10, reports, evidence }).length;
}

const frameBytes = 16 * 1024 * 1024;

const multisig = (count: number): number => Math.ceil(count / 8) + 64 * count;

describe('the request to certify a view', () => {
  it.each([
    { processCount: 4, windowSlots: 256, slow: 'multisig' },
    { processCount: 13, windowSlots: 512, slow: 'multisig' },
    { processCount: 31, windowSlots: 128, slow: 'multisig' },
    { processCount: 31, windowSlots: 256, slow: 'multisig' },
    { processCount: 31, windowSlots: 512, slow: 'shared' },
    { processCount: 31, windowSlots: 1024, slow: 'shared' },
  ])('of $processCount processes with $windowSlots slots and a $slow slow key is judged as it is', (given) => {
    const { processCount, windowSlots, slow } = given;
    const slowSignatureBytes = slow === 'multisig' ? multisig(processCount) : 96;
    const terms = { processCount, windowSlots, slowSignatureBytes, allianceSignatureBytes: 256 };
    const bytes = longest(terms);
    expect(fitsFrame(terms, frameBytes)).toBe(bytes <= frameBytes);
    // None of them is so near that the estimate could decide otherwise.
    expect(Math.abs(bytes / frameBytes - 1)).toBeGreaterThan(0.02);
  });

  it('is never longer than it is judged to be', () => {
    for (const processCount of [4, 7, 31]) {
      for (const slowSignatureBytes of [96, multisig(processCount)]) {
        let windowSlots = 2;
        const terms = (): CertifyTerms => ({
          processCount,
          windowSlots,
          slowSignatureBytes,
          allianceSignatureBytes: 96,
        });
        while (fitsFrame(terms(), frameBytes)) windowSlots *= 2;
        windowSlots /= 2;
        expect(longest(terms())).toBeLessThanOrEqual(frameBytes);
      }
    }
  });

  it('needs reports that are within bounds each', () => {
    const terms = { processCount: 1, windowSlots: 4096, slowSignatureBytes: 1024, allianceSignatureBytes: 256 };
    expect(fitsFrame(terms, frameBytes)).toBe(false);
    expect(fitsFrame({ ...terms, slowSignatureBytes: 96 }, frameBytes)).toBe(true);
  });
});
