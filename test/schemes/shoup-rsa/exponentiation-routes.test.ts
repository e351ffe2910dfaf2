/** Which route an exponentiation takes: OpenSSL only where it is right, and bigint never with a secret exponent as it is. */
import type { createDiffieHellman, DiffieHellman } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bigIntToBytes, bytesToBigInt } from '../../../src/prelude/bytes.js';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import type * as exponentiationModule from '../../../src/schemes/shoup-rsa/exponentiation.js';
import type { modularPower } from '../../../src/schemes/shoup-rsa/modular-power.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { seededRandom } from './setup.js';

vi.mock('node:crypto', async (original) => {
  const real = await original<{ createDiffieHellman: typeof createDiffieHellman }>();
  return { ...real, createDiffieHellman: vi.fn(real.createDiffieHellman) };
});
vi.mock('../../../src/schemes/shoup-rsa/modular-power.js', async (original) => {
  const real = await original<{ modularPower: typeof modularPower }>();
  return { modularPower: vi.fn(real.modularPower) };
});

const modulus = safePrimes1024.p * safePrimes1024.q;
const random = seededRandom('blinding');

/** The module as it is at start: the self-test not yet made. */
let fresh: typeof exponentiationModule;

beforeEach(async () => {
  vi.resetModules();
  fresh = await import('../../../src/schemes/shoup-rsa/exponentiation.js');
});

/** The exponents that go to bigint while `run` runs. */
async function bigIntExponents(run: () => void): Promise<readonly bigint[]> {
  const { modularPower: spied } = await import('../../../src/schemes/shoup-rsa/modular-power.js');
  const { mock } = vi.mocked(spied);
  const before = mock.calls.length;
  run();
  return mock.calls.slice(before).map(([, exponent]) => exponent);
}

interface Question {
  readonly modulus: bigint;
  readonly base: bigint;
  readonly exponent: bigint;
}

/** What an OpenSSL answers; it throws where it answers `undefined`. */
type Answer = (question: Question) => bigint | undefined;

const truth: Answer = (question) => naivePower(question.base, question.exponent, question.modulus);

async function withOpenssl(answer: Answer): Promise<string> {
  const { createDiffieHellman: mocked } = await import('node:crypto');
  vi.mocked(mocked).mockImplementation(((prime: Buffer) => {
    let exponent = 0n;
    return {
      setPrivateKey: (key: Buffer) => (exponent = bytesToBigInt(key)),
      computeSecret: (base: Buffer) => {
        const found = answer({ modulus: bytesToBigInt(prime), base: bytesToBigInt(base), exponent });
        if (found === undefined) throw new Error('refused');
        return Buffer.from(bigIntToBytes(found, prime.length));
      },
    } as unknown as DiffieHellman;
  }) as never);
  try {
    return fresh.makeExponentiation(modulus, random).backend;
  } finally {
    const real = await vi.importActual<{ createDiffieHellman: never }>('node:crypto');
    vi.mocked(mocked).mockImplementation(real.createDiffieHellman);
  }
}

function naivePower(base: bigint, exponent: bigint, mod: bigint): bigint {
  let [result, square] = [1n, base % mod];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % mod;
    square = (square * square) % mod;
  }
  return result;
}

const isEdge = ({ base, modulus: of }: Question) => base <= 1n || base === of - 1n;
const isLong = ({ exponent, modulus: of }: Question) => bitLength(exponent) > bitLength(of);

