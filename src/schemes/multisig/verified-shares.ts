/**
 * A bounded memory of shares that were found valid, so that a share judged when it arrived is not judged again when it is
 * combined, nor once more inside the certificate. Bad shares are not remembered: they would push out the good ones.
 */
import { toHex } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';

/** Beyond this length hashing a message here costs more than the check by OpenSSL which it would save. */
const longestMessage = 2048;

const defaultCapacity = 4096;

/** What was judged: the bytes of a share by the holder at a position among the key's holders. */
export interface JudgedShare {
  readonly holder: number;
  readonly share: Uint8Array;
}

/** Forgets the oldest first. One for each key. */
export class VerifiedShares {
  private readonly known = new Set<string>();

  constructor(private readonly capacity: number = defaultCapacity) {}

  /** Whether `check` holds, asking it only where it is not remembered to have held for the same bytes. */
  remembered({ holder, share }: JudgedShare, message: Uint8Array, check: () => boolean): boolean {
    if (message.length > longestMessage) return check();
    const name = toHex(digest(new Writer().u32(holder).bytes(share).fixed(message).finish()));
    if (this.known.has(name)) return true;
    if (!check()) return false;
    this.remember(name);
    return true;
  }

  private remember(name: string): void {
    const oldest = this.known.values().next();
    if (this.known.size >= this.capacity && oldest.done !== true) this.known.delete(oldest.value);
    this.known.add(name);
  }
}
