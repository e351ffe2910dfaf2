/** What the cluster benchmark compares: replicated services of several processes that take one write after another. */
export interface Subject {
  readonly name: string;
  /** Of its server processes. */
  readonly pids: readonly number[];
  /** Resolves when the write is decided, durable and answered. */
  put(value: Uint8Array): Promise<void>;
  /** Milliseconds from the answer to the certificate, of the writes since the last call; empty where there is none. */
  takeCertificateLags(): readonly number[];
  /** Slots, or whatever is agreed on at once, since the last call; `undefined` where nobody says. */
  takeSlots(): Promise<number | undefined>;
  close(): Promise<void>;
}
