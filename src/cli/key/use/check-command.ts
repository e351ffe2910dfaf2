/** What to type to check a result, with software that is not ours where there is some. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import { keyFileNames } from '../files/key-layout.js';
import { type RequestOptions, requestOptionNames } from './key-request.js';

interface Made extends RequestOptions {
  readonly public: string;
  readonly out: string;
}

const pssOptions = ' -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32';

/** openssl's command where the key is one for openssl and its PEM lies beside it; else koinon's own; none for a plaintext. */
export async function checkCommand(key: AlliancePublicKey, made: Made): Promise<string | undefined> {
  if (key.usage === 'decryption') return undefined;
  const signature = quoted(made.out);
  const pem = key._tag === 'shoup-rsa' && key.usage === 'document' ? await findPem(made.public) : undefined;
  if (key._tag !== 'shoup-rsa' || pem === undefined || made.in === undefined || made.in === '-') {
    return `koinon key verify --public ${quoted(made.public)} ${requestWords(made)} --sig ${signature}`;
  }
  const options = key.algorithm === 'PS256' ? pssOptions : '';
  return `openssl dgst -sha256${options} -verify ${quoted(pem)} -signature ${signature} ${quoted(made.in)}`;
}

function requestWords(options: RequestOptions): string {
  const given = requestOptionNames.filter((name) => options[name] !== undefined);
  return given.map((name) => `--${name} ${quoted(String(options[name]))}`).join(' ');
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
function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
