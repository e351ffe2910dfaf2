/** Keeps one server dialled: after every end of the link, again, at growing and jittered intervals. */
import type { Connection } from './connection.js';
import { type Dial, dial } from './dial.js';
import type { LinkLimits } from './limits.js';

export interface Redial {
  /** The dial to repeat, as it is at the time. */
  readonly attempt: () => Omit<Dial, 'onEstablished' | 'onFailed'>;
  readonly limits: Pick<LinkLimits, 'redialMinMs' | 'redialMaxMs'>;
  /** The link is up. Sets the connection's handler. */
  readonly onUp: (connection: Connection) => void;
  readonly onFailed: (reason: string) => void;
}

export class Redialer {
  private delayMs: number;
  private timer: NodeJS.Timeout | undefined;
  private abandon: (() => void) | undefined;
  private stopped = false;

  constructor(private readonly options: Redial) {
    this.delayMs = options.limits.redialMinMs;
    this.dial();
  }

  /** Dials again after a pause; to be called when the link that was up has ended. */
  again(): void {
    if (this.stopped) return;
    const { redialMaxMs } = this.options.limits;
    const pauseMs = this.delayMs * (0.5 + Math.random() / 2);
    this.delayMs = Math.min(2 * this.delayMs, redialMaxMs);
    this.timer = setTimeout(() => {
      this.dial();
    }, pauseMs);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.abandon?.();
  }

  private dial(): void {
    const { onUp, onFailed, limits } = this.options;
    const attempt = this.options.attempt();
    this.abandon = dial({
      ...attempt,
      onEstablished: (connection) => {
        this.abandon = undefined;
        this.delayMs = limits.redialMinMs;
        onUp(connection);
      },
      onFailed: ({ _tag, reason }) => {
        if (this.stopped) return;
        const { host, port } = attempt.to;
        onFailed(_tag === 'Unreachable' ? `cannot reach ${host}:${port} (${reason})` : reason);
        this.again();
      },
    });
  }
}
