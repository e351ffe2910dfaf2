/** Complains about view after view, far ahead too, to one process at a time: it wants to drag that one away from the rest (D1). */
import { timeoutStatement } from '../../../src/consensus/statement.js';
import type { MakeAdversary, Powers } from './adversary.js';

export const complainer: MakeAdversary = (powers) => ({
  tick: () => {
    const { random, everyone } = powers;
    const victim = random.chance(0.8) ? everyone[everyone.length - 1] : random.pick(everyone);
    if (victim !== undefined) complain(powers, victim);
  },
});

function complain({ config, random, send, view }: Powers, victim: Parameters<Powers['send']>[0]): void {
  const { allianceId, epoch, identities, me } = config;
  const about = random.chance(0.1) ? 2 ** 53 - 1 : view() + random.between(0, 3);
  const signature = identities.sign(timeoutStatement({ allianceId, epoch, keyId: identities.keyId }, about));
  send(victim, { _tag: 'Timeouts', timeouts: [{ from: me, view: about, signature }], evidence: [] });
}
