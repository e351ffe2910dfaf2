/** The alliance key of one server, behind the event loop: each operation runs in a turn of its own, one after another. */
import { E } from '../prelude/fp.js';
import type { DistributedSigner } from '../schemes/distributed-signer.js';
import type { AllianceKey } from './replica.js';

/** Runs the signer's work in line, so each operation holds up the event loop once, for as long as it takes. */
export function inlineAllianceKey(signer: DistributedSigner): AllianceKey {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <A>(work: () => A): Promise<A> => {
    const done = last.then(
      () =>
        new Promise<A>((resolve, reject) => {
          setImmediate(() => {
            try {
              resolve(work());
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
        }),
    );
    last = done.catch(() => undefined);
    return done;
  };
  return {
    sign: (statement) =>
      inTurn(() => {
        const share = signer.signShare(statement);
        return E.isRight(share) ? share.right : undefined;
      }),
    combine: (statement, shares) => inTurn(() => signer.combine(statement, shares)),
  };
}
