/** One shipping machine that can be run again from its history: disk and signer answer at once, its messages to itself too. */
import { toHex } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { batchDigest } from '../../src/consensus/batch.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import type { Effect } from '../../src/consensus/effect.js';
import type { Event } from '../../src/consensus/event.js';
import type { Message } from '../../src/consensus/message.js';
import { chainStart } from '../../src/consensus/statement.js';
import { FabMachine } from '../../src/consensus/step.js';
import type { SimulatedConfiguration } from '../support/simulation/configuration.js';

/** Something that a process receives; `name` tells it from others. */
export interface Arrival {
  readonly name: string;
  readonly from: ProcessId;
  readonly message: Message;
}

export class Replica {
  readonly effects: Effect[] = [];
  readonly decided = new Map<number, string>();
  private readonly machine: FabMachine;

  constructor(
    readonly config: SimulatedConfiguration,
    history: readonly Arrival[] = [],
  ) {
    const chains = new Map([[0, chainStart(config.allianceId)]]);
    this.machine = new FabMachine(config, [], { decidedUpTo: 0, chains, delivery: DeliveryTable.empty() });
    this.feed({ _tag: 'Start' });
    for (const arrival of history) this.receive(arrival);
  }

  get state() {
    return this.machine['context'].state;
  }

  /** What it sends to others because of it. */
  receive({ from, message }: Pick<Arrival, 'from' | 'message'>): readonly Message[] {
    const before = this.effects.length;
    this.feed({ _tag: 'Message', from, message });
    return this.effects.slice(before).flatMap((effect) => (effect._tag === 'Send' ? [effect.message] : []));
  }

  /** The messages of one kind that it has sent. */
  sent<T extends Message['_tag']>(tag: T): readonly Extract<Message, { _tag: T }>[] {
    return this.effects.flatMap((effect) =>
      effect._tag === 'Send' && effect.message._tag === tag ? [effect.message as Extract<Message, { _tag: T }>] : [],
    );
  }

  private feed(event: Event): void {
    for (const effect of this.machine.step(event, 0)) {
      this.effects.push(effect);
      this.carryOut(effect);
    }
  }

  private carryOut(effect: Effect): void {
    const { me, allianceSigner } = this.config;
    if (effect._tag === 'Send' && effect.to.includes(me)) {
      this.feed({ _tag: 'Message', from: me, message: effect.message });
    } else if (effect._tag === 'Sign') {
      const signed = allianceSigner.signShare(effect.statement);
      const share = E.isRight(signed) ? signed.right : undefined;
      this.feed({ _tag: 'Signed', statement: effect.statement, share });
    } else if (effect._tag === 'Combine') {
      const result = allianceSigner.combine(effect.statement, effect.shares);
      this.feed({ _tag: 'Combined', statement: effect.statement, result });
    } else if (effect._tag === 'Decide') {
      this.decided.set(effect.slot, toHex(batchDigest(effect.batch)));
      this.feed({ _tag: 'Stored', slot: effect.slot });
    }
  }
}

/** Moments, and numbers of records: they tell orders of arrival apart that mean the same. */
const isIncidental = (key: string): boolean => /Ms$|[pP]ersist|^(chains|delivery|pool|peers|answers)$/.test(key);

/** The same for states that differ in nothing but moments and the order in which maps were filled. */
export function fingerprint(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<unknown, unknown>)].map(
      ([key, held]) => `${String(key)}=${fingerprint(held)}`,
    );
    return `{${entries.sort().join(',')}}`;
  }
  if (value instanceof Set) return `<${[...(value as ReadonlySet<unknown>)].map(fingerprint).sort().join(',')}>`;
  if (Array.isArray(value)) return `[${value.map(fingerprint).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([key, held]) => !isIncidental(key) && held !== undefined);
    return `(${entries.map(([key, held]) => `${key}:${fingerprint(held)}`).join(',')})`;
  }
  return String(value);
}

/** One state that a replica can reach, and a shortest way there. */
export interface Reached {
  readonly history: readonly Arrival[];
  readonly replica: Replica;
}

/**
 * Every state that a replica can reach by the arrivals of any of `soup`, in any order and any number of times; those that end in
 * the same state are followed once.
 *
 * @param judge - told of each step: the replica before (its state only) and after, and what arrived.
 */
export function reachable(
  config: SimulatedConfiguration,
  soup: readonly Arrival[],
  judge: (after: Replica, history: readonly Arrival[]) => void,
): ReadonlyMap<string, Reached> {
  const start = new Replica(config);
  const found = new Map<string, Reached>([[fingerprint(start.state), { history: [], replica: start }]]);
  for (const { history } of found.values()) {
    for (const arrival of soup) {
      const longer = [...history, arrival];
      const replica = new Replica(config, longer);
      judge(replica, longer);
      const name = fingerprint(replica.state);
      if (!found.has(name)) found.set(name, { history: longer, replica });
    }
  }
  return found;
}
