/** Wycheproof's ciphertexts of RSA-OAEP with SHA-256, where they are at hand. */
import { vectors } from '../../support/vectors.js';

interface OaepGroup {
  readonly privateKeyPem: string;
  readonly privateKey: { readonly prime1: string; readonly prime2: string; readonly publicExponent: string };
  readonly tests: readonly OaepTest[];
}

interface OaepTest {
  readonly tcId: number;
  readonly comment: string;
  readonly msg: string;
  readonly ct: string;
  readonly label: string;
  readonly result: 'valid' | 'invalid';
}

const file = vectors('wycheproof/rsa_oaep_2048_sha256_mgf1sha256_test.json') as
  | { readonly testGroups: readonly OaepGroup[] }
  | undefined;

/** None where the vectors are missing. */
export const oaepGroups: readonly OaepGroup[] = file?.testGroups ?? [];
