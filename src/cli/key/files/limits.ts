/** How much a key command reads. */
import { maxSealedLength } from '../../../schemes/uses/sealed-message.js';

/** Of what is signed, deciphered or verified: it is held in memory as a whole. */
export const maxInputBytes = 1 << 30;

/** Of a time-locked file, which is longer than what is in it. */
export const maxLockedBytes = maxSealedLength + 4096;

/** Of a signature: a multisignature of many holders is the longest. */
export const maxSignatureBytes = 1 << 22;
