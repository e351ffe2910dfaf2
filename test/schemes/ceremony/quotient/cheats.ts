/** What members of an alliance might do in a masked-quotient reshare. */
import { bigIntToBytes, bytesToBigInt, concatBytes } from '../../../../src/prelude/bytes.js';
import { present } from '../../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { DealRules } from '../../../../src/schemes/ceremony/rounds/deal-rules.js';
import { OneTimeKey } from '../../../../src/schemes/ceremony/sealing/one-time-key.js';
import { writeConfirmation } from '../../../../src/schemes/ceremony/quotient/confirm-round.js';
import { sealMask } from '../../../../src/schemes/ceremony/quotient/mask.js';
import { writeMasks } from '../../../../src/schemes/ceremony/quotient/masks-round.js';
import { contributorsAfter, contributorsBefore } from '../../../../src/schemes/ceremony/quotient/plan.js';
import type { QuotientTranscript } from '../../../../src/schemes/ceremony/quotient/transcript.js';
import { rowProduct } from '../../../../src/schemes/sharing/dealing.js';
import { bitLength } from '../../../../src/schemes/sharing/integers.js';
import { modularInverse } from '../../../../src/schemes/sharing/modular-inverse.js';
import { isInRange } from '../../../../src/schemes/sharing/ranges.js';
import { isQualified } from '../../../../src/schemes/sharing/reconstruction.js';
import { sweepingVector } from '../../../../src/schemes/sharing/sweep.js';
import { jacobi } from '../../../../src/schemes/shoup-rsa/jacobi.js';
import { modularPower } from '../../../../src/schemes/shoup-rsa/modular-power.js';
import { right } from '../../../support/right.js';
import { safePrimes1024 } from '../../../support/rsa-keys.js';
import { seededRandom } from '../../shoup-rsa/setup.js';
import { type Hostility, names, type RsaBoard, type RsaSetting } from './scene.js';

type Scheme = RsaSetting['scheme'];
type Deal = Scheme['deal'];

/** Deals something else than it should, the rest of the protocol as it is. */
export function dealing(change: (deal: Deal, scheme: Scheme) => Deal): Hostility {
  return { scheme: (scheme) => ({ deal: change(scheme.deal.bind(scheme), scheme) }) };
}

/** Changes the body of its messages of one kind. */
export function patching(
  kind: string,
  change: (body: Uint8Array, board: RsaBoard) => Uint8Array | undefined,
): Hostility {
  return { patch: (own, body, board) => (own === kind ? change(body, board) : body) };
}

export function silentIn(kind: string): Hostility {
  return patching(kind, () => undefined);
}

export function quotientOf(board: RsaBoard): QuotientTranscript<bigint> {
  return present(board.transcript.quotient, 'masks are exchanged');
}

/** The first element of a DEAL, C_0, and the rest. */
export function changeRoot(change: (root: bigint, board: RsaBoard) => bigint): Hostility {
  return patching('deal', (body, board) => {
    const { elementLength } = board.setting.scheme;
    const root = change(bytesToBigInt(body.subarray(0, elementLength)), board);
    return concatBytes(bigIntToBytes(root, elementLength), body.subarray(elementLength));
  });
}

interface Attachment {
  readonly remainder: bigint;
  /** Above the low end of its range. */
  readonly high: bigint;
}

/** Changes what a DEAL publishes beside the commitments. */
export function changeAttachment(
  body: Uint8Array,
  board: RsaBoard,
  change: (attachment: Attachment) => Attachment,
): Uint8Array {
  const { next, elementLength } = board.setting.scheme;
  const rules: DealRules<bigint> = present(board.transcript.rules, 'deals');
  const start = next.columnCount * elementLength;
  const end = start + rules.attachmentLength;
  const changed = change(readAttachment(board, body.subarray(start, end)));
  return concatBytes(
    body.subarray(0, start),
    writeAttachment(board, changed, rules.attachmentLength),
    body.subarray(end),
  );
}

function readAttachment(board: RsaBoard, bytes: Uint8Array): Attachment {
  const width = remainderWidth(board);
  return { remainder: bytesToBigInt(bytes.subarray(0, width)), high: bytesToBigInt(bytes.subarray(width)) };
}

function writeAttachment(board: RsaBoard, { remainder, high }: Attachment, length: number): Uint8Array {
  const width = remainderWidth(board);
  return concatBytes(bigIntToBytes(remainder, width), bigIntToBytes(high, length - width));
}

