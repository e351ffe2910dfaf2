/** What the deals that stand come to: the next key, and what is said to acknowledge it. */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, pipe } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Combination, NextKey } from './ceremony-scheme.js';
import type { DealRules } from './rounds/deal-rules.js';
import type { CeremonySetting } from './setting.js';
import type { Transcript } from './transcript.js';

/** The next key as things stand. Another dealer proven bad makes it another one. */
export interface Settlement<G, Key> {
  /** Whose deals stand, in the order of the log. */
  readonly dealers: readonly ProcessId[];
  readonly combination: Combination<G>;
  readonly key: NextKey<G, Key>;
  /** What a receiver posts that holds its share of the key. */
  readonly acknowledgement: Digest;
}

const noDeals: Combination<never> = { contributions: [], constant: 0n };

/** Puts the deals that stand together anew, and makes void what was acknowledged before. */
export function settle<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  rules: DealRules<G> | undefined,
): void {
  transcript.acknowledged.clear();
  const dealers = [...transcript.deals.keys()];
  transcript.settled = pipe(
    rules === undefined ? E.right(noDeals) : rules.settle(transcript.deals),
    E.chain((combination) =>
      E.map((key: NextKey<G, Key>): Settlement<G, Key> => {
        const acknowledgement = acknowledgementOf(setting, transcript, dealers, key.digest);
        return { dealers, combination, key, acknowledgement };
      })(setting.scheme.nextKey(combination)),
    ),
  );
}

/** What stands, while the last round goes on or after it has committed. */
export function settlementOf<G, Key>({ settled }: Transcript<G, Key>): Settlement<G, Key> {
  invariant(settled !== undefined && E.isRight(settled), 'what stands comes to a key, or the attempt is over');
  return settled.right;
}

const acknowledgeTag = 'koinon ceremony acknowledgement v1';

function acknowledgementOf<G, Key>(
  { id }: CeremonySetting<G, Key>,
  { dealt }: Transcript<G, Key>,
  dealers: readonly ProcessId[],
  keyDigest: Digest,
): Digest {
  const writer = new Writer().text(acknowledgeTag).fixed(id).fixed(dealt);
  writer.list(dealers, (each, dealer) => each.text(dealer));
  return digest(writer.fixed(keyDigest).finish());
}
