/** What a link may cost before anybody has proved anything, and after. */
import type { Digest } from '../prelude/digest.js';

export interface LinkLimits {
  /** Of one frame's body, in bytes. The same on all servers: a larger frame ends the link that it came on. */
  readonly maxFrameBytes: number;
  /** The same of what an application may send to a server: so much is reserved for each that claims it. */
  readonly maxClientFrameBytes: number;
  /** What may wait for one other side, in bytes. For servers the newest frames are dropped beyond it; a client is cut off. */
  readonly maxPendingBytes: number;
  /** From the first packet to the end of the handshake. */
  readonly handshakeMs: number;
  /** A link on which nothing was sent for so long carries a ping; one on which nothing came for four times as long is dead. */
  readonly pingMs: number;
  /** Connections that have not finished the handshake; beyond it the oldest goes. */
  readonly maxUnproved: number;
  /** Connections of applications. Where there are as many, one that has fewer than another takes the place of the other's oldest. */
  readonly maxClients: number;
  /** The first wait before a server dials again, and the longest. */
  readonly redialMinMs: number;
  readonly redialMaxMs: number;
}

export const defaultLimits: LinkLimits = {
  maxFrameBytes: 16 << 20,
  maxClientFrameBytes: 2 << 20,
  maxPendingBytes: 64 << 20,
  handshakeMs: 5_000,
  pingMs: 2_000,
  maxUnproved: 64,
  maxClients: 256,
  redialMinMs: 50,
  redialMaxMs: 2_000,
};

/** What both sides of a link must have in common. */
export interface LinkContext {
  readonly allianceId: Digest;
  /** Digest of alliance.json. */
  readonly configurationDigest: Digest;
  /** Of that alliance.json: sides of different epochs have different ones. */
  readonly epoch: number;
}

/** PEM texts that prove an identity to others. */
export interface Credentials {
  readonly certificate: string;
  /** PKCS#8. */
  readonly privateKey: string;
}