function remainderWidth(board: RsaBoard): number {
  return Math.max(1, Math.ceil(bitLength(quotientOf(board).plan.sharing.scale - 1n) / 8));
}

/** Changes the first byte after what is open in a DEAL, which is of the first receiver's box. */
export const unopenable: Hostility = patching('deal', (body, board) => {
  const { next, elementLength } = board.setting.scheme;
  const rules: DealRules<bigint> = present(board.transcript.rules, 'deals');
  const start = next.columnCount * elementLength + rules.attachmentLength;
  return body.with(start + 40, (body[start + 40] ?? 0) ^ 1);
});

/**
 * Moves up to `step` windows from the low part to the high one, as the equation allows: as many as honest high parts reach, and
 * as can be hidden in coefficients.
 */
export function recut(step: bigint): Hostility {
  const made = new Map<bigint, ReturnType<Deal>>();
  const cheat = dealing((deal) => (form, root, random) => made.get(root) ?? deal(form, root, random));
  return {
    ...cheat,
    split: (honest, board, me) => {
      const { plan } = quotientOf(board);
      const { high: range } = present(
        plan.contributors.find(({ process }) => process === me),
        'a contributor',
      );
      const { remainder, high } = readAttachment(board, honest.attachment);
      for (let moved = step; moved !== 0n; moved += step > 0n ? -1n : 1n) {
        const low = honest.low - (moved << BigInt(plan.windowBits));
        const spread = spreadOf(board.setting.scheme, plan.dealing.coefficients.high, low, plan.subShares);
        if (spread === undefined || !isInRange(range.low + high + moved, range)) continue;
        made.set(low, spread);
        const attachment = writeAttachment(board, { remainder, high: high + moved }, honest.attachment.length);
        return { low, attachment };
      }
      return honest;
    },
  };
}

/** A dealing of `root`, outside its range, whose sub-shares are in theirs: by a sweeping vector beside the middle of all. */
function spreadOf(
  { next }: Scheme,
  width: bigint,
  root: bigint,
  rows: readonly { readonly low: bigint; readonly high: bigint }[],
): ReturnType<Deal> | undefined {
  const swept = new Set<string>();
  const has = (extra?: string) => (process: ProcessId) => swept.has(process) || process === extra;
  for (const name of names) if (!isQualified(next, has(name))) swept.add(name);
  const kappa = right(sweepingVector(next, has()));
  const middle = width / 2n;
  const coefficients = kappa.map((value, column) => (column === 0 ? root : middle + root * value));
  const shares = next.rows.map((row) => rowProduct(row, coefficients));
  return shares.every((share, row) => isInRange(share, present(rows[row], 'a row')))
    ? { coefficients, shares }
    : undefined;
}

/** All coefficients as large as they may be. */
export const atTheBound: Hostility = dealing((_, { next }) => (form, root) => {
  const coefficients = [root, ...new Array<bigint>(next.columnCount - 1).fill(form.ranges.coefficients.high - 1n)];
  return { coefficients, shares: next.rows.map((row) => rowProduct(row, coefficients)) };
});

/** A sub-share beyond its range, by as little as can be written. */
export const oversized: Hostility = dealing((_, { next }) => (form, root) => {
  const top = form.ranges.coefficients.high - 1n;
  for (let extra = top / 8n; ; extra /= 2n) {
    const coefficients = [root, ...new Array<bigint>(next.columnCount - 1).fill(top + extra)];
    const shares = next.rows.map((row) => rowProduct(row, coefficients));
    const isWritable = shares.every((share, row) => {
      const { low, high } = present(form.rows[row], 'a row');
      return bitLength(share - low) <= 8 * Math.ceil(bitLength(high - low - 1n) / 8);
    });
    if (isWritable) return { coefficients, shares };
  }
});

/** Posts masks drawn by `draw` in place of its own. */
export function maskingWith(draw: (bound: bigint) => bigint, me: string): Hostility {
  return patching('masks', (_, board) => {
    const { setting, transcript } = board;
    const quotient = quotientOf(board);
    const { plan } = quotient;
    const [keys, boxes] = [new Map<ProcessId, bigint>(), new Map<ProcessId, Uint8Array>()];
    const from = me as ProcessId;
    for (const to of contributorsAfter(plan, from)) {
      const mask = draw(plan.mask.high);
      keys.set(to, setting.scheme.commit(mask));
      const receiverKey = present(transcript.keys.get(to)?.mask.get(from), 'a key');
      boxes.set(to, sealMask(setting, plan, { from, to, receiverKey, mask }, seededRandom('masking')));
    }
    return writeMasks(setting, { keys, boxes });
  });
}

