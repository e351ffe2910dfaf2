/** `--from`: an RSA private key from elsewhere, which is to be shared. */
import { createPrivateKey } from 'node:crypto';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { readFileBytes } from '../../server/text-files.js';
import { describeReading } from '../input-bytes.js';
import { badInput, type Failure } from '../outcome.js';
import type { ImportedKey } from './key-dealing.js';

const maxPrivateKeyBytes = 1 << 16;

/** @param acceptsUnsafe - whether primes that are not safe ones will do. */
export async function importKey(path: string, acceptsUnsafe: boolean): Promise<Either<Failure, ImportedKey>> {
  const bytes = await readFileBytes(path, maxPrivateKeyBytes, 'owner')();
  if (E.isLeft(bytes)) return badInput(describeReading(bytes.left));
  try {
    const { p, q, e } = createPrivateKey(Buffer.from(bytes.right)).export({ format: 'jwk' });
    const number = (text: string | undefined) => bytesToBigInt(Buffer.from(text ?? '', 'base64url'));
    const _tag = acceptsUnsafe ? 'imported-primes' : 'safe-primes';
    return E.right({ material: { _tag, p: number(p), q: number(q) }, exponent: number(e) });
  } catch {
    return badInput(`${path}: expected an RSA private key, unencrypted, as PKCS#8`);
  }
}
