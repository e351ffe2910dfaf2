/** What a contributor to a masked-quotient reshare does before it deals: its keys and masks, each step when its round has come. */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { OneTimeKey } from '../sealing/one-time-key.js';
import { QuotientContributor, type QuotientDealing } from '../quotient/contributor.js';
import type { QuotientTranscript } from '../quotient/transcript.js';
import type { CeremonySetting } from '../setting.js';
import type { Transcript } from '../transcript.js';

export class MaskPart<G, Key> {
  readonly #keys: ReadonlyMap<ProcessId, OneTimeKey>;
  #contributor: QuotientContributor<G, Key> | undefined;

  /** @param peers - the other old holders; none in other kinds of ceremonies. */
  constructor(
    private readonly setting: CeremonySetting<G, Key>,
    private readonly me: ProcessId,
    peers: readonly ProcessId[],
    private readonly random: RandomBytes,
  ) {
    this.#keys = new Map(peers.map((peer) => [peer, new OneTimeKey(random)]));
  }

  /** To be announced, by old holder. */
  get publicKeys(): ReadonlyMap<ProcessId, Uint8Array> {
    return new Map([...this.#keys].map(([peer, { publicKey }]) => [peer, publicKey]));
  }

  /** The body of MASKS. */
  masks(transcript: Transcript<G, Key>, shares: ReadonlyMap<number, bigint>): Uint8Array {
    return this.contributor(shares).masks(transcript, quotientOf(transcript));
  }

  /** The body of CONFIRM. The last contributor draws no masks, and begins here. */
  confirm(transcript: Transcript<G, Key>, shares: ReadonlyMap<number, bigint>): Uint8Array {
    const quotient = quotientOf(transcript);
    if (this.#contributor === undefined) this.masks(transcript, shares);
    return this.contributor(shares).confirm(quotient);
  }

  /** Its part of the quotient. One that contributes alone begins here. */
  split(transcript: Transcript<G, Key>, shares: ReadonlyMap<number, bigint>): QuotientDealing {
    return this.contributor(shares).split(quotientOf(transcript));
  }

  erase(): void {
    for (const key of this.#keys.values()) key.erase();
    this.#contributor?.erase();
    this.#contributor = undefined;
  }

  private contributor(shares: ReadonlyMap<number, bigint>): QuotientContributor<G, Key> {
    this.#contributor ??= new QuotientContributor(this.setting, { me: this.me, shares, keys: this.#keys }, this.random);
    return this.#contributor;
  }
}

function quotientOf<G, Key>({ quotient }: Transcript<G, Key>): QuotientTranscript<G> {
  return present(quotient, 'who contributes is known once the keys are in');
}
