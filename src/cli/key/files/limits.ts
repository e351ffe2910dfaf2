/** How much a key command reads. */

/** Of what is signed, deciphered or verified: it is held in memory as a whole. */
export const maxInputBytes = 1 << 30;

/** Of a signature: a multisignature of many holders is the longest. */
export const maxSignatureBytes = 1 << 22;
