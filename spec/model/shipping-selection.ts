/** The shipping `select` and `permits`, asked about what the model's processes report. */
import { present } from '../../src/prelude/invariant.js';
import { noopDigest } from '../../src/consensus/batch.js';
import type { Report } from '../../src/consensus/message.js';
import { permits, select } from '../../src/consensus/selection.js';
import type { Ballot } from '../../src/consensus/statement.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import { commitOf, none, valueBitOf, viewOf, voteOf } from './coding.js';
import { digests, slot } from './credentials.js';
import { halts, permitting, waits } from './outcome.js';
import type { Setting } from './setting.js';

/** What each process reports, 8 bits, by its number; `undefined` where it is silent or not shown. */
export type Reports = readonly (number | undefined)[];

/** One way to select: rules R7 and R9. */
export type Selecting = (reports: Reports, leaderOf: (view: number) => number, accused: number) => number;

export function shippingSelection(setting: Setting): Selecting {
  const { system, values } = setting;
  const { ids } = system.processes.universe;
  const idOf = (process: number) => present(ids[process], 'a process of the setting');
  const reported = Array.from({ length: 256 }, (_, code) => reportOf(code, values));
  return (reports, leaderOf, accused) => {
    const selection = select({
      system,
      leaderOf: (view) => idOf(leaderOf(view)),
      reports: new Map(
        reports.flatMap((code, process) =>
          code === undefined ? [] : [[idOf(process), present(reported[code], 'a report')] as const],
        ),
      ),
      accused: present(setting.sets[accused], 'a set of processes'),
    });
    if (selection._tag === 'wait') return waits;
    if (selection._tag === 'halt') return halts;
    // Above top a slot is free.
    const verdict = selection.verdicts[0] ?? { _tag: 'free' };
    let permitted = 0;
    for (let value = 0; value < values; value++) {
      if (permits(verdict, present(digests[value], 'a value'), noopDigest)) permitted |= 1 << value;
    }
    return permitting(permitted);
  };
}

/** Only what selection reads: signatures and permits are judged before. */
function reportOf(code: number, values: number): Report {
  const ballot = (of: number): Ballot => ({
    view: viewOf(of, values),
    slot,
    digest: present(digests[Math.max(0, 31 - Math.clz32(valueBitOf(of, values)))], 'a value'),
  });
  const [vote, commit] = [voteOf(code), commitOf(code)];
  return {
    view: 99,
    votes: vote === none ? [] : [{ ...ballot(vote), leaderSignature: new Uint8Array(0) }],
    commits: commit === none ? [] : [{ ...ballot(commit), signature: new Uint8Array(0) as Signature }],
  };
}
