/**
 * The secrets of one contributor to one attempt at a masked-quotient reshare, in the order in which it needs them: masks, what
 * it received, its part of the quotient. Each step happens once; masks are gone as soon as the quotient is split, and nothing
 * here can be used for another attempt (spec/ceremonies.md).
 */
import { E } from '../../../prelude/fp.js';
import { invariant, present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { combinedSecret } from '../../sharing/combined-rows.js';
import type { OneTimeKey } from '../sealing/one-time-key.js';
import { type MaskComplaint, writeConfirmation } from './confirm-round.js';
import { openMask, sealMask } from './mask.js';
import { writeMasks } from './masks-round.js';
import { writeStatement } from './rules.js';
import { drawMask, maskedNumerator, splitNumerator } from './split.js';
import { contributorsAfter, contributorsBefore, type QuotientTranscript } from './transcript.js';
import type { CeremonySetting } from '../setting.js';
import type { Transcript } from '../transcript.js';

/** What a contributor deals, and what it publishes beside it. */
export interface QuotientDealing {
  /** Secret: goes into column 0. */
  readonly low: bigint;
  readonly attachment: Uint8Array;
}

/** Who contributes, and with what. */
interface ContributorSecrets {
  readonly me: ProcessId;
  /** The old shares by row. */
  readonly shares: ReadonlyMap<number, bigint>;
  /** The one-time keys that were announced for the other old holders. */
  readonly keys: ReadonlyMap<ProcessId, OneTimeKey>;
}

type Step = 'masks' | 'confirm' | 'split' | 'over';

export class QuotientContributor<G, Key> {
  #step: Step = 'masks';
  readonly #given = new Map<ProcessId, bigint>();
  readonly #received = new Map<ProcessId, bigint>();
  readonly #secrets: ContributorSecrets;

  constructor(
    private readonly setting: CeremonySetting<G, Key>,
    secrets: ContributorSecrets,
    private readonly random: RandomBytes,
  ) {
    this.#secrets = secrets;
  }

  /** The body of MASKS. @param transcript - with the keys of all contributors. */
  masks(transcript: Transcript<G, Key>, { plan }: QuotientTranscript<G>): Uint8Array {
    this.advance('masks', 'confirm');
    const { me } = this.#secrets;
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

  /** The body of CONFIRM: all is well, or complaints about masks that are not. @param quotient - with all masks. */
  confirm(quotient: QuotientTranscript<G>): Uint8Array {
    this.advance('confirm', 'split');
    const { me } = this.#secrets;
    const before = contributorsBefore(quotient.plan, me);
    const complaints = before.flatMap((from): MaskComplaint[] => {
      const key = present(this.#secrets.keys.get(from), 'a key for every other holder');
      const secret = key.reveal();
      const opened = openMask(this.setting, quotient, { from, to: me, secret });
      if (E.isLeft(opened)) return [{ sender: from, secret }];
      secret.fill(0);
      key.erase();
      this.#received.set(from, opened.right);
      return [];
    });
    return writeConfirmation(before, { digest: present(quotient.masked, 'all masks are there'), complaints });
  }

  /**
   * Splits the quotient, and forgets the masks. @param quotient - confirmed by all contributors.
   */
  split({ plan, confirmed }: QuotientTranscript<G>): QuotientDealing {
    const { me, shares } = this.#secrets;
    const isAlone = plan.contributors.length === 1;
    this.advance(isAlone ? 'masks' : 'split', 'over');
    invariant(
      isAlone || plan.contributors.every(({ process }) => confirmed.has(process)),
      'no remainder leaves before all masks are confirmed',
    );
    const own = present(
      plan.contributors.find(({ process }) => process === me),
      'a contributor',
    );
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
    for (const key of this.#secrets.keys.values()) key.erase();
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
