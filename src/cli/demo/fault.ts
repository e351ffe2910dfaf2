/** The fault of the tour: its leader is killed in the middle of the work and started again before the end, however short that is. */
import type { ProcessId } from '../../prelude/process.js';
import type { WorkloadEvents } from './workload.js';

export interface FaultPlan {
  /** Lines that are certified before the kill, and before the new start. */
  readonly killAt: number;
  readonly restartAt: number;
  say(line: string): void;
  /** Resolves when the server is gone. */
  kill(server: ProcessId): Promise<void>;
  /** Resolves with whether the server runs. */
  start(server: ProcessId): Promise<boolean>;
}

export class Fault implements WorkloadEvents {
  /** From the kill until a line was certified that was proposed after it; 0 before. */
  recoveryMs = 0;
  private killedMs: number | undefined;
  private gone: Promise<void> = Promise.resolve();
  private restarting: Promise<boolean> | undefined;

  constructor(
    readonly victim: ProcessId,
    private readonly plan: FaultPlan,
  ) {}

  onCertified(count: number, sentMs: number): void {
    const { killAt, restartAt } = this.plan;
    if (this.killedMs === undefined && count >= killAt) this.kill(count);
    else if (this.killedMs !== undefined && this.recoveryMs === 0 && sentMs >= this.killedMs) this.recover();
    if (count >= restartAt) void this.restart(`${count} lines certified; `);
  }

  /** Resolves with whether the victim runs again. */
  end(): Promise<boolean> {
    return this.restart('');
  }

  private kill(count: number): void {
    this.killedMs = performance.now();
    this.gone = this.plan.kill(this.victim);
    this.plan.say(`${count} lines certified; ${this.victim}, the leader, is killed (SIGKILL)`);
  }

  private recover(): void {
    this.recoveryMs = performance.now() - (this.killedMs ?? 0);
    this.plan.say(`the other three go on, ${Math.round(this.recoveryMs)} ms later under another leader`);
  }

  private restart(why: string): Promise<boolean> {
    if (this.restarting === undefined) this.plan.say(`${why}${this.victim} is started again`);
    // Its port and its data are free only when it is gone.
    this.restarting ??= this.gone.then(() => this.plan.start(this.victim));
    return this.restarting;
  }
}
