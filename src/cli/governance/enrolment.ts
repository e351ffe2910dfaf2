/** Whether servers still know the application for which a command asks: one that was dismissed is answered by nobody. */
import type { ProcessId } from '../../prelude/process.js';
import type { QuorumSystem } from '../../quorum/quorum-system.js';

/** As servers say it when they close a link. */
const refusal = (id: ProcessId): string => `application ${id} is not enrolled`;

/** Believes servers of which one must be correct. */
export class Enrolment {
  private readonly denying = new Set<ProcessId>();
  private end: (() => void) | undefined;
  /** Resolves once it is sure that the application is not enrolled. */
  readonly denied = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  constructor(
    private readonly id: ProcessId,
    private readonly system: QuorumSystem,
  ) {}

  /** What the newest link of a server ended with. */
  hear(server: ProcessId, reason: string): void {
    if (reason.endsWith(refusal(this.id))) this.denying.add(server);
    else this.denying.delete(server);
    const { processes } = this.system;
    const known = [...this.denying].filter((id) => processes.has(id));
    if (this.system.containsCorrect(processes.universe.of(known))) this.end?.();
  }
}
