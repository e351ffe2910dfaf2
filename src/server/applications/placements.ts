/** Where the log holds the commands of one client, told briefly. A function of the log: all correct servers tell it alike. */
import type { Placement } from '../../client/protocol.js';
import type { Delivered } from '../../consensus/delivery.js';

/** Runs of consecutive commands among those delivered in one slot, by client. */
export function placementsByClient(delivered: readonly Delivered[]): ReadonlyMap<string, readonly Placement[]> {
  const byClient = new Map<string, Placement[]>();
  for (const { client, session, sequence, slot, index } of delivered) {
    const runs = byClient.get(client) ?? [];
    byClient.set(client, runs);
    const last = runs.at(-1);
    const continues =
      last?.session === session && last.firstSequence + last.count === sequence && last.index + last.count === index;
    if (continues) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ session, firstSequence: sequence, count: 1, slot, index });
  }
  return byClient;
}