/** Draws masks of these bytes throughout: the largest, or the smallest. */
export function maskingAt(byte: 0 | 0xff): Hostility {
  const isMask = ({ state }: RsaBoard, length: number) =>
    state._tag === 'running' && state.round.kinds[0] === 'masks' && length > 32;
  return {
    random: (honest, board) => (length) => (isMask(board, length) ? new Uint8Array(length).fill(byte) : honest(length)),
  };
}

/** Commits to another mask than it seals. */
export const misleading: Hostility = patching('masks', (body, { setting }) => {
  const { elementLength, group } = setting.scheme;
  const element = group.multiply(bytesToBigInt(body.subarray(0, elementLength)), group.commit(1n));
  return concatBytes(bigIntToBytes(element, elementLength), body.subarray(elementLength));
});

/** Complains of the mask of the contributor before it, with `secret`. */
export function complaining(me: string, secretOf: (board: RsaBoard, against: ProcessId) => Uint8Array): Hostility {
  return patching('confirm', (_, board) => {
    const quotient = quotientOf(board);
    const before = contributorsBefore(quotient.plan, me as ProcessId);
    const sender = present(before.at(-1), 'somebody to complain of');
    const complaint = { sender, secret: secretOf(board, sender) };
    return writeConfirmation(before, { digest: present(quotient.masked, 'all masks'), complaints: [complaint] });
  });
}

/** The one-time keys for masks that a participant with this seed announced, by the other old holder. */
export function maskKeys({ setting }: RsaBoard, me: string, seed: string): ReadonlyMap<ProcessId, OneTimeKey> {
  const random = seededRandom(seed);
  setting.dealers.forEach(() => new OneTimeKey(random));
  const peers = setting.dealers.filter((dealer) => dealer !== (me as ProcessId));
  return new Map(peers.map((peer) => [peer, new OneTimeKey(random)] as const));
}

/** Half of the base: found with the factors. Of Jacobi symbol 1 it is an element; of -1 everybody knows one. */
export function rootOfBase({ group }: Scheme, symbol: 1 | -1): bigint {
  const { p, q } = safePrimes1024;
  const modulus = p * q;
  const base = group.commit(1n);
  const roots = [p, q].map((prime) => modularPower(base % prime, (prime + 1n) / 4n, prime));
  const [x = 0n, y = 0n] = roots;
  const lift = (a: bigint, b: bigint) =>
    (a * q * present(modularInverse(q, p), 'a unit') + b * p * present(modularInverse(p, q), 'a unit')) % modulus;
  const canonical = (value: bigint) => (2n * value < modulus ? value : modulus - value);
  const isRoot = (value: bigint) => canonical((value * value) % modulus) === base && jacobi(value, modulus) === symbol;
  return canonical(present([lift(x, y), lift(x, q - y)].find(isRoot), 'a root'));
}

/**
 * Deals its quotient and a half, and says so in the remainder where that is large enough: what the equation allows to whoever
 * knows a root of v.
 */
export function halving(root: (scheme: Scheme) => bigint): Hostility {
  return {
    scheme: (scheme) => {
      let low: bigint | undefined;
      return {
        deal: (form, value, random) => {
          low = value;
          const honest = scheme.deal(form, value, random);
          const half = (row: number) => (scheme.next.rows[row]?.entries[0]?.coefficient ?? 0n) / 2n;
          return { ...honest, shares: honest.shares.map((share, row) => share + half(row)) };
        },
        commit: (number) => {
          const honest = scheme.commit(number);
          return number === low ? scheme.group.multiply(honest, root(scheme)) : honest;
        },
      };
    },
    patch: (kind, body, board) => {
      if (kind !== 'deal') return body;
      const half = quotientOf(board).plan.sharing.scale / 2n;
      return changeAttachment(body, board, ({ remainder, high }) => {
        return { remainder: remainder < half ? remainder : remainder - half, high };
      });
    },
  };
}