describe('OpenSSL', () => {
  it('is used where it is right, whether it answers at 0, 1 and N - 1 or not', async () => {
    expect(fresh.makeExponentiation(modulus, random).backend).toBe('openssl');
    expect(await withOpenssl(truth)).toBe('openssl');
    expect(await withOpenssl((asked) => (isEdge(asked) ? undefined : truth(asked)))).toBe('openssl');
  });

  const lie = (isLied: (question: Question) => boolean, answer: Answer = () => 5n): Answer => {
    return (asked) => (isLied(asked) ? answer(asked) : truth(asked));
  };
  const silence: Answer = () => undefined;
  const truncated: Answer = (asked) =>
    truth({ ...asked, exponent: asked.exponent % 2n ** BigInt(bitLength(asked.modulus)) });

  it.each<[string, Answer]>([
    ['answers nothing', silence],
    ['answers 0 to everything', () => 0n],
    ['errs about 0', lie(({ base }) => base === 0n)],
    ['errs about 1', lie(({ base }) => base === 1n)],
    ['errs about N - 1', lie(({ base, modulus: of }) => base === of - 1n)],
    ['errs about the exponent 1', lie(({ exponent }) => exponent === 1n)],
    ['errs about the exponent 65537', lie(({ exponent }) => exponent === 65537n)],
    ['errs about small bases', lie(({ base }) => base === 2n)],
    ['errs about large bases', lie(({ base }) => bitLength(base) > 100)],
    ['cuts exponents that are longer than any modulus', lie(isLong, truncated)],
    [
      'cuts exponents that are longer than this modulus',
      lie((asked) => asked.modulus === modulus && isLong(asked), truncated),
    ],
    ['errs about short exponents of this modulus', lie((asked) => asked.modulus === modulus && !isLong(asked))],
    [
      'errs about long exponents of this modulus',
      lie(
        (asked) => asked.modulus === modulus && isLong(asked),
        ({ exponent }) => exponent % modulus,
      ),
    ],
    [
      'is silent about long exponents of this modulus',
      lie((asked) => asked.modulus === modulus && isLong(asked), silence),
    ],
    ['errs about every other modulus', lie((asked) => asked.modulus !== modulus)],
  ])('is left where it %s', async (_, answer) => {
    expect(await withOpenssl(answer)).toBe('bigint');
  });

  it('is left where it takes no modulus, or not this one', async () => {
    const { createDiffieHellman: mocked } = await import('node:crypto');
    const refusing = () => {
      throw new Error('refused');
    };
    vi.mocked(mocked).mockImplementationOnce(refusing);
    expect(fresh.makeExponentiation(modulus, random).backend).toBe('bigint');
    vi.mocked(mocked).mockImplementationOnce(refusing);
    expect(fresh.opensslExponentiation(modulus)).toBeUndefined();
  });

  it('is not asked below 512 bits, where it answers 0 without saying so, which may even be right for its self-test', () => {
    // 0 is what every power of a third of it is.
    const of511 = 9n * 15n ** 129n + (2n ** 510n - ((2n ** 510n + 9n * 15n ** 129n) % 18n)) + 9n;
    expect([bitLength(of511), of511 % 18n]).toEqual([511, 9n]);
    expect(fresh.opensslExponentiation(of511)).toBeUndefined();
    expect(fresh.makeExponentiation(of511, random).power(2n, of511)).toBe(naivePower(2n, of511, of511));
  });

  it('computes all powers but those of public exponents below 256, and of what it refuses', async () => {
    const tried = fresh.makeExponentiation(modulus, random);
    const asBytes = (exponent: bigint) => bigIntToBytes(exponent, 130);
    const exponents = [1n, 255n, 256n, modulus, modulus + 3n];
    const computedByBigInt = await bigIntExponents(() => {
      for (const exponent of exponents) {
        const expected = naivePower(7n, exponent, modulus);
        expect([
          tried.power(7n, exponent),
          tried.powerOfBytes(7n, asBytes(exponent)),
          tried.powerPublic(7n, exponent),
        ]).toEqual([expected, expected, expected]);
      }
    });
    expect(computedByBigInt).toEqual([1n, 255n]);
    expect(await bigIntExponents(() => tried.power(1n, 77n))).toEqual([77n]);
    expect(await bigIntExponents(() => tried.powerOfBytes(modulus - 1n, asBytes(78n)))).toEqual([78n]);
  });
});

describe('bigint', () => {
  it('sees no secret exponent as it is, but of a base that is no unit', async () => {
    const tried = fresh.bigIntExponentiation(modulus, random);
    const seen = await bigIntExponents(() => {
      tried.power(5n, 77n);
      tried.powerOfBytes(5n, Uint8Array.of(77));
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).not.toContain(77n);
    expect(await bigIntExponents(() => tried.power(safePrimes1024.p, 77n))).toContain(77n);
  });
});
