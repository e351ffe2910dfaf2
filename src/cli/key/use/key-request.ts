/** What a key is asked for on the command line: which options a key's usage takes, and what they mean. */
import type { Command } from 'commander';
import { utf8 } from '../../../prelude/bytes.js';
import { Writer } from '../../../prelude/canonical.js';
import { type Digest, digest } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import type { RoundRequest } from '../../../schemes/uses/beacon.js';
import { beaconSchemeOf, type DrandScheme } from '../../../schemes/uses/drand-rounds.js';
import type { OaepCiphertext } from '../../../schemes/uses/interop-decrypter.js';
import type { TimeLockTarget } from '../../../schemes/uses/time-lock.js';
import { readInput } from '../../input-bytes.js';
import type { Io } from '../../io.js';
import { integerIn } from '../../options.js';
import { badInput, type Failure } from '../../outcome.js';
import { maxInputBytes } from '../files/limits.js';

export interface RequestOptions {
  readonly in?: string;
  readonly round?: number;
  readonly previous?: string;
  readonly coin?: string;
  readonly label?: string;
}

/** In the order in which they are told. */
export const requestOptionNames = ['in', 'round', 'previous', 'coin', 'label'] as const;

/** Adds the options that say what is asked for. */
export function addRequestOptions(command: Command): Command {
  return command
    .option('--in <file>', 'what is signed or deciphered; - reads standard input')
    .option('--round <number>', 'of a beacon or a time-lock', integerIn(1, Number.MAX_SAFE_INTEGER))
    .option('--previous <file>', 'the signature of the round before, or the genesis seed: in chained beacons')
    .option('--coin <name>', 'toss the coin of this name, with a key for usage beacon')
    .option('--label <text>', 'of a time-lock; or of an OAEP ciphertext that has one');
}

/** The files that a request is read from. */
export function inputsOf({ in: input, previous }: RequestOptions): readonly string[] {
  return [input, previous].filter((path) => path !== undefined);
}

export type KeyRequest =
  | { readonly _tag: 'document'; readonly message: Uint8Array }
  | { readonly _tag: 'ciphertext'; readonly ciphertext: OaepCiphertext }
  | { readonly _tag: 'round'; readonly scheme: DrandScheme; readonly round: RoundRequest }
  | { readonly _tag: 'coin'; readonly name: string }
  | { readonly _tag: 'time-lock'; readonly target: TimeLockTarget };

/** Longer than any signature or seed that a round is chained to. */
const maxPreviousBytes = 96;

/** What the options ask of this key; refused where its usage is another. */
export async function readRequest(
  key: AlliancePublicKey,
  options: RequestOptions,
  io: Io,
): Promise<Either<Failure, KeyRequest>> {
  const complaint = checkOptions(key, options);
  if (complaint !== undefined) return badInput(complaint);
  const { in: input, round, coin, label } = options;
  if (coin !== undefined) return E.right({ _tag: 'coin', name: coin });
  if (key.usage === 'time-lock') return E.right({ _tag: 'time-lock', target: targetOf(round, label ?? '') });
  if (round !== undefined) return readRound(key, round, options, io);
  const bytes = await readInput(input ?? '-', maxInputBytes, io);
  if (E.isLeft(bytes)) return bytes;
  if (key.usage !== 'decryption') return E.right({ _tag: 'document', message: bytes.right });
  const labelled = label === undefined ? {} : { label: utf8(label) };
  return E.right({ _tag: 'ciphertext', ciphertext: { ciphertext: bytes.right, ...labelled } });
}

type OptionName = (typeof requestOptionNames)[number];

/** Of every usage: the sets of options that may be given, the first of each being needed. */
const takenBy: Readonly<Record<AlliancePublicKey['usage'], readonly (readonly OptionName[])[]>> = {
  statement: [],
  document: [['in']],
  decryption: [['in', 'label']],
  beacon: [['round', 'previous'], ['coin']],
  'time-lock': [['round'], ['label']],
};

function checkOptions({ usage }: AlliancePublicKey, options: RequestOptions): string | undefined {
  const given = requestOptionNames.filter((name) => options[name] !== undefined);
  const empty = (['coin', 'label'] as const).find((name) => options[name] === '');
  if (empty !== undefined) return `--${empty}: an empty text names nothing`;
  const taken = takenBy[usage];
  if (taken.length === 0) return `a key for usage "${usage}" is used by servers alone`;
  const fits = taken.some((set) => given.includes(set[0] ?? 'in') && given.every((name) => set.includes(name)));
  if (fits) return undefined;
  const wanted = taken.map(([first = 'in', ...more]) => `--${first}${more.map((name) => ` [--${name}]`).join('')}`);
  const stray = given.find((name) => !taken.some((set) => set.includes(name)));
  if (stray === undefined) return `a key for usage "${usage}" takes ${wanted.join(' or ')}`;
  return `--${stray}: not with a key for usage "${usage}"; it takes ${wanted.join(' or ')}${usage === 'document' ? ' alone' : ''}`;
}

function targetOf(round: number | undefined, label: string): TimeLockTarget {
  return round === undefined ? { _tag: 'label', label } : { _tag: 'round', round };
}

async function readRound(
  key: AlliancePublicKey,
  round: number,
  { previous }: RequestOptions,
  io: Io,
): Promise<Either<Failure, KeyRequest>> {
  if (key._tag !== 'bls') return badInput(`--round: beacons are made with keys of scheme bls; this one tosses --coin`);
  const scheme = beaconSchemeOf(key.suite, previous !== undefined);
  if (scheme === undefined) return badInput(`--round: drand has no beacons of suite ${key.suite}`);
  if (previous === undefined) return E.right({ _tag: 'round', scheme, round: { round } });
  const bytes = await readInput(previous, maxPreviousBytes, io);
  if (E.isLeft(bytes)) return bytes;
  return E.right({ _tag: 'round', scheme, round: { round, previousSignature: bytes.right } });
}

/** Names an input, so that shares for different ones are told apart. */
export function requestDigest(request: KeyRequest): Digest {
  switch (request._tag) {
    case 'document':
      return digest(request.message);
    case 'ciphertext':
      return digest(request.ciphertext.ciphertext);
    case 'round': {
      const { round, previousSignature } = request.round;
      const writer = new Writer().text('round').u64(round);
      return digest(writer.option(previousSignature, (out, bytes) => out.bytes(bytes)).finish());
    }
    case 'coin':
      return digest(new Writer().text('coin').text(request.name).finish());
    case 'time-lock': {
      const { target } = request;
      const writer = new Writer().text('time-lock').text(target._tag);
      return digest((target._tag === 'round' ? writer.u64(target.round) : writer.text(target.label)).finish());
    }
    default:
      return assertNever(request);
  }
}
