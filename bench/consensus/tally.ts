/** What happened how often, by name. */
export class Tally {
  private readonly counts = new Map<string, number>();

  get names(): readonly string[] {
    return [...this.counts.keys()];
  }

  add(name: string, amount = 1): void {
    this.counts.set(name, this.of(name) + amount);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** The sum over the names that fit. */
  total(fits: (name: string) => boolean = () => true): number {
    return this.names.filter(fits).reduce((sum, name) => sum + this.of(name), 0);
  }

  clear(): void {
    this.counts.clear();
  }
}
