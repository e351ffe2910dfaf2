import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../src/prelude/fp.js';
import { noop } from '../../src/consensus/batch.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import type { DecidedRange } from '../../src/consensus/range.js';
import { LogVerifier } from '../../src/client/verify.js';
import { CertifiedLog } from '../support/certified-log.js';
import { right } from '../support/right.js';

const log = new CertifiedLog().decide(8);
const other = new CertifiedLog('other').decide(8);
const laterEpoch = new CertifiedLog('alliance', 2).decide(8);
const valid = log.range(1, 4, 6);

function without<A>(items: readonly A[], index: number): readonly A[] {
  return items.filter((_, at) => at !== index);
}

function swapped<A>(items: readonly A[], index: number): readonly A[] {
  const copy = [...items];
  copy.splice(index, 2, ...copy.slice(index, index + 2).reverse());
  return copy;
}

function flipped<A extends Uint8Array>(bytes: A, bit: number): A {
  const copy = Uint8Array.from(bytes);
  const at = (bit >> 3) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy as Uint8Array as A;
}

type Mutation = (range: DecidedRange, seed: number) => DecidedRange;

const mutations: Readonly<Record<string, Mutation>> = {
  'a batch dropped': (range, seed) => ({ ...range, batches: without(range.batches, seed % 4) }),
  'a batch dropped and a digest repeated': (range, seed) => ({
    ...range,
    batches: without(range.batches, seed % 4),
    tail: [...range.tail, ...range.tail.slice(0, 1)],
  }),
  'a batch twice': (range, seed) => ({
    ...range,
    batches: range.batches.flatMap((batch, at) => (at === seed % 4 ? [batch, batch] : [batch])),
  }),
  'two batches the other way round': (range, seed) => ({ ...range, batches: swapped(range.batches, seed % 3) }),
  'a batch emptied': (range, seed) => ({
    ...range,
    batches: range.batches.map((batch, at) => (at === seed % 4 ? noop : batch)),
  }),
  'two digests the other way round': (range) => ({ ...range, tail: swapped(range.tail, 0) }),
  'a digest dropped': (range, seed) => ({ ...range, tail: without(range.tail, seed % 2) }),
  'a bit of a digest flipped': (range, seed) => ({
    ...range,
    tail: range.tail.map((digest, at) => (at === seed % 2 ? flipped(digest, seed) : digest)),
  }),
  'a bit of a command flipped': (range, seed) => ({
    ...range,
    batches: range.batches.map((batch, at) => ({
      requests: batch.requests.map((request) =>
        at === seed % 4 ? { ...request, commands: request.commands.map((command) => flipped(command, seed)) } : request,
      ),
    })),
  }),
  'a bit of a request’s signature flipped': (range, seed) => ({
    ...range,
    batches: range.batches.map((batch, at) => ({
      requests: batch.requests.map((request) =>
        at === seed % 4 ? { ...request, signature: flipped(request.signature, seed) } : request,
      ),
    })),
  }),
  'a bit of the chain digest flipped': (range, seed) => ({
    ...range,
    certificate: { ...range.certificate, chain: flipped(range.certificate.chain, seed) },
  }),
  'a bit of the signature flipped': (range, seed) => ({
    ...range,
    certificate: { ...range.certificate, signature: flipped(range.certificate.signature, seed) },
  }),
  'the certificate of another slot': (range, seed) => ({ ...range, certificate: log.certificate(1 + (seed % 5)) }),
  'another slot’s signature': (range, seed) => ({
    ...range,
    certificate: { ...range.certificate, signature: log.certificate(1 + (seed % 5)).signature },
  }),
  'the slot of the certificate changed': (range, seed) => ({
    ...range,
    certificate: { ...range.certificate, slot: 7 + (seed % 100) },
  }),
  'another first slot': (range, seed) => ({ ...range, from: 2 + (seed % 100) }),
  'another alliance’s log': () => other.range(1, 4, 6),
  'the certificate of another alliance': (range) => ({ ...range, certificate: other.certificate(6) }),
  'the signature of another alliance': (range) => ({
    ...range,
    certificate: { ...range.certificate, signature: other.certificate(6).signature },
  }),
};

describe('a verifier of the log', () => {
  it.each(Object.entries(mutations))('refuses %s and is not changed by it', async (_, mutate) => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 1 << 20 }), async (seed) => {
        const verifier = LogVerifier.fromStart(log.anchor);
        expect(E.isLeft(await verifier.take(mutate(valid, seed)))).toBe(true);
        expect(verifier.nextSlot).toBe(1);
        expect(right(await verifier.take(valid))).toMatchObject({ upTo: 4, certificate: { slot: 6 } });
      }),
      { numRuns: 12 },
    );
  });

  it('takes what the same key has certified in any epoch', async () => {
    const verifier = LogVerifier.fromStart(log.anchor);
    expect(right(await verifier.take(laterEpoch.range(1, 4, 6)))).toMatchObject({ upTo: 4 });
    expect(right(await verifier.take(log.range(5, 8)))).toMatchObject({ upTo: 8 });
  });

  it('delivers what the servers’ table delivers, however the log is cut into ranges', async () => {
    const table = DeliveryTable.empty();
    const expected = log.batches.flatMap((batch, index) => table.deliver(index + 1, batch));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 7 })), async (cuts) => {
        const verifier = LogVerifier.fromStart(log.anchor);
        const delivered = [];
        for (const end of [...cuts, 8].sort((a, b) => a - b))
          delivered.push(...right(await verifier.take(log.range(verifier.nextSlot, end, 8))).delivered);
        expect(delivered).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('joins midway, and delivers a session from where it finds it', async () => {
    const verifier = LogVerifier.fromMiddle(log.anchor, 5, log.chainAt(4));
    const { delivered } = right(await verifier.take(log.range(5, 8)));
    expect(delivered.map(({ slot, sequence }) => [slot, sequence])).toEqual([
      [5, 5],
      [6, 6],
      [7, 7],
      [8, 8],
    ]);
  });

  it('that joined after a wrong chain digest believes nothing', async () => {
    const verifier = LogVerifier.fromMiddle(log.anchor, 5, log.chainAt(3));
    expect(E.isLeft(await verifier.take(log.range(5, 8)))).toBe(true);
  });

  it('takes a range once, though it be given twice at the same time', async () => {
    const verifier = LogVerifier.fromStart(log.anchor);
    const taken = await Promise.all([verifier.take(log.range(1, 4)), verifier.take(log.range(1, 4))]);
    expect(taken.map(({ _tag }) => _tag).sort()).toEqual(['Left', 'Right']);
    expect(verifier.nextSlot).toBe(5);
    expect(E.isRight(await verifier.take(log.range(5, 8)))).toBe(true);
  });
});

describe('a listener that knows keys of several epochs', () => {
  it('believes what any of them has signed, as soon as it knows it, and nothing else', async () => {
    const rekeyed = new CertifiedLog('alliance', 1, 'other keys').decide(8);
    const known = [other.anchor.allianceKey];
    const verifier = LogVerifier.fromStart({ ...log.anchor, otherKeys: () => known });
    expect(await verifier.take(rekeyed.range(1, 4))).toMatchObject({ left: { _tag: 'BadSignature', slot: 4 } });
    known.push(rekeyed.anchor.allianceKey);
    expect(right(await verifier.take(rekeyed.range(1, 4))).upTo).toBe(4);
    expect(right(await verifier.take(log.range(5, 8))).upTo).toBe(8);
  });
});
