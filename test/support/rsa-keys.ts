/** Fixed RSA keys, so that no test searches for primes. The safe primes were made by OpenSSL for this purpose and protect nothing. */
import type { SafePrimes } from '../../src/schemes/shoup-rsa/safe-primes.js';
import { vectors } from './vectors.js';

/** A 512-bit modulus, for tests that do much with it. */
export const safePrimes512: SafePrimes = {
  p: 0xcd83056d553c887272fd75cac4782845b01c5a17eba10887077f9517f09176bfn,
  q: 0xfbe0d85a821cd7bd1df5d77aa715cc741a658f9e5009b625a1823a06767524b7n,
};

/** A 1024-bit modulus. */
export const safePrimes1024: SafePrimes = {
  p: 0xfe958d1b5f3e12386ede120cfb11122cb3aaeef3d982d681acf5f4268b5994faa42ec0b2b714b847cca1ae84a181882730aad84d751850975628ff1db915c153n,
  q: 0xfe915e4a71a968ebc635fc1acc5c3cc949348d4f4aec0a17bdb1ee8cb15b7f5d95487c63c84f06439168329e85b528c5a66c9c90a44b40c9f3b9c98cede116a3n,
};

/** Another 1024-bit modulus. */
export const otherSafePrimes1024: SafePrimes = {
  p: 0xda67d4b69341c0690b863449d1b3908eca44e54d0ea43182c1c8b294e11d6f3f087e5a0f145ed6312f840c85bb914dbeb2f3643000a96041dcd7686a58ebfdc3n,
  q: 0xd061bdab581effdae7656afa3d05da7513a70dcbf0d9676d8738c8faa6890d060641678e35b324247fe27202c29ea4fa51cc7cd0f3acf58c7c8a4b29f0ce5e67n,
};

/** A 2048-bit modulus. */
export const safePrimes2048: SafePrimes = {
  p: 0xfaed1b57f1d9623885e0f936c4141b77b442cfece41362987290b0622d61c7065881fd0a5d0e4fe1aa43b54d67b454534feacc20bff69f6c5b49ee497042de3da80f1f0a98d6dbf98e3eb638a44c67c7202df95ed3ada55cbd8e36fbd6abe0941e96f9a259e0cb1817efff4141860cfcb3e98c98e50c230c0d45b5b3b21299c7n,
  q: 0xfbf6b32fea7992f3670cfee09922084764d4fb686570ac65f761c4de808dfa6cbe20ff2b35468a576773185397848bd0c828439c95532fb7041d431fba651cf9775344ed1c0467d0cafc2079a32f8cbc6bf2b23c16be5dda8951ff0b4c01e841a790dbb976c90c9558e32cd46cb450fc41699773eb7a1f370eeef87e7a05447fn,
};

/** A 3072-bit modulus. */
export const safePrimes3072: SafePrimes = {
  p: 0xf5133f04b704a5e3b04fab0a47e5efd9ac2b61bcb48c17c053d876777ec4037fc3c5b23227f4dc4a576534ebac9367a049b64eebde8ed2d0479feb29d106bc2b049f7d42ae1d78e0af55f5e5dd0b2a0b19a4130c91daffb321478c71bd9d2f2717e5be8f37ae2c75714377af9566b686941650f00fcd50d1aa395619b31941b56a5872c8b66550828df023b59704fdab7c1e8a9b7ae89b24a3af8f989abfb8a3c665e6a11126050609075c1d43a1dbfc647d149a0e6245e8015fdc0fbf1dc823n,
  q: 0xd7d30ca2b8911c2a9d92d82e0d0e0f2899f99e5062d90dc7afa03f8e258a964c4718e7eac126c70bb3bb080d959c2a3020867dabca0182581714107e7bbd703031bbc2761a0c8e138aa1414f0be6fffcb5340c1ec33d2577b46d9740f6a4944f910d4d5edd229dd86c361d22555a3360709c02635a3bce0701df02b44aac050c8e60ab7f7976d88d0271096553cb31f0ed7081487860c2c92fdc41c08a755a89a8e0a3b73b53a932be5662a9acd6e4aed468c806c17c413ec71547aae957d763n,
};

/** pretzel's key, a 2047-bit modulus; `undefined` where the outside vectors are not there. */
export function pretzelSafePrimes(): SafePrimes | undefined {
  const file = vectors('rsa-threshold/pretzel_2048_safeprime_key.json') as { p: string; q: string } | undefined;
  return file === undefined ? undefined : { p: BigInt(file.p), q: BigInt(file.q) };
}
