/** A set of states of equal width, 16-bit words in one array, found by open addressing: no object a state. */

export class StateTable {
  private words: Uint16Array;
  private slots = new Int32Array(1 << 10);
  private count = 0;

  constructor(private readonly width: number) {
    this.words = new Uint16Array(width << 9);
  }

  get size(): number {
    return this.count;
  }

  /** Whether the state is new. */
  add(state: Uint16Array): boolean {
    if (2 * (this.count + 1) > this.slots.length) this.grow();
    const slot = this.find(state, 0);
    if (this.slots[slot] !== 0) return false;
    this.words.set(state, this.count * this.width);
    this.count += 1;
    this.slots[slot] = this.count;
    return true;
  }

  /** Copies the state at `index`, in the order of insertion, into `into`. */
  read(index: number, into: Uint16Array): void {
    const start = index * this.width;
    for (let word = 0; word < this.width; word++) into[word] = this.words[start + word] ?? 0;
  }

  private find(state: Uint16Array, start: number): number {
    const mask = this.slots.length - 1;
    let slot = this.hash(state, start) & mask;
    for (;;) {
      const entry = this.slots[slot] ?? 0;
      if (entry === 0 || this.isAt(entry - 1, state, start)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private hash(state: Uint16Array, start: number): number {
    let hash = 0x811c9dc5;
    for (let word = 0; word < this.width; word++) hash = Math.imul(hash ^ (state[start + word] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    return (hash ^ (hash >>> 12)) >>> 0;
  }

  private isAt(index: number, state: Uint16Array, start: number): boolean {
    const at = index * this.width;
    for (let word = 0; word < this.width; word++) if (this.words[at + word] !== state[start + word]) return false;
    return true;
  }

  private grow(): void {
    const words = new Uint16Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    this.slots = new Int32Array(this.slots.length * 2);
    for (let index = 0; index < this.count; index++) {
      this.slots[this.find(this.words, index * this.width)] = index + 1;
    }
  }
}
