/** A running checksum over everything that happens in a run: equal for equal histories. */
export class Trace {
  private first = 0x811c9dc5;
  private second = 0x01000193;
  length = 0;

  note(text: string): void {
    this.length += 1;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      this.first = Math.imul(this.first ^ code, 0x01000193);
      this.second = Math.imul(this.second ^ code, 0x85ebca6b);
    }
  }

  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.first = Math.imul(this.first ^ byte, 0x01000193);
      this.second = Math.imul(this.second ^ byte, 0x85ebca6b);
    }
  }

  get digest(): string {
    return [this.first, this.second].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
