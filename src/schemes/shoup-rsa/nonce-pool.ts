/**
 * Commitment halves of share proofs, made ahead of need: r and |v^r| do not depend on what will be signed. Two proofs with one
 * r give the share away, exactly. So a nonce is taken out before it is used, and lives in this object alone: there is no way
 * to write it down, to copy it or to put it back, and a process that starts again starts without (spec/schemes.md, "Nonces"). What copies the memory of a running process copies its nonces: a server that is resumed from a snapshot of
 * its machine must be started afresh.
 */

/** r, and |v^r|. Secret until the proof that it serves is out, r also then. */
export interface ProofNonce {
  readonly nonce: bigint;
  /** |v^r|. */
  readonly base: bigint;
}

/** More are not kept for any row. */
export const maxReadyNonces = 256;

/** Nonces by row, each taken once. */
export class NoncePool {
  readonly #ready = new Map<number, ProofNonce[]>();

  /** How many more proofs of every one of `rows` find a nonce. */
  readyCount(rows: readonly number[]): number {
    return rows.reduce((least, row) => Math.min(least, this.#ready.get(row)?.length ?? 0), maxReadyNonces);
  }

  /** Keeps a nonce that nothing else holds. */
  add(row: number, nonce: ProofNonce): void {
    const nonces = this.#ready.get(row) ?? [];
    nonces.push(nonce);
    this.#ready.set(row, nonces);
  }

  /** Takes a nonce out for good. */
  take(row: number): ProofNonce | undefined {
    return this.#ready.get(row)?.pop();
  }
}
