/**
 * Keys from passphrases: scrypt (RFC 7914) stretches a passphrase to a master key, and HKDF-SHA-256 (RFC 5869) draws from that
 * a key for each file. The salt is drawn for every command that seals, and a file's key depends on its public part as well, so
 * each key seals once.
 */
import { hkdfSync, scrypt } from 'node:crypto';
import { utf8 } from '../../prelude/bytes.js';
import { digest } from '../../prelude/digest.js';
import type { RandomBytes } from '../../prelude/random.js';

/** The public parameters of scrypt. */
export interface Sealing {
  readonly kdf: 'scrypt';
  /** Cost: a power of two; 128 n r bytes of memory. */
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
}

/** What a file may ask for: not so little that guessing is cheap, not so much that reading it exhausts a machine. */
export const sealingLimits = { minCost: 1 << 15, maxCost: 1 << 18, r: 8, maxParallelism: 4, saltLength: 32 } as const;

/** 128 MiB and a third of a second. */
const usualCost = 1 << 17;

const keyLength = 32;
const fileKeyInfo = utf8('koinon sealed key share v1');

/** Fresh parameters. @param cost - n; what is usual if absent. */
export function drawSealing(random: RandomBytes, cost: number = usualCost): Sealing {
  return { kdf: 'scrypt', n: cost, r: sealingLimits.r, p: 1, salt: random(sealingLimits.saltLength) };
}

/** Secret: what a passphrase becomes under one set of parameters. Serves all files that have them. */
export class MasterKey {
  readonly #key: Uint8Array;

  private constructor(
    readonly sealing: Sealing,
    key: Uint8Array,
  ) {
    this.#key = key;
  }

  /** Takes as long as the parameters say. Does not keep `passphrase`. */
  static derive(passphrase: Uint8Array, sealing: Sealing): Promise<MasterKey> {
    const { n, r, p, salt } = sealing;
    const options = { N: n, r, p, maxmem: 128 * r * (n + p + 2) };
    return new Promise((resolve, reject) => {
      scrypt(passphrase, salt, keyLength, options, (error, key) => {
        if (error === null) resolve(new MasterKey(sealing, key));
        else reject(error);
      });
    });
  }

  /** The key of the file with this public part. */
  fileKey(publicPart: Uint8Array): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#key, digest(publicPart), fileKeyInfo, keyLength));
  }

  erase(): void {
    this.#key.fill(0);
  }
}
