/** Key files on the command line: read, opened, and refused where they are of another kind or open to others. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fromUtf8 } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { loadBackends } from '../../../schemes/bls/load-backends.js';
import type {
  ContributionFile,
  KeyFile,
  KeyShareFile,
  SealedKeyShareFile,
} from '../../../schemes/key-file/key-file.js';
import { maxKeyFileBytes, parseKeyFile } from '../../../schemes/key-file/key-file-codec.js';
import { openKeyShare } from '../../../schemes/key-file/sealed-key-share.js';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import {
  describeSuccessionError,
  hasDraft,
  isUnsettled,
  Succession,
} from '../../../server/directory/directory-succession.js';
import type { DirectoryError } from '../../../server/directory/errors.js';
import { readOpened } from '../../../server/directory/text-files.js';
import { describeReading } from '../../input-bytes.js';
import { badInput, type Failure } from '../../outcome.js';
import { keyFileNames } from './key-layout.js';
import type { Passphrase } from './passphrase.js';

/** What a file is, for people. */
export function describeKind(kind: KeyFile['_tag']): string {
  switch (kind) {
    case 'public-key':
      return 'a public key';
    case 'key-share':
      return 'a key share';
    case 'sealed-key-share':
      return 'a key share under a passphrase';
    case 'contribution':
      return 'a share of a result';
    default:
      return assertNever(kind);
  }
}

/**
 * A file of any kind; one that holds a key share only where nobody but its owner can read it.
 *
 * @param wanted - what the file should be, for a complaint about one that is no key file at all.
 */
export async function readKeyFile(path: string, wanted?: KeyFile['_tag']): Promise<Either<Failure, KeyFile>> {
  const settled = settleAround(path);
  if (E.isLeft(settled)) return settled;
  const file = await readOnce(path, wanted);
  if (E.isRight(file) && 'key' in file.right && file.right.key._tag === 'bls') {
    await loadBackends([file.right.key.suite]);
  }
  return file;
}

/** Finishes what a ceremony was killed over, in the key's directory that the file is in. */
function settleAround(path: string): Either<Failure, void> {
  for (const directory of [dirname(path), dirname(dirname(path))]) {
    const isBroken = isUnsettled(directory);
    if (!isBroken && !hasLitter(directory)) continue;
    const succession = Succession.begin(directory);
    if (E.isRight(succession)) succession.right.end();
    else if (isBroken && succession.left._tag !== 'Busy') return badInput(describeSuccessionError(succession.left));
  }
  return E.right(undefined);
}

/** Shares that never came to be, in a key's directory. */
function hasLitter(directory: string): boolean {
  return existsSync(join(directory, keyFileNames.publicKey)) && hasDraft(directory);
}

function isSecret({ _tag }: KeyFile): boolean {
  return _tag === 'key-share' || _tag === 'sealed-key-share';
}

async function readOnce(path: string, wanted: KeyFile['_tag'] | undefined): Promise<Either<Failure, KeyFile>> {
  const opened = await readOpened(path, maxKeyFileBytes)();
  if (E.isLeft(opened)) return badInput(await describeAbsence(path, opened.left, wanted));
  const { bytes, isOpenToOthers } = opened.right;
  const text = fromUtf8(bytes) ?? '';
  const file = parseKeyFile(text);
  if (E.isRight(file)) {
    return isSecret(file.right) && isOpenToOthers ? badInput(describeReading({ _tag: 'OpenToOthers', path })) : file;
  }
  const { path: at, expected } = file.left;
  if (at !== '/') return badInput(`${path}: at ${at}: expected ${expected}`);
  return badInput(`${path}: ${describeStrange(text, expected)}${wantedText(wanted)}`);
}

/** What is no key file, without a word of what is in it. */
function describeStrange(text: string, expected: string): string {
  if (text.startsWith('-----BEGIN ')) return 'this is a PEM file, not a koinon key file';
  return `not a koinon key file${text.trimStart().startsWith('{') ? `: expected ${expected}` : ''}`;
}

/** Where there is no file to be read, a directory instead, or one that is too long. */
async function describeAbsence(
  path: string,
  error: DirectoryError,
  wanted: KeyFile['_tag'] | undefined,
): Promise<string> {
  if (await isDirectory(path)) return `${path}: this is a directory${wantedText(wanted)}`;
  if (error._tag === 'FileTooLarge') return `${path}: not a koinon key file: longer than any${wantedText(wanted)}`;
  const directory = dirname(path);
  if (error._tag !== 'MissingFile' || basename(path) !== keyFileNames.publicKey || !(await isDirectory(directory))) {
    return describeReading(error);
  }
  const advice = `name a key file, or the directory that koinon key deal made`;
  return `${directory}: no key's directory, since it has no ${keyFileNames.publicKey}; ${advice}`;
}

function wantedText(wanted: KeyFile['_tag'] | undefined): string {
  return wanted === undefined ? '' : `; expected ${describeKind(wanted)} (${origins[wanted]})`;
}

/** The file itself, or the public key in a directory that `koinon key deal` has written. */
export async function keyFilePath(path: string): Promise<string> {
  return (await isDirectory(path)) ? join(path, keyFileNames.publicKey) : path;
}

/** @param path - of a file or of a key's directory. */
export async function readPublicKey(path: string): Promise<Either<Failure, AlliancePublicKey>> {
  const file = await readKeyFile(await keyFilePath(path), 'public-key');
  if (E.isLeft(file)) return file;
  return file.right._tag === 'public-key'
    ? E.right(file.right.key)
    : badInput(wrongKind(path, file.right, 'public-key'));
}

/** A key share that can be used, opened with the passphrase if it is under one. */
export async function readKeyShare(path: string, passphrase: Passphrase): Promise<Either<Failure, KeyShareFile>> {
  const file = await readKeyFile(path, 'key-share');
  if (E.isLeft(file)) return file;
  const { right } = file;
  if (right._tag === 'key-share') return E.right(right);
  if (right._tag === 'sealed-key-share') return openSealed(path, right, passphrase);
  return badInput(wrongKind(path, right, 'key-share'));
}

async function openSealed(
  path: string,
  file: SealedKeyShareFile,
  passphrase: Passphrase,
): Promise<Either<Failure, KeyShareFile>> {
  const master = await passphrase.toOpen(path, file.sealing);
  if (E.isLeft(master)) return master;
  const opened = openKeyShare(file, master.right);
  if (E.isRight(opened)) return opened;
  return opened.left._tag === 'DoesNotOpen'
    ? badInput(`${path}: it does not open: the passphrase is another, or the file was changed`)
    : badInput(`${path}: what is under the passphrase is not the key share of ${file.process}`);
}

export async function readContribution(path: string): Promise<Either<Failure, ContributionFile>> {
  const file = await readKeyFile(path, 'contribution');
  if (E.isLeft(file)) return file;
  return file.right._tag === 'contribution'
    ? E.right(file.right)
    : badInput(wrongKind(path, file.right, 'contribution'));
}

function wrongKind(path: string, found: KeyFile, wanted: KeyFile['_tag']): string {
  return `${path}: this is ${describeKind(found._tag)}${wantedText(wanted)}`;
}

/** Where files of a kind come from. */
const origins: Readonly<Record<KeyFile['_tag'], string>> = {
  'public-key': 'DIR/public.json, or DIR itself, of koinon key deal',
  'key-share': 'DIR/shares/MEMBER.json of koinon key deal',
  'sealed-key-share': 'koinon key deal --passphrase-file writes it',
  contribution: 'koinon key share writes it',
};

/** Where `path` is a directory. */
export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
