/**
 * Lies about the log's end and the states after it, with shares of its own over each lie: false boundaries, other chains, other
 * states, and two states for one slot, to each half of the processes one.
 */
import type { Message } from '../../../src/consensus/message.js';
import { checkpointStatement, snapshotStatement } from '../../../src/consensus/statement.js';
import { digest } from '../../../src/prelude/digest.js';
import { right } from '../../support/right.js';
import { isInOtherHalf, type MakeAdversary, type Powers } from './adversary.js';

export const lyingCheckpointer: MakeAdversary = (powers) => ({
  outgoing: (to, message) => {
    if (message._tag !== 'Checkpoint' && message._tag !== 'Snapshot') return [message];
    if (!isInOtherHalf(powers, to, message.slot)) return [message];
    return message._tag === 'Checkpoint' ? checkpointLie(powers, message) : snapshotLie(powers, message);
  },
});

function checkpointLie(
  powers: Powers,
  { slot, chain, boundary }: Extract<Message, { _tag: 'Checkpoint' }>,
): readonly Message[] {
  const { checkpointInterval, windowSlots } = powers.config.parameters;
  // The same for all conspirators.
  const lie = [
    { slot, chain, boundary: boundary === 0 ? slot + windowSlots : 0 },
    { slot, chain, boundary: slot },
    { slot, chain: digest(chain), boundary },
    { slot: slot + checkpointInterval, chain, boundary: boundary + checkpointInterval },
  ][(powers.seed + slot) % 4] ?? { slot, chain, boundary };
  const { allianceId, epoch, keys } = powers.config;
  const { slow } = keys;
  const share = right(slow.signShare(checkpointStatement({ allianceId, epoch, keyId: slow.keyId }, lie)));
  return [{ _tag: 'Checkpoint', ...lie, share }];
}

function snapshotLie(
  powers: Powers,
  { slot, chain, state }: Extract<Message, { _tag: 'Snapshot' }>,
): readonly Message[] {
  const lie = { slot, chain, state: digest(state) };
  const { allianceId, epoch, keys } = powers.config;
  const { slow } = keys;
  const share = right(slow.signShare(snapshotStatement({ allianceId, epoch, keyId: slow.keyId }, lie)));
  return [{ _tag: 'Snapshot', ...lie, share }];
}
