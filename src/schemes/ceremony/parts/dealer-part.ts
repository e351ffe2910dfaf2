/**
 * What a dealer does with its secrets: it draws the coefficients of its dealings, commits to them, and seals each receiver's
 * sub-shares. What it drew is forgotten before its message leaves.
 */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import type { Dealing } from '../../sharing/dealing.js';
import type { DealtSecret } from '../ceremony-scheme.js';
import { boxReceivers, writeDeal } from '../rounds/deal-message.js';
import { commitmentTo, fresh, proveKnowledge } from '../kinds/generation.js';
import type { QuotientDealing } from '../quotient/contributor.js';
import { sealBox } from '../sealing/sealed-box.js';
import type { CeremonySetting } from '../setting.js';
import { writeSubShares } from '../sealing/sub-shares.js';
import type { PublicDealing, Transcript } from '../transcript.js';

/** A dealing, secret, and what everybody may know of it. */
interface MadeDealing<G> {
  readonly dealing: Dealing;
  readonly open: PublicDealing<G>;
}

const noAttachment = new Uint8Array(0);

export class DealerPart<G, Key> {
  /** Where a key is generated: what was committed to and not dealt yet. */
  #prepared: MadeDealing<G> | undefined;

  constructor(
    private readonly setting: CeremonySetting<G, Key>,
    private readonly me: ProcessId,
    private readonly random: RandomBytes,
  ) {}

  /** Where a key is generated: draws the dealing, and returns the body that commits to it. */
  commit(): Uint8Array {
    const { scheme } = this.setting;
    const made = this.make(fresh, scheme.drawRoot(this.random), noAttachment);
    const root = present(made.dealing.coefficients[0], 'a column for the secret');
    const attachment = proveKnowledge(this.setting, this.me, root, made.open.commitments, this.random);
    this.#prepared = { ...made, open: { ...made.open, attachment } };
    return commitmentTo(this.setting, this.me, this.#prepared.open);
  }

  /**
   * The body of DEAL.
   *
   * @param oldShares - this process's by row.
   * @param split - in a masked-quotient reshare: what this process deals of its part of the quotient.
   */
  deal(
    transcript: Transcript<G, Key>,
    oldShares: ReadonlyMap<number, bigint>,
    split: () => QuotientDealing,
  ): Uint8Array {
    const rules = present(transcript.rules, 'what is dealt is known in DEAL');
    const secrets = rules.secretsOf(this.me);
    const made = secrets.map((secret) => this.makeFor(secret, oldShares, split));
    const boxes = boxReceivers(this.setting, transcript).map(
      (to) => [to, this.seal(transcript, secrets, made, to)] as const,
    );
    this.erase();
    return writeDeal(this.setting, { dealings: made.map(({ open }) => open), boxes: new Map(boxes) });
  }

  erase(): void {
    this.#prepared = undefined;
  }

  private makeFor(
    secret: DealtSecret,
    oldShares: ReadonlyMap<number, bigint>,
    split: () => QuotientDealing,
  ): MadeDealing<G> {
    switch (secret._tag) {
      case 'zero':
        return this.make(secret, 0n, noAttachment);
      case 'row': {
        const share = present(oldShares.get(secret.row), 'a share of every own row');
        return this.make(secret, this.setting.scheme.rootOf(share), noAttachment);
      }
      case 'fresh':
        return present(this.#prepared, 'what is dealt was committed to');
      case 'ranged': {
        const { low, attachment } = split();
        return this.make(secret, low, attachment);
      }
    }
  }

  /** @param root - for column 0. */
  private make(secret: DealtSecret, root: bigint, attachment: Uint8Array): MadeDealing<G> {
    const { scheme } = this.setting;
    const dealing = scheme.deal(scheme.formOf(secret), root, this.random);
    const commitments = dealing.coefficients.map((coefficient) => scheme.commit(coefficient));
    return { dealing, open: { commitments, attachment } };
  }

  private seal(
    { keys }: Transcript<G, Key>,
    secrets: readonly DealtSecret[],
    made: readonly MadeDealing<G>[],
    receiver: ProcessId,
  ): Uint8Array {
    const key = present(keys.get(receiver)?.deal.get(this.me), 'a key of every receiver');
    const shares = made.map(({ dealing }) => dealing.shares);
    const plaintext = writeSubShares(this.setting, secrets, receiver, shares);
    const address = { ceremonyId: this.setting.id, purpose: 'deal', sender: this.me, receiver } as const;
    const box = sealBox(address, key, plaintext, this.random);
    plaintext.fill(0);
    return box;
  }
}
