/** Parties that cheat, each in one way. */
import { concatBytes } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { CeremonyScheme, DealingForm } from '../../../src/schemes/ceremony/ceremony-scheme.js';
import { readEnvelope, writeEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import type { MessageKind } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import { writeComplaint } from '../../../src/schemes/ceremony/rounds/complaint.js';
import { rowsOf } from '../../../src/schemes/ceremony/setting.js';
import type { Dealing } from '../../../src/schemes/sharing/dealing.js';
import { rowProduct } from '../../../src/schemes/sharing/dealing.js';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Adversary } from '../../support/ceremony.js';

type DealBy<G, Key> = (dealing: Dealing, form: DealingForm, scheme: CeremonyScheme<G, Key>) => Dealing;

/** Deals what `change` makes of an honest dealing. */
export function dealing<G, Key>(change: DealBy<G, Key>): Adversary<G, Key> {
  return {
    setting: (setting) => {
      const { scheme } = setting;
      const deal: typeof scheme.deal = (form, root, random) => change(scheme.deal(form, root, random), form, scheme);
      return { ...setting, scheme: { ...scheme, deal } };
    },
  };
}

/** Deals another secret than it should, consistently. */
export function dealingAnotherSecret<G, Key>(by = 1n): Adversary<G, Key> {
  return dealing(({ coefficients }, _, { next, order }) => {
    const changed = coefficients.map((coefficient, column) => (column === 0 ? coefficient + by : coefficient));
    const reduced = (value: bigint) => (order === undefined ? value : ((value % order) + order) % order);
    return { coefficients: changed.map(reduced), shares: next.rows.map((row) => reduced(rowProduct(row, changed))) };
  });
}

/** Gives one victim sub-shares that are in their range and wrong. */
export function dealingBadSharesTo<G, Key>(victim: ProcessId): Adversary<G, Key> {
  return dealing(({ coefficients, shares }, { rows }, { next }) => {
    const own = rowsOf(next, victim);
    const wrong = (share: bigint, row: number) =>
      share + 1n < present(rows[row], 'a range').high ? share + 1n : share - 1n;
    return { coefficients, shares: shares.map((share, row) => (own.includes(row) ? wrong(share, row) : share)) };
  });
}

/** Gives one victim what is in no range, where the bytes of a sub-share have room for that. */
export function dealingOutOfRangeTo<G, Key>(victim: ProcessId): Adversary<G, Key> {
  return dealing(({ coefficients, shares }, { rows }, { next }) => {
    const own = rowsOf(next, victim);
    const beyond = (row: number): bigint => {
      const { low, high } = present(rows[row], 'a range');
      return low + (1n << BigInt(8 * Math.ceil(bitLength(high - low - 1n) / 8))) - 1n;
    };
    return { coefficients, shares: shares.map((share, row) => (own.includes(row) ? beyond(row) : share)) };
  });
}

/** Writes group elements otherwise. */
export function writingElements<G, Key>(write: (element: G, honest: Uint8Array) => Uint8Array): Adversary<G, Key> {
  return {
    setting: (setting) => {
      const { scheme } = setting;
      const encodeElement = (element: G) => write(element, scheme.encodeElement(element));
      return { ...setting, scheme: { ...scheme, encodeElement } };
    },
  };
}

/** Changes the body of its messages of one kind. */
export function changing<G, Key>(kind: MessageKind, change: (body: Uint8Array) => Uint8Array): Adversary<G, Key> {
  return {
    tamper: (messages) =>
      messages.map((bytes) => {
        const envelope = readEnvelope(bytes);
        return envelope?.kind === kind ? writeEnvelope({ ...envelope, body: change(envelope.body) }) : bytes;
      }),
  };
}

/** Says nothing of one kind, and goes on. */
export function without<G, Key>(...kinds: readonly MessageKind[]): Adversary<G, Key> {
  return {
    tamper: (messages) => messages.filter((bytes) => !kinds.includes(present(readEnvelope(bytes), 'a message').kind)),
  };
}

/** Complains of `dealer`, before anything else that it says in the last round. */
export function complainingOf<G, Key>(dealer: ProcessId, secret: Uint8Array): Adversary<G, Key> {
  let said = false;
  return {
    tamper: (messages, { board }) => {
      const { state, setting } = board;
      if (said || state._tag !== 'running' || state.round.kinds[0] !== 'acknowledge') return messages;
      said = true;
      const body = writeComplaint(present(board.transcript.rules, 'rules of the deals').dealers, { dealer, secret });
      return [writeEnvelope({ ceremonyId: setting.id, kind: 'complain', body }), ...messages];
    },
  };
}

export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const place = at < 0 ? copy.length + at : at;
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}

export function longer(bytes: Uint8Array): Uint8Array {
  return concatBytes(bytes, Uint8Array.of(0));
}

export function shorter(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, -1);
}
