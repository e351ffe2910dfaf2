/** What the alliance key's signer answers to a machine. */
import type { Effect } from '../../../src/consensus/effect.js';
import type { Event } from '../../../src/consensus/event.js';
import { E } from '../../../src/prelude/fp.js';
import type { DistributedSigner } from '../../../src/schemes/contract/distributed-signer.js';

export function outcomeOf(
  effect: Extract<Effect, { _tag: 'Sign' | 'Combine' | 'Verify' }>,
  signer: DistributedSigner,
): Event {
  const { statement } = effect;
  switch (effect._tag) {
    case 'Sign': {
      const signed = effect.isProven ? signer.proveShare(statement) : signer.signShare(statement);
      const share = E.isRight(signed) ? signed.right : undefined;
      return { _tag: 'Signed', statement, isProven: effect.isProven, share };
    }
    case 'Combine':
      return { _tag: 'Combined', statement, result: signer.combine(statement, effect.shares) };
    case 'Verify':
      return { _tag: 'Verified', statement, isValid: signer.verify(statement, effect.signature) };
  }
}
