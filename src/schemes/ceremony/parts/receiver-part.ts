/**
 * What a receiver does with its secrets: it opens its box of every deal with the one-time key that it made for that dealer,
 * forgets the key, keeps the sub-shares that are right, and complains of what is not. In the end it adds them up.
 */
import { E } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { type Complaint, openDeal } from '../rounds/complaint.js';
import { type OneTimeKeys, publicKeysOf } from '../sealing/one-time-key.js';
import { type CeremonySetting, rowsOf } from '../setting.js';
import type { Settlement } from '../settlement.js';
import type { SubShares } from '../sealing/sub-shares.js';
import type { Transcript } from '../transcript.js';

export class ReceiverPart<G, Key> {
  readonly #keys: OneTimeKeys;
  readonly #good = new Map<ProcessId, SubShares>();
  readonly #bad = new Set<ProcessId>();

  /** @param keys - announced for the dealers. Erased here. */
  constructor(
    private readonly setting: CeremonySetting<G, Key>,
    private readonly me: ProcessId,
    keys: OneTimeKeys,
  ) {
    this.#keys = keys;
  }

  get publicKeys(): ReadonlyMap<ProcessId, Uint8Array> {
    return publicKeysOf(this.#keys);
  }

  /** Opens the boxes of deals that it has not opened before; what is wrong with them is returned once. */
  examine({ deals, rules }: Transcript<G, Key>): readonly Complaint[] {
    const dealing = present(rules, 'there are deals to examine');
    return [...deals].flatMap(([dealer, deal]): Complaint[] => {
      if (this.#good.has(dealer) || this.#bad.has(dealer)) return [];
      const key = present(this.#keys.get(dealer), 'a key for every dealer');
      const secret = key.reveal();
      key.erase();
      const opened = openDeal(this.setting, dealing, deal, { from: dealer, to: this.me, secret });
      if (E.isLeft(opened)) {
        this.#bad.add(dealer);
        return [{ dealer, secret }];
      }
      secret.fill(0);
      this.#good.set(dealer, opened.right);
      return [];
    });
  }

  /**
   * The shares of the next key by row. `undefined` while some deal that stands gave it nothing good, or where the sum is no share.
   *
   * @param old - the share of each row before a refresh; 0 in all else.
   */
  sharesOf(
    { combination, dealers, key }: Settlement<G, Key>,
    old: (row: number) => bigint,
  ): ReadonlyMap<number, bigint> | undefined {
    if (!dealers.every((dealer) => this.#good.has(dealer))) return undefined;
    const shares = new Map<number, bigint>();
    for (const row of rowsOf(this.setting.scheme.next, this.me)) {
      const sum = combination.contributions.reduce((total, { dealer, dealing, weight }) => {
        const subShare = this.#good.get(dealer)?.[dealing]?.get(row);
        return total + weight * present(subShare, 'a sub-share of every row of every dealing');
      }, 0n);
      const share = key.shareOf(row, sum, old(row));
      if (share === undefined) return undefined;
      shares.set(row, share);
    }
    return shares;
  }

  erase(): void {
    for (const key of this.#keys.values()) key.erase();
    this.#good.clear();
  }
}
