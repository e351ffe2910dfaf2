/** Passphrases of key files: from a file, from the environment, or asked for on a terminal. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Option } from 'commander';
import { toHex, utf8 } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { drawSealing, MasterKey, type Sealing } from '../../../schemes/key-file/sealing.js';
import { readFileBytes } from '../../../server/directory/text-files.js';
import { describeReading } from '../../input-bytes.js';
import type { Io } from '../../io.js';
import { badInput, type Failure } from '../../outcome.js';

/** Of every command that opens or writes key shares. */
export interface PassphraseOptions {
  readonly passphraseFile?: string;
}

const passphraseVariable = 'KOINON_PASSPHRASE';

export function passphraseFileOption(): Option {
  return new Option(
    '--passphrase-file <file>',
    `holds the passphrase of the key shares (else ${passphraseVariable}, or a terminal asks)`,
  );
}

const maxPassphraseBytes = 1024;

/** The one passphrase of a command. Stretched once for all files with the same parameters. */
export class Passphrase {
  readonly #io: Io;
  #bytes: Uint8Array | undefined;
  readonly #masters = new Map<string, Promise<MasterKey>>();

  constructor(
    private readonly options: PassphraseOptions,
    io: Io,
  ) {
    this.#io = io;
  }

  /** Looks where a passphrase may have been given; `undefined` where it was not. */
  async given(): Promise<Either<Failure, Uint8Array | undefined>> {
    if (this.#bytes !== undefined) return E.right(this.#bytes);
    const { passphraseFile } = this.options;
    const inEnvironment = this.#io.env[passphraseVariable];
    if (passphraseFile !== undefined) return this.read(passphraseFile);
    if (inEnvironment === undefined) return E.right(undefined);
    return this.keep(utf8(inEnvironment), passphraseVariable);
  }

  /** The key that opens a file with these parameters. @param path - of that file. */
  async toOpen(path: string, sealing: Sealing): Promise<Either<Failure, MasterKey>> {
    const given = await this.given();
    if (E.isLeft(given)) return given;
    if (given.right === undefined) {
      const asked = await this.ask(`Passphrase of ${path}: `);
      if (E.isLeft(asked)) return asked;
      if (asked.right === undefined) {
        return badInput(`${path}: a passphrase is needed: give --passphrase-file or ${passphraseVariable}`);
      }
    }
    return E.right(await this.master(sealing));
  }

  /** The key that seals new files where a passphrase is known, drawn anew. */
  async toSeal(random: RandomBytes): Promise<Either<Failure, MasterKey | undefined>> {
    const given = await this.given();
    if (E.isLeft(given)) return given;
    return E.right(given.right === undefined ? undefined : await this.master(drawSealing(random)));
  }

  /** Asks twice, for a passphrase that is to be set. */
  async askNew(): Promise<Either<Failure, unknown>> {
    const first = await this.ask('New passphrase: ');
    if (E.isLeft(first)) return first;
    if (first.right === undefined) return badInput('--passphrase: only a terminal can be asked; use --passphrase-file');
    const typed = toHex(first.right);
    const second = await this.ask('Once more: ');
    if (E.isLeft(second)) return second;
    return second.right !== undefined && toHex(second.right) === typed
      ? second
      : badInput('--passphrase: what was typed differs; try again');
  }

  /** Overwrites what is known. Copies that the runtime made are beyond reach. */
  async erase(): Promise<void> {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
    for (const master of this.#masters.values()) (await master).erase();
    this.#masters.clear();
  }

  private master(sealing: Sealing): Promise<MasterKey> {
    const { n, r, p, salt } = sealing;
    const name = `${n} ${r} ${p} ${toHex(salt)}`;
    const known = this.#masters.get(name) ?? MasterKey.derive(this.#bytes ?? new Uint8Array(0), sealing);
    this.#masters.set(name, known);
    return known;
  }

  private async read(path: string): Promise<Either<Failure, Uint8Array>> {
    const bytes = await readFileBytes(path, maxPassphraseBytes, 'owner')();
    if (E.isLeft(bytes)) return badInput(describeReading(bytes.left));
    return this.keep(withoutLineEnd(bytes.right), path);
  }

  private async ask(question: string): Promise<Either<Failure, Uint8Array | undefined>> {
    const typed = await askSecretly(question, this.#io);
    return typed === undefined ? E.right(undefined) : this.keep(utf8(typed), 'passphrase');
  }

  private keep(bytes: Uint8Array, origin: string): Either<Failure, Uint8Array> {
    if (bytes.length === 0) return badInput(`${origin}: an empty passphrase protects nothing`);
    this.#bytes = bytes;
    return E.right(bytes);
  }
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 10) end -= 1;
  if (end < bytes.length && bytes[end - 1] === 13) end -= 1;
  return bytes.slice(0, end);
}

/** A line typed on the terminal, which does not show it; `undefined` where there is no terminal, or nothing was typed to the end. */
function askSecretly(question: string, { stdin, stderr }: Io): Promise<string | undefined> {
  if (!('isTTY' in stdin) || stdin.isTTY !== true) return Promise.resolve(undefined);
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true });
  stderr.write(question);
  return new Promise((resolve) => {
    const end = (line: string | undefined): void => {
      resolve(line);
      reader.close();
      stderr.write('\n');
    };
    reader.once('line', end);
    reader.once('SIGINT', () => {
      end(undefined);
    });
    reader.once('close', () => {
      resolve(undefined);
    });
  });
}
