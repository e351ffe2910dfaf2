/** `--from`: an RSA private key from elsewhere, which is to be shared. */
import { E, type Either } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { type ImportedKey, type KeyImportError, keyMaterialFromPkcs8 } from '../../../schemes/shoup-rsa/key-import.js';
import { readFileBytes } from '../../../server/directory/text-files.js';
import { describeReading } from '../../input-bytes.js';
import { badInput, type Failure } from '../../outcome.js';
import { unsafePrimesText } from '../key-errors.js';

const maxPrivateKeyBytes = 1 << 16;

/** @param unsafePrimes - whether primes that are not safe ones will do. */
export async function importKey(path: string, unsafePrimes: boolean): Promise<Either<Failure, ImportedKey>> {
  const bytes = await readFileBytes(path, maxPrivateKeyBytes, 'owner')();
  if (E.isLeft(bytes)) return badInput(describeReading(bytes.left));
  const imported = keyMaterialFromPkcs8(bytes.right, { unsafePrimes });
  bytes.right.fill(0);
  return E.isLeft(imported) ? badInput(`${path}: ${describeImportError(imported.left)}`) : imported;
}

function describeImportError(error: KeyImportError): string {
  switch (error._tag) {
    case 'UnreadableKey':
      return 'expected an RSA private key as PKCS#8, in PEM or DER';
    case 'PublicKeyOnly':
      return 'this is a public key; the private one is to be shared';
    case 'EncryptedKey':
      return 'it is under a passphrase; take that off first (openssl pkcs8 -topk8 -nocrypt)';
    case 'NotRsa':
      return `a key of type ${error.keyType}; expected an RSA key`;
    case 'ModulusOutOfRange':
      return `a modulus of ${error.modulusBits} bits; expected ${error.min} to ${error.max}`;
    case 'MoreThanTwoPrimes':
      return 'its modulus has more than two primes; such a key cannot be shared';
    case 'InconsistentKey':
      return 'its numbers do not belong together: it is damaged';
    case 'NotSafePrimes':
      return unsafePrimesText;
    default:
      return assertNever(error);
  }
}
