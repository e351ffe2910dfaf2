/** Where results of key commands go: a new file, a plain file that may be overwritten, or standard output. */
import { createPrivateKey } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Option } from 'commander';
import { fromUtf8 } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { maxKeyFileBytes, parseKeyFile } from '../../../schemes/key-file/key-file-codec.js';
import { fileModes, replaceFile } from '../../../server/directory/durable-files.js';
import { errorReason, readFileBytes } from '../../../server/directory/text-files.js';
import { describeReading } from '../../input-bytes.js';
import { badInput, type Failure } from '../../outcome.js';
import type { Printable, Session } from '../../session.js';

/** Of every command that makes a result. */
export interface OutputOptions {
  readonly out: string;
  readonly force?: boolean;
}

const standardOutput = '-';

/** Where a result is, for people. */
export function placeOf(out: string): string {
  return out === standardOutput ? 'on standard output' : `in ${out}`;
}

/** What was written, for programs. */
export function filesOf(out: string): readonly string[] {
  return out === standardOutput ? [] : [out];
}

/** Says what became of a result: on standard error where standard output is for the result alone. */
export function tellResult(
  printable: Printable,
  { out, json }: { readonly out: string; readonly json?: boolean },
  session: Session,
): void {
  if (out !== standardOutput) session.print(printable, json);
  else session.note(json === true ? JSON.stringify(printable.json) : printable.lines.join('\n'));
}

export function forceOption(): Option {
  return new Option('--force', 'overwrite the file of --out, unless it is a key');
}

/** Whether a result may go there, asked before anything is done for it. @param sources - what it is made from. */
export async function checkOutput(
  { out, force = false }: OutputOptions,
  sources: readonly string[],
): Promise<Either<Failure, void>> {
  if (out === standardOutput) return E.right(undefined);
  for (const source of sources) {
    if (await isSameFile(out, source)) return badInput(`--out ${out}: that is the input; name another file`);
  }
  const kind = seenKindOf(out);
  if (E.isLeft(kind)) return kind;
  return checkKind(out, kind.right, force);
}

function seenKindOf(out: string): Either<Failure, OutputKind> {
  try {
    return E.right(kindOf(out));
  } catch (error) {
    return notWritable(out, error);
  }
}

async function checkKind(out: string, kind: OutputKind, force: boolean): Promise<Either<Failure, void>> {
  if (kind === 'nothing') return E.right(undefined);
  if (kind === 'directory') return badInput(`--out ${out}: that is a directory; name a file in it`);
  if (!force) return badInput(existing(out));
  if (kind === 'special') return badInput(`--out ${out}: no plain file, and nothing else is overwritten; name another`);
  return checkExpendable(out);
}

/** Puts a result in its file, whole or not at all, or on standard output; what may go there has been checked. */
export function writeOutput(
  { out, force = false }: OutputOptions,
  content: string | Uint8Array,
  session: Session,
  mode: number = fileModes.public,
): Either<Failure, void> {
  if (out === standardOutput) {
    session.io.stdout.write(content);
    return E.right(undefined);
  }
  try {
    // Somebody may have written it since it was checked.
    if (!force && kindOf(out) !== 'nothing') return badInput(existing(out));
    replaceFile(out, content, mode);
    return E.right(undefined);
  } catch (error) {
    return notWritable(out, error);
  }
}

function notWritable(out: string, error: unknown): Either<Failure, never> {
  return badInput(`${out}: cannot be written (${errorReason(error)})`);
}

function existing(out: string): string {
  return `--out ${out}: it exists already: name another file, or give --force`;
}

type OutputKind = 'nothing' | 'file' | 'directory' | 'special';

/** A link is `special`, wherever it leads. Throws where nobody may look. */
function kindOf(path: string): OutputKind {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'nothing';
  if (stats.isDirectory()) return 'directory';
  return stats.isFile() ? 'file' : 'special';
}

/** Keys are never overwritten: there may be no other copy. */
async function checkExpendable(path: string): Promise<Either<Failure, void>> {
  const bytes = await readFileBytes(path, maxKeyFileBytes)();
  if (E.isLeft(bytes)) {
    // Longer than any key.
    return bytes.left._tag === 'FileTooLarge' ? E.right(undefined) : badInput(describeReading(bytes.left));
  }
  return isKey(bytes.right) ? badInput(`--out ${path}: that is a key; name another file`) : E.right(undefined);
}

function isKey(bytes: Uint8Array): boolean {
  if (isPrivateKey(bytes)) return true;
  const text = fromUtf8(bytes) ?? '';
  const file = parseKeyFile(text);
  // A share of a result can be made again.
  return E.isRight(file) ? file.right._tag !== 'contribution' : /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text);
}

/** In DER. */
function isPrivateKey(bytes: Uint8Array): boolean {
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) => {
    try {
      createPrivateKey({ key: Buffer.from(bytes), format: 'der', type });
      return true;
    } catch {
      return false;
    }
  });
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  try {
    const [first, second] = await Promise.all([stat(a), stat(b)]);
    return first.ino === second.ino && first.dev === second.dev;
  } catch {
    return false;
  }
}
