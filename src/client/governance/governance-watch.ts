/** Tells what happens in management: looks when the log has brought an act, and now and then. */
import { E } from '../../prelude/fp.js';
import type { Delivered } from '../../consensus/delivery.js';
import { isAct } from '../../services/membership/commands.js';
import type { Overview } from '../../services/membership/view-shapes.js';
import { changesBetween, type GovernanceChange } from './changes-seen.js';
import type { AskError } from './errors.js';
import type { GovernanceClient } from './governance-client.js';

export interface WatchParts {
  readonly client: Pick<GovernanceClient, 'ask'>;
  /** Hears what has happened, and how things are since. First, with nothing that has happened, how they are. */
  readonly onChange: (changes: readonly GovernanceChange[], now: Overview) => void;
  /** A look that failed; there will be another. */
  readonly onTrouble?: (error: AskError) => void;
  /** The longest between two looks. */
  readonly everyMs?: number;
}

/** Acts that come close together are looked at together. */
const togetherMs = 100;
const usuallyEveryMs = 5000;

export class GovernanceWatch {
  private last: Overview | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private isDue = false;
  private isClosed = false;

  constructor(private readonly parts: WatchParts) {
    this.lookIn(0);
  }

  /** What the log has brought, as a client's `onRange` hears it that `hearsServices`: commands of everybody. */
  hear(delivered: readonly Delivered[]): void {
    if (!delivered.some(({ command }) => isAct(command))) return;
    if (this.isLooking) this.isDue = true;
    else this.lookIn(togetherMs);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private lookIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), ms);
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    const seen = await this.parts.client.ask('overview');
    this.isLooking = false;
    if (this.isClosed) return;
    // First, so that a listener that throws ends no watching.
    this.lookIn(this.isDue ? togetherMs : (this.parts.everyMs ?? usuallyEveryMs));
    this.isDue = false;
    if (E.isLeft(seen)) this.parts.onTrouble?.(seen.left);
    else this.tell(seen.right);
  }

  private tell(now: Overview): void {
    const { last } = this;
    this.last = now;
    const changes = last === undefined ? [] : changesBetween(last, now);
    if (last === undefined || changes.length > 0) this.parts.onChange(changes, now);
  }
}
