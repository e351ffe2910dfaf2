/**
 * Samples of what is measured side by side: all lines of a table in turn in every round, so that whatever else the machine does
 * falls on all of them; medians. Ratios are best taken of CPU time: where others use the machine as well, what takes longer is
 * interrupted more often.
 */
import { E, type Either } from '../src/prelude/fp.js';

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The lines of one table, each with its samples. */
export class Table {
  private readonly samples = new Map<string, Sample[]>();

  get lines(): readonly string[] {
    return [...this.samples.keys()];
  }

  measure<A>(line: string, work: () => A): A {
    const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
    const result = work();
    const { user, system } = process.cpuUsage(cpu);
    this.add(line, { wallMs: Number(process.hrtime.bigint() - start) / 1e6, cpuMs: (user + system) / 1e3 });
    return result;
  }

  /** Takes what was measured elsewhere. */
  add(line: string, sample: Sample): void {
    const taken = this.samples.get(line) ?? [];
    taken.push(sample);
    this.samples.set(line, taken);
  }

  median(line: string, of: keyof Sample): number {
    const sorted = (this.samples.get(line) ?? []).map((sample) => sample[of]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  /** How much of `of` a line takes for each that `unit` takes. */
  ratio(line: string, unit: string, of: keyof Sample): number {
    return this.median(line, of) / this.median(unit, of);
  }
}

/** What is there if nothing went wrong; benchmarks have no other way to go on. */
export function right<L, A>(either: Either<L, A>): A {
  if (E.isRight(either)) return either.right;
  throw new Error(JSON.stringify(either.left));
}
