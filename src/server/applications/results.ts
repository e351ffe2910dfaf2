/** Results of commands, told to the clients that sent them. A function of the log: all correct servers tell them alike. */
import { type CommandResult, type ExecutedSlot, protocolLimits } from '../../client/protocol.js';
import type { Execution } from '../state/executor.js';

/** A message of results has about so many bytes at most: a slot may hold a thousand of 64 KiB. */
const messageBytes = 1 << 20;

/** The results of one slot, by client. Commands that were for no application have none. */
export function resultsByClient({ executed }: Execution): ReadonlyMap<string, readonly CommandResult[]> {
  const byClient = new Map<string, CommandResult[]>();
  for (const { delivered, result } of executed) {
    if (result === undefined) continue;
    const { client, session, sequence } = delivered;
    const results = byClient.get(client) ?? [];
    byClient.set(client, results);
    results.push({ session, sequence, result });
  }
  return byClient;
}

/** As many messages as it takes. */
export function* inMessages({ results, ...of }: ExecutedSlot): Generator<ExecutedSlot> {
  let [start, bytes] = [0, 0];
  for (const [index, { result }] of results.entries()) {
    const isFull = bytes + result.length > messageBytes || index - start === protocolLimits.results;
    if (index > start && isFull) {
      yield { ...of, results: results.slice(start, index) };
      [start, bytes] = [index, 0];
    }
    bytes += result.length;
  }
  if (start < results.length) yield { ...of, results: results.slice(start) };
}
