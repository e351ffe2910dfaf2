/**
 * Explores what closed slots do to selection: two slots of a first view whose Byzantine leader z has signed two values, three correct
 * processes, each with any votes, commit certificates and checkpoint that it can have, and any reports of z. Whatever recovery
 * quorum reports, the `select` and `permits` that ship must keep what is decided, in the slot that a checkpoint may have closed
 * for some and not for others (rules R5 and R7), and in the one above it.
 */
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { noopDigest } from '../../src/consensus/batch.js';
import type { Report } from '../../src/consensus/message.js';
import { permits, select } from '../../src/consensus/selection.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import { trustOf } from '../../test/support/simulation/configuration.js';

/** Faults of reporting and reading, each of which the explorer must find. */
export const closedFaults = {
  'checkpoint left out': 'who has a checkpoint does not show it',
  'checkpoint unread': 'the selector does not look at checkpoints',
  'decided left out': 'who has decided the first slot reports nothing of it',
  'all forgotten': 'who adopts a checkpoint forgets its votes above it too',
} as const;

export type ClosedFault = keyof typeof closedFaults;

type Value = 'a' | 'b';

interface Past {
  readonly first?: Value;
  /** Holds the commit certificate of the first slot. */
  readonly isCertified: boolean;
  readonly second?: Value;
  /** Has adopted the checkpoint that closes the first slot. */
  readonly isClosed: boolean;
}

const digests = { a: digest(utf8('a')), b: digest(utf8('b')) } as const;
const [none, flags] = [undefined, [false, true]] as const;
const signature = new Uint8Array(0) as Signature;

/** What one process can have been through, decided slots aside. */
const pasts: readonly Past[] = ([none, 'a', 'b'] as const).flatMap((first) =>
  ([none, 'a'] as const).flatMap((second) =>
    flags.flatMap((isCertified) =>
      flags.map((isClosed) => ({
        ...(first === none ? {} : { first }),
        ...(second === none ? {} : { second }),
        ...{ isCertified, isClosed },
      })),
    ),
  ),
);

function reportOf(past: Past, certified: Value | undefined, decided: Value | undefined, fault?: ClosedFault): Report {
  const { first, second, isCertified, isClosed } = past;
  const hidesFirst = isClosed || (fault === 'decided left out' && decided !== undefined);
  const hidesSecond = isClosed && fault === 'all forgotten';
  const vote = (slot: number, value: Value) => ({ view: 1, slot, digest: digests[value], leaderSignature: signature });
  const isShown = isClosed && fault !== 'checkpoint left out' && fault !== 'checkpoint unread';
  return {
    view: 2,
    votes: [
      ...(first === undefined || hidesFirst ? [] : [vote(1, first)]),
      ...(second === undefined || hidesSecond ? [] : [vote(2, second)]),
    ],
    commits:
      isCertified && certified !== undefined && !hidesFirst
        ? [{ view: 1, slot: 1, digest: digests[certified], signature }]
        : [],
    ...(isShown ? { checkpoint: { slot: 1, chain: digest(), boundary: 0, signature } } : {}),
  };
}

interface Facts {
  readonly certified: Value | undefined;
  readonly first: Value | undefined;
  readonly second: Value | undefined;
}

/** What is certified and decided, z having done all it can for it; `undefined` where no run leads to these pasts. */
function factsOf(correct: readonly Past[], t: number): Facts | undefined {
  const votes = (value: Value) => correct.filter(({ first }) => first === value).length + 1;
  const certified = (['a', 'b'] as const).find((value) => votes(value) >= 3);
  if (certified === undefined && correct.some(({ isCertified }) => isCertified)) return undefined;
  const fast = (['a', 'b'] as const).find((value) => votes(value) >= 4 - t);
  const isCommitted = correct.filter(({ isCertified }) => isCertified).length + 1 >= 3;
  const first = fast ?? (isCommitted ? certified : undefined);
  if (first === undefined && correct.some(({ isClosed }) => isClosed)) return undefined;
  const second = correct.filter((past) => past.second === 'a').length + 1 >= 4 - t ? 'a' : undefined;
  return { certified, first, second };
}

export interface ClosedExploration {
  readonly selections: number;
  readonly violations: ReadonlySet<
    'a decided slot is opened' | 'selection does not end' | 'a correct process is accused'
  >;
}

/** @param t - of four processes, f = 1. */
export function exploreClosed(t: number, fault?: ClosedFault): ClosedExploration {
  const { system } = trustOf({ trust: `f=1 t=${t} of (c1, c2, c3, z)` });
  const { universe } = system.processes;
  const z = present(universe.at(3), 'z');
  const violations = new Set<'a decided slot is opened' | 'selection does not end' | 'a correct process is accused'>();
  let selections = 0;
  const check = (shown: readonly (readonly [ProcessId, Report])[], { first, second }: Facts): void => {
    selections += 1;
    const selection = select({ system, leaderOf: () => z, reports: new Map(shown), accused: universe.none });
    if (selection._tag === 'halt') violations.add('a correct process is accused');
    if (selection._tag === 'wait' && shown.filter(([from]) => from !== z).length === 3)
      violations.add('selection does not end');
    if (selection._tag !== 'selected') return;
    const { low, top, verdicts } = selection;
    for (const [slot, decided] of [
      [1, first],
      [2, second],
    ] as const) {
      if (decided === undefined || slot <= low) continue;
      const verdict = slot > top ? ({ _tag: 'free' } as const) : present(verdicts[slot - low - 1], 'a verdict');
      const others = [digests[decided === 'a' ? 'b' : 'a'], noopDigest];
      const isKept =
        permits(verdict, digests[decided], noopDigest) && others.every((other) => !permits(verdict, other, noopDigest));
      if (!isKept) violations.add('a decided slot is opened');
    }
  };
  for (const [i, one] of pasts.entries()) {
    for (const [j, two] of pasts.slice(i).entries()) {
      for (const three of pasts.slice(i + j)) {
        const facts = factsOf([one, two, three], t);
        if (facts === undefined) continue;
        const honest = [one, two, three].map(
          (past, index) =>
            [present(universe.at(index), 'a process'), reportOf(past, facts.certified, facts.first, fault)] as const,
        );
        check(honest, facts);
        for (const past of [
          ...pasts,
          ...pasts.filter((lie) => lie.second === 'a').map((lie): Past => ({ ...lie, second: 'b' })),
        ]) {
          if (past.isClosed && (facts.first === undefined || past.first !== undefined)) continue;
          if (past.isCertified && facts.certified === undefined) continue;
          const lie = [z, reportOf(past, facts.certified, undefined, fault)] as const;
          check([...honest, lie], facts);
          for (let silent = 0; silent < 3; silent++)
            check([...honest.filter((_, index) => index !== silent), lie], facts);
        }
      }
    }
    if (fault !== undefined && violations.size > 0) break;
  }
  return { selections, violations };
}
