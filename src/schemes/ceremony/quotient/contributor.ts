/**
 * The secrets of one contributor to one attempt at a masked-quotient reshare, in the order in which it needs them: keys, masks,
 * what it received, its part of the quotient. Each step happens once; masks are gone as soon as the quotient is split, and
 * nothing here can be used for another attempt (spec/ceremonies.md).
 */
import { E } from '../../../prelude/fp.js';
import { invariant, present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { combinedSecret } from '../../sharing/combined-rows.js';
import { type OneTimeKeys, publicKeysOf } from '../sealing/one-time-key.js';
import type { CeremonySetting } from '../setting.js';
import type { Transcript } from '../transcript.js';
import { type MaskComplaint, maskedDigest, writeConfirmation } from './confirm-round.js';
import { openMask, sealMask } from './mask.js';
import { writeMasks } from './masks-round.js';
import { contributorOf, contributorsAfter, contributorsBefore } from './plan.js';
import { writeStatement } from './rules.js';
import { drawMask, maskedNumerator, splitNumerator } from './split.js';
import type { QuotientTranscript } from './transcript.js';

/** What a contributor deals, and what it publishes beside it. */
export interface QuotientDealing {
  /** Secret: goes into column 0. */
  readonly low: bigint;
  readonly attachment: Uint8Array;
}

type Step = 'masks' | 'confirm' | 'split' | 'over';

export class QuotientContributor<G, Key> {
  #step: Step = 'masks';
  readonly #keys: OneTimeKeys;
  readonly #given = new Map<ProcessId, bigint>();
  readonly #received = new Map<ProcessId, bigint>();

  /** @param keys - announced for the other old holders; none in other kinds of ceremonies. Erased here. */
  constructor(
    private readonly setting: CeremonySetting<G, Key>,
    private readonly me: ProcessId,
    keys: OneTimeKeys,
    private readonly random: RandomBytes,
  ) {
    this.#keys = keys;
  }

  get publicKeys(): ReadonlyMap<ProcessId, Uint8Array> {
    return publicKeysOf(this.#keys);
  }

  /** The body of MASKS. @param transcript - with the keys of all contributors. */
  masks(transcript: Transcript<G, Key>): Uint8Array {
    this.advance('masks', 'confirm');
    const { me } = this;
    const { plan } = quotientOf(transcript);
    const [keys, boxes] = [new Map<ProcessId, G>(), new Map<ProcessId, Uint8Array>()];
    for (const to of contributorsAfter(plan, me)) {
      const mask = drawMask(plan, this.random);
      this.#given.set(to, mask);
      keys.set(to, this.setting.scheme.commit(mask));
      const receiverKey = present(transcript.keys.get(to)?.mask.get(me), 'a key of every contributor');
      boxes.set(to, sealMask(this.setting, plan, { from: me, to, receiverKey, mask }, this.random));
    }
    return writeMasks(this.setting, { keys, boxes });
  }

  /**
   * The body of CONFIRM: all is well, or complaints about masks that are not. The last contributor draws no masks, and begins
   * here. @param transcript - with all masks.
   */
  confirm(transcript: Transcript<G, Key>): Uint8Array {
    const { me } = this;
    const quotient = quotientOf(transcript);
    const isLast = contributorsAfter(quotient.plan, me).length === 0;
    this.advance(isLast ? 'masks' : 'confirm', 'split');
    const before = contributorsBefore(quotient.plan, me);
    const complaints = before.flatMap((from): MaskComplaint[] => {
      const key = present(this.#keys.get(from), 'a key for every other holder');
      const secret = key.reveal();
      key.erase();
      const opened = openMask(this.setting, quotient, { from, to: me, secret });
      if (E.isLeft(opened)) return [{ sender: from, secret }];
      secret.fill(0);
      this.#received.set(from, opened.right);
      return [];
    });
    return writeConfirmation(before, { digest: maskedDigest(quotient), complaints });
  }

  /**
   * Splits the quotient, and forgets the masks. One that contributes alone begins here.
   *
   * @param transcript - in which all contributors have confirmed.
   * @param shares - the old shares by row.
   */
  split(transcript: Transcript<G, Key>, shares: ReadonlyMap<number, bigint>): QuotientDealing {
    const { plan, confirmed } = quotientOf(transcript);
    const isAlone = plan.contributors.length === 1;
    this.advance(isAlone ? 'masks' : 'split', 'over');
    invariant(
      isAlone || plan.contributors.every(({ process }) => confirmed.has(process)),
      'no remainder leaves before all masks are confirmed',
    );
    const own = contributorOf(plan, this.me);
    const combined = present(combinedSecret(own.factors, shares), 'a share of every own row');
    const numerator = maskedNumerator(combined, [...this.#given.values()], [...this.#received.values()]);
    this.forgetMasks();
    const { remainder, high, low } = splitNumerator(plan, numerator, this.random);
    return { low, attachment: writeStatement(plan, own, { remainder, high }) };
  }

  /** Forgets everything. Copies that the runtime made are beyond reach. */
  erase(): void {
    this.#step = 'over';
    this.forgetMasks();
    for (const key of this.#keys.values()) key.erase();
  }

  private forgetMasks(): void {
    this.#given.clear();
    this.#received.clear();
  }

  private advance(from: Step, to: Step): void {
    invariant(this.#step === from, 'a contributor takes every step of an attempt once, in their order');
    this.#step = to;
  }
}

function quotientOf<G, Key>({ quotient }: Transcript<G, Key>): QuotientTranscript<G> {
  return present(quotient, 'who contributes is known once the keys are in');
}
