/**
 * How the model writes its facts as small numbers, for one slot. A ballot is 4 bits: 0 for none, else 1 + (view-1)·values + value.
 * A process is 16 bits: last vote, highest commit certificate, and the two that its report of the view before showed. What is
 * known of all views is 3 bits a view: a set of values.
 */

export const none = 0;
/** The most that 4 bits a ballot and 3 bits a view can hold. */
export const limits = { views: 5, values: 3, ballots: 15 } as const;

export function viewOf(ballot: number, values: number): number {
  return ballot === none ? 0 : 1 + Math.floor((ballot - 1) / values);
}

/** As a set of one value. */
export function valueBitOf(ballot: number, values: number): number {
  return ballot === none ? 0 : 1 << ((ballot - 1) % values);
}

export function ballotOf(view: number, value: number, values: number): number {
  return 1 + (view - 1) * values + value;
}

/** What a report shows: vote and certificate, 8 bits. */
export function shown(vote: number, commit: number): number {
  return vote | (commit << 4);
}

export function voteOf(process: number): number {
  return process & 15;
}

export function commitOf(process: number): number {
  return (process >> 4) & 15;
}

/** The set of values kept for `view` in 3 bits a view. */
export function setIn(sets: number, view: number): number {
  return (sets >> (3 * (view - 1))) & 7;
}

export function withSet(sets: number, view: number, set: number): number {
  return sets | (set << (3 * (view - 1)));
}

export function bitCount(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Every way to rename the values, as what it does to a process and to the sets of all views. */
export interface Renaming {
  readonly processes: Uint16Array;
  readonly sets: Uint16Array;
  readonly set: readonly number[];
}

export function renamings(values: number): readonly Renaming[] {
  return permutations(Array.from({ length: values }, (_, value) => value)).map((order) => {
    const ballot = (code: number): number =>
      code === none ? none : code - ((code - 1) % values) + (order[(code - 1) % values] ?? 0);
    const set = Array.from({ length: 8 }, (_, bits) =>
      order.reduce((renamed, to, from) => renamed | (((bits >> from) & 1) << to), bits & ~((1 << values) - 1)),
    );
    return {
      processes: Uint16Array.from({ length: 1 << 16 }, (_, code) =>
        [0, 4, 8, 12].reduce((renamed, at) => renamed | ((ballot((code >> at) & 15) & 15) << at), 0),
      ),
      sets: Uint16Array.from({ length: 1 << 15 }, (_, code) =>
        [0, 3, 6, 9, 12].reduce((renamed, at) => renamed | ((set[(code >> at) & 7] ?? 0) << at), 0),
      ),
      set,
    };
  });
}

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
