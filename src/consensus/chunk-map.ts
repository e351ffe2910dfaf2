/** Which chunks of a state are stored, which are on their way, and which is to be asked for next. */

export class ChunkMap {
  private readonly stored: Uint8Array;
  private count = 0;
  /** Asked for, and not returned. */
  private readonly expected = new Set<number>();
  /** Here, and not yet durable. */
  private readonly received = new Set<number>();
  /** Asked for in vain. */
  private readonly returned = new Set<number>();
  /** Every chunk below is stored, expected, received or returned. */
  private next = 0;

  constructor(private readonly chunkCount: number) {
    this.stored = new Uint8Array(Math.ceil(chunkCount / 8));
  }

  get storedCount(): number {
    return this.count;
  }

  get isComplete(): boolean {
    return this.count === this.chunkCount;
  }

  get inFlight(): number {
    return this.expected.size + this.received.size;
  }

  /** Whether chunk `index` (from 0) exists and has not come yet. */
  isMissing(index: number): boolean {
    return index < this.chunkCount && !this.isStored(index) && !this.received.has(index);
  }

  /** The next chunk that nobody was asked for; `undefined` where there is none. */
  fresh(): number | undefined {
    while (this.next < this.chunkCount && this.isStored(this.next)) this.next += 1;
    return this.next < this.chunkCount ? this.next : undefined;
  }

  /** A chunk that was asked for in vain and that satisfies `mayBeAsked`. */
  findReturned(mayBeAsked: (index: number) => boolean): number | undefined {
    for (const index of this.returned) if (mayBeAsked(index)) return index;
    return undefined;
  }

  /** The chunk is asked for: one that is fresh or returned. */
  expect(index: number): void {
    if (index === this.next) this.next += 1;
    this.returned.delete(index);
    this.expected.add(index);
  }

  /** Whoever was asked does not answer. */
  putBack(index: number): void {
    if (this.expected.delete(index)) this.returned.add(index);
  }

  /** The chunk is here. */
  receive(index: number): void {
    this.expected.delete(index);
    this.returned.delete(index);
    this.received.add(index);
  }

  /** The chunk is durable. */
  keep(index: number): void {
    this.received.delete(index);
    if (this.isStored(index)) return;
    this.stored[index >>> 3] = (this.stored[index >>> 3] ?? 0) | (1 << (index & 7));
    this.count += 1;
  }

  private isStored(index: number): boolean {
    return (((this.stored[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
  }
}
