/** What a run did, told to people. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { Message } from '../../../src/consensus/message.js';

export function storyLine(nowMs: number, process: ProcessId, effect: Effect): string {
  return `${nowMs.toFixed(1)} ${process} ${effect._tag}${aboutEffect(effect)}`;
}

function aboutMessage(message: Message): string {
  const { view, slot } = message as { view?: number; slot?: number };
  return `${view === undefined ? '' : ` v${view}`}${slot === undefined ? '' : ` s${slot}`}`;
}

function aboutEffect(effect: Effect): string {
  switch (effect._tag) {
    case 'Send':
      return ` ${effect.message._tag}${aboutMessage(effect.message)} to ${effect.to.join(' ')}`;
    case 'Decide':
      return ` s${effect.slot} ${effect.path}`;
    case 'View':
      return ` v${effect.view}`;
    case 'Persist':
      return ` ${effect.record._tag}`;
    case 'Blame':
      return ` ${effect.process} ${effect.fault._tag === 'InvalidMessage' ? effect.fault.reason : effect.fault._tag}`;
    default:
      return '';
  }
}
