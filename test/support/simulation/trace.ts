/** A running checksum over everything that happens in a run: equal for equal histories. */
const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);

export class Trace {
  private events = 0x811c9dc5;
  private contents = 0x01000193;
  length = 0;

  /** Something happens, at this time, to the process of this number, of the kind of this name. */
  note(nowMs: number, process: number, kind: string): void {
    this.length += 1;
    doubles[0] = nowMs;
    let hash = this.events;
    hash = Math.imul(hash ^ (words[0] ?? 0), 0x01000193);
    hash = Math.imul(hash ^ (words[1] ?? 0), 0x85ebca6b) ^ (hash >>> 15);
    hash = Math.imul(hash ^ process ^ (kind.length << 8) ^ (kind.charCodeAt(0) << 16), 0x01000193);
    this.events = Math.imul(hash ^ kind.charCodeAt(kind.length - 1), 0x85ebca6b) ^ (hash >>> 13);
  }

  bytes(bytes: Uint8Array): void {
    let hash = this.contents;
    for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
    this.contents = hash ^ (hash >>> 16);
  }

  get digest(): string {
    return [this.events, this.contents].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
