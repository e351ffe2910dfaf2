/**
 * Each Byzantine process runs twice: two machines with the same keys do as the protocol says, and know nothing of each other. All
 * first machines of an organization talk to each other, and so do all second ones. Who hears which of the two is the scenario's
 * rounds', or differs by view and run.
 */
import type { Message } from '../../../src/consensus/message.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { mayPass, twinOf, unitOf } from '../../support/simulation/rounds.js';
import { Twin } from '../twins/twin.js';
import { isInOtherHalf, type MakeAdversary, type Powers } from './adversary.js';

export const twins: MakeAdversary = (powers) => {
  const { config, conspiracy } = powers;
  const { me, epoch } = config;
  const send = (to: ProcessId, message: Message): void => {
    const conspirator = conspiracy.twins.get(`${epoch} ${to}`);
    if (conspirator !== undefined)
      powers.after(0, () => {
        conspirator.feed({ _tag: 'Message', from: me, message });
      });
    else if (!powers.isByzantine(to) && isHeard(powers, to, message, twin.view, true)) powers.send(to, message);
  };
  const twin = new Twin(powers, send);
  conspiracy.twins.set(`${epoch} ${me}`, twin);
  return {
    outgoing: (to, message) =>
      powers.isByzantine(to) || isHeard(powers, to, message, powers.view(), false) ? [message] : [],
    incoming: (from, message) => {
      if (isForgotten(me, message)) return [];
      if (powers.isByzantine(from)) return [message];
      if (isHeard(powers, from, message, twin.view, true)) twin.feed({ _tag: 'Message', from, message });
      return isHeard(powers, from, message, powers.view(), false) ? [message] : [];
    },
    takes: (request) => {
      if (request.session % 2 === 1) return true;
      twin.feed({ _tag: 'Request', request });
      return false;
    },
  };
};

/** Each would halt on what the other has said. */
function isForgotten(me: ProcessId, message: Message): boolean {
  if (message._tag === 'Reminder') return true;
  return message._tag === 'Certify' && message.reports.some(({ from }) => from === me);
}

/** Whether a correct process and one of the two machines hear each other. */
function isHeard(powers: Powers, other: ProcessId, message: Message, view: number, isSecond: boolean): boolean {
  const { config, rounds } = powers;
  if (rounds === undefined) {
    const of = 'view' in message ? message.view : view;
    return message._tag === 'Timeouts' || isInOtherHalf(powers, other, of) === isSecond;
  }
  const own = isSecond ? twinOf(unitOf(config.me)) : unitOf(config.me);
  return mayPass(rounds(), message, view, [unitOf(other), own]);
}
