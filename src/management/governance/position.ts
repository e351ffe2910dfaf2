/** Where in the log an act stands, and what consensus knows there. */
import type { Digest } from '../../prelude/digest.js';
import type { Ed25519Verify } from '../../schemes/ed25519/encoding.js';

export interface LogPosition {
  readonly slot: number;
  /** The configuration that consensus was told of last; nobody is ready for any other. */
  readonly readyFor: Digest | undefined;
  /** Places, in that configuration, of the servers whose READY consensus has taken; ascending. */
  readonly ready: readonly number[];
}

/** What judging needs besides: the same answers everywhere. */
export interface Judging {
  readonly verify: Ed25519Verify;
}
