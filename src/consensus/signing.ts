/** Alliance-key shares are slow to make, so they are asked for; here is who asked for which. */
import { toHex } from '../prelude/bytes.js';
import { digest } from '../prelude/digest.js';
import { assertNever } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import type { Context } from './context.js';
import type { Event } from './event.js';
import type { SigningTask } from './state.js';

/** Has `statement` signed for the processes of `task`, or joins them to those who already wait for it. */
export function requestShare(c: Context, statement: Uint8Array, task: SigningTask): void {
  const isProven = task._tag !== 'decided' || task.isProven;
  const key = keyOf(statement, isProven);
  const known = c.state.signing.get(key);
  if (known !== undefined) {
    for (const process of task.for) known.for.add(process);
    return;
  }
  c.state.signing.set(key, task);
  c.emit({ _tag: 'Sign', statement, isProven });
}

function keyOf(statement: Uint8Array, isProven: boolean): string {
  return `${toHex(digest(statement))} ${isProven}`;
}

/** Whether a share of DECIDED is being made for `process`: one at a time, so that asking cannot cost more than answering. */
export function isBeingServed(c: Context, process: ProcessId): boolean {
  return [...c.state.signing.values()].some((task) => task._tag === 'decided' && task.for.has(process));
}

/** Sends a share that has been made to everyone who waits for it. */
export function onSigned(c: Context, { statement, isProven, share }: Extract<Event, { _tag: 'Signed' }>): void {
  const key = keyOf(statement, isProven);
  const task = c.state.signing.get(key);
  c.state.signing.delete(key);
  if (task === undefined || share === undefined) return;
  switch (task._tag) {
    case 'decided':
      for (const process of task.for) c.send(process, { _tag: 'Attested', ...task.prefix, share });
      return;
    case 'progress':
      for (const process of task.for) c.send(process, { _tag: 'Certified', progress: task.progress, share });
      return;
    case 'handoff':
      if (c.state.handover !== undefined) c.state.handover.share = share;
      for (const process of task.for) c.send(process, { _tag: 'HandoffShare', share });
      return;
    default:
      assertNever(task);
  }
}
