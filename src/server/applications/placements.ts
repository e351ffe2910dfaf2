/** Where the log holds the commands of one client, told briefly. A function of the log: all correct servers tell it alike. */
import type { Placement } from '../../client/protocol.js';
import type { DeliveredRun } from '../../consensus/delivery.js';

/** Where the runs of one slot stand, by client. */
export function placementsByClient(delivered: readonly DeliveredRun[]): ReadonlyMap<string, readonly Placement[]> {
  const byClient = new Map<string, Placement[]>();
  for (const { client, session, firstSequence, commands, slot, index } of delivered) {
    const runs = byClient.get(client) ?? [];
    byClient.set(client, runs);
    runs.push({ session, firstSequence, count: commands.length, slot, index });
  }
  return byClient;
}
