/** One shipping machine that can be run again from its history: disk and signer answer at once, its messages to itself too. */
import { toHex } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { batchDigest, type Request } from '../../src/consensus/batch.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import type { Effect } from '../../src/consensus/effect.js';
import type { Event } from '../../src/consensus/event.js';
import type { Message } from '../../src/consensus/message.js';
import { chainStart } from '../../src/consensus/statement.js';
import { FabMachine } from '../../src/consensus/step.js';
import type { SimulatedConfiguration } from '../support/simulation/configuration.js';
import type { TraceRules } from './trace-rules.js';

export type Send = Extract<Effect, { _tag: 'Send' }>;

/** Something that a process receives. */
export interface Arrival {
  readonly name: string;
  readonly from: ProcessId;
  readonly message: Message;
  /** Of the arrivals with the same mark there is at most one: a correct process says one thing. */
  readonly mark?: string;
}

export class Replica {
  readonly sends: Send[] = [];
  readonly decided = new Map<number, string>();
  private readonly machine: FabMachine;

  /** @param rules - told of every step. */
  constructor(
    readonly config: SimulatedConfiguration,
    private readonly rules?: TraceRules,
  ) {
    const chains = new Map([[0, chainStart(config.allianceId)]]);
    this.machine = new FabMachine(config, [], { decidedUpTo: 0, chains, delivery: DeliveryTable.empty() });
    this.feed({ _tag: 'Start' });
  }

  get state() {
    return this.machine['context'].state;
  }

  /** What it sends to others because of it. */
  receive(from: ProcessId, message: Message): readonly Send[] {
    const before = this.sends.length;
    this.feed({ _tag: 'Message', from, message });
    return this.sends.slice(before);
  }

  request(request: Request): void {
    this.feed({ _tag: 'Request', request });
  }

  /** The messages of one kind that it has sent. */
  sent<T extends Message['_tag']>(tag: T): readonly Extract<Message, { _tag: T }>[] {
    return this.sends
      .map(({ message }) => message)
      .filter((message): message is Extract<Message, { _tag: T }> => message._tag === tag);
  }

  private feed(event: Event): void {
    if (event._tag === 'Message') this.rules?.onReceived(this.config.me, event.message);
    for (const effect of this.machine.step(event, 0)) {
      this.rules?.onEffect(this.config.me, effect);
      this.carryOut(effect);
    }
  }

  private carryOut(effect: Effect): void {
    const { me, allianceSigner } = this.config;
    if (effect._tag === 'Send') {
      this.sends.push(effect);
      this.rules?.onSent(me, effect.message);
      if (effect.to.includes(me)) this.feed({ _tag: 'Message', from: me, message: effect.message });
    } else if (effect._tag === 'Sign') {
      const { statement, isProven } = effect;
      const signed = isProven ? allianceSigner.proveShare(statement) : allianceSigner.signShare(statement);
      const share = E.isRight(signed) ? signed.right : undefined;
      this.feed({ _tag: 'Signed', statement, isProven, share });
    } else if (effect._tag === 'Combine') {
      const result = allianceSigner.combine(effect.statement, effect.shares);
      this.feed({ _tag: 'Combined', statement: effect.statement, result });
    } else if (effect._tag === 'Verify') {
      const isValid = allianceSigner.verify(effect.statement, effect.signature);
      this.feed({ _tag: 'Verified', statement: effect.statement, isValid });
    } else if (effect._tag === 'Decide') {
      this.decided.set(effect.slot, toHex(batchDigest(effect.batch)));
      this.feed({ _tag: 'Stored', slot: effect.slot });
    }
  }
}

/** Moments, numbers of records, what is proven beside the protocol, and signatures, which the mock keys make functions of what they sign. */
const isIncidental = (key: string): boolean =>
  /Ms$|[pP]ersist|[sS]ignature$|^(share|shares|chains|delivery|pool|peers|answers|entry|proven|evidenceChecks|attribution)$/.test(
    key,
  );

/**
 * The same for states that differ in nothing but incidentals and the order in which maps were filled.
 * @param besides - what else is incidental.
 */
export function fingerprint(value: unknown, besides = /^$/): string {
  const fingerprintOf = (held: unknown): string => fingerprint(held, besides);
  if (value instanceof Uint8Array) return toHex(value.subarray(0, 6));
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<unknown, unknown>)].map(
      ([key, held]) => `${String(key)}=${fingerprintOf(held)}`,
    );
    return `{${entries.sort().join(',')}}`;
  }
  if (value instanceof Set) return `<${[...(value as ReadonlySet<unknown>)].map(fingerprintOf).sort().join(',')}>`;
  if (Array.isArray(value)) return `[${value.map(fingerprintOf).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(
      ([key, held]) => !isIncidental(key) && !besides.test(key) && held !== undefined,
    );
    // Of a proof it counts whom it is against.
    const known = 'first' in value && 'leader' in value ? entries.filter(([key]) => key === 'leader') : entries;
    return `(${known.map(([key, held]) => `${key}:${fingerprintOf(held)}`).join(',')})`;
  }
  return String(value);
}

export interface Explored {
  readonly states: number;
  readonly steps: number;
}

export interface Exploring {
  readonly soup: readonly Arrival[];
  /** Whether the arrival may come next; what this forbids is another history renamed. */
  readonly mayFollow: (history: readonly Arrival[], arrival: Arrival) => boolean;
  /** Makes the replica and gives it a history, judging every step. */
  readonly run: (history: readonly Arrival[]) => Replica;
}

/** Takes a replica through every order of any of the arrivals, repetitions too; histories that end in the same state are followed once. */
export function explored({ soup, mayFollow, run }: Exploring): Explored {
  const known = new Map<string, readonly Arrival[]>([['', []]]);
  let steps = 0;
  for (const history of known.values()) {
    for (const arrival of soup) {
      if (contradicts(history, arrival) || !mayFollow(history, arrival)) continue;
      steps += 1;
      const longer = [...history, arrival];
      const marked = new Set(longer.flatMap(({ mark, name }) => (mark === undefined ? [] : [name])));
      const name = `${fingerprint(run(longer).state)} ${[...marked].sort().join(' ')}`;
      if (!known.has(name)) known.set(name, longer);
    }
  }
  return { states: known.size, steps };
}

function contradicts(history: readonly Arrival[], { mark, name }: Arrival): boolean {
  return mark !== undefined && history.some((other) => other.mark === mark && other.name !== name);
}
