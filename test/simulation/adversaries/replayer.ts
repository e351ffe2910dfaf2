/**
 * Says again what it has heard: in another view, for another slot, in another epoch, to others than it was said to. Certificates,
 * permits, reports and HANDOFFs are true where they come from; nothing else makes them of use.
 */
import type { Message } from '../../../src/consensus/message.js';
import type { MakeAdversary, Powers } from './adversary.js';

/** In each epoch. */
const remembered = 60;

export const replayer: MakeAdversary = (powers) => ({
  outgoing: (_to, message) => {
    remember(powers, message);
    return [message];
  },
  incoming: (_from, message) => {
    remember(powers, message);
    return [message];
  },
  tick: () => {
    const { random, everyone, conspiracy, send, config } = powers;
    if (conspiracy.seen.length === 0) return;
    const { message } = random.pick(conspiracy.seen);
    const epoch = random.chance(0.2) ? random.pick(conspiracy.seen).epoch : config.epoch;
    send(random.pick(everyone), random.chance(0.5) ? message : moved(powers, message), epoch);
    if (random.chance(0.2)) replayHandoff(powers);
  },
});

const worthwhile: ReadonlySet<Message['_tag']> = new Set<Message['_tag']>([
  'Propose',
  'Accepted',
  'Commit',
  'Timeouts',
  'Report',
  'Certify',
  'Certified',
  'Checkpoint',
  'StableCheckpoint',
  'Certificate',
  'Range',
  'Snapshot',
  'Offer',
  'HandoffShare',
]);

function remember({ conspiracy: { seen }, config, random }: Powers, message: Message): void {
  if (!worthwhile.has(message._tag)) return;
  const heard = { epoch: config.epoch, message };
  // What belongs to epochs before is kept as long as the run lasts.
  const first = seen.findIndex(({ epoch }) => epoch === config.epoch);
  if (first < 0 || seen.length - first < remembered) seen.push(heard);
  else if (random.chance(0.2)) seen[random.between(first, seen.length - 1)] = heard;
}

/** The same certificates and signatures about another view or slot. */
function moved({ random, view, config }: Powers, message: Message): Message {
  const by = random.pick([-config.parameters.checkpointInterval, -1, 1, config.parameters.checkpointInterval]);
  const move = <Part extends { slot: number }>(part: Part): Part => ({ ...part, slot: Math.max(1, part.slot + by) });
  switch (message._tag) {
    case 'Propose':
    case 'Accepted':
    case 'Commit':
      return random.chance(0.5) ? { ...message, view: view() } : move(message);
    case 'Checkpoint':
    case 'Snapshot':
      return move(message);
    case 'Certify':
      return { ...message, view: view() };
    case 'StableCheckpoint':
      return { ...message, certificate: move(message.certificate) };
    case 'Certificate':
      return { ...message, certificate: move(message.certificate) };
    case 'Offer':
      return { ...message, certificate: move(message.certificate) };
    case 'Range':
      return { ...message, from: Math.max(1, message.from + by), certificate: move(message.certificate) };
    default:
      return message;
  }
}

function replayHandoff({ random, everyone, state, sendFrame }: Powers): void {
  const handoffs = [...state().store.view.handoffs.values()];
  if (handoffs.length === 0) return;
  const handoff = random.pick(handoffs);
  const epoch = Math.max(1, handoff.epoch + random.between(-1, 1));
  sendFrame(random.pick(everyone), { _tag: 'Handoff', handoff: { ...handoff, epoch } });
}
