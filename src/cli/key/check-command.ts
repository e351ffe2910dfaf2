/** What to type to check a signature with software that is not ours. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import { keyFileNames } from './key-layout.js';

interface Files {
  readonly public: string;
  readonly in: string;
  readonly out: string;
}

const pssOptions = ' -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32';

/** openssl's command where the key is one for openssl and its PEM lies beside it; otherwise koinon's own. */
export async function checkCommand(key: AlliancePublicKey, files: Files): Promise<string> {
  const pem = key._tag === 'shoup-rsa' ? await findPem(files.public) : undefined;
  const [input, signature] = [quoted(files.in), quoted(files.out)];
  if (key._tag !== 'shoup-rsa' || pem === undefined || files.in === '-') {
    return `koinon key verify --public ${quoted(files.public)} --in ${input} --sig ${signature}`;
  }
  const options = key.algorithm === 'PS256' ? pssOptions : '';
  return `openssl dgst -sha256${options} -verify ${quoted(pem)} -signature ${signature} ${input}`;
}

/** The PEM file of a key that was named by its directory or by its public file. */
async function findPem(publicKey: string): Promise<string | undefined> {
  for (const directory of [publicKey, dirname(publicKey)]) {
    const path = join(directory, keyFileNames.pem);
    if (await isFile(path)) return path;
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** As one word of a shell. */
function quoted(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
