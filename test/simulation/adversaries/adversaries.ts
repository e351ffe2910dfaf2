/** All adversaries by name. */
import { ambusher } from './ambusher.js';
import { badStateServer } from './bad-state-server.js';
import { badShares } from './bad-shares.js';
import { censor } from './censor.js';
import { complainer } from './complainer.js';
import { equivocator } from './equivocator.js';
import { flooder } from './flooder.js';
import { forgetful } from './forgetful.js';
import { garbage } from './garbage.js';
import { lazyLeader } from './lazy-leader.js';
import { leapfrogger } from './leapfrogger.js';
import { liar } from './liar.js';
import { lyingCheckpointer } from './lying-checkpointer.js';
import { replayer } from './replayer.js';
import { selective } from './selective.js';
import { silent } from './silent.js';
import { slowLeader } from './slow-leader.js';
import { threeFaced } from './three-faced.js';
import { twins } from './twins.js';
import { withholder } from './withholder.js';
import type { MakeAdversary } from './adversary.js';

export const adversaries = {
  equivocator,
  liar,
  silent,
  censor,
  withholder,
  selective,
  garbage,
  badShares,
  complainer,
  flooder,
  leapfrogger,
  ambusher,
  forgetful,
  lyingCheckpointer,
  replayer,
  badStateServer,
  slowLeader,
  lazyLeader,
  threeFaced,
  twins,
  /** A liar about its votes that also equivocates. */
  treacherous: (powers) => both(equivocator(powers), liar(powers)),
} as const satisfies Record<string, MakeAdversary>;

export type AdversaryName = keyof typeof adversaries;

export const adversaryNames = Object.keys(adversaries) as readonly AdversaryName[];

function both(first: ReturnType<MakeAdversary>, second: ReturnType<MakeAdversary>): ReturnType<MakeAdversary> {
  return {
    outgoing: (to, message) =>
      (first.outgoing?.(to, message) ?? [message]).flatMap((changed) => second.outgoing?.(to, changed) ?? [changed]),
    incoming: (from, message) => second.incoming?.(from, message) ?? [message],
  };
}
