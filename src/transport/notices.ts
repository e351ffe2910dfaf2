/** Log lines that strangers and redials can cause, few enough to be read. */

const repeatMs = 60_000;
const maxKeys = 1000;

interface Said {
  readonly line: string;
  readonly atMs: number;
}

export class Notices {
  private readonly said = new Map<string, Said>();

  constructor(
    private readonly log: (line: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Logs `line`, unless it was the last one about `subject` within a minute, or came within `minGapMs` of the last.
   * Returns whether it was logged.
   */
  say(subject: string, line: string, minGapMs = 0): boolean {
    const atMs = this.now();
    const last = this.said.get(subject);
    const age = last === undefined ? Number.POSITIVE_INFINITY : atMs - last.atMs;
    if (age < minGapMs || (last?.line === line && age < repeatMs)) return false;
    if (this.said.size >= maxKeys) this.said.clear();
    this.said.set(subject, { line, atMs });
    this.log(line);
    return true;
  }

  /** The next line about `subject` is news again. */
  forget(subject: string): void {
    this.said.delete(subject);
  }
}
