/** Events and effects of the Paxos machine: those of the machine for Byzantine faults, without keys and certificates. */
import type { ProcessId } from '../../prelude/process.js';
import type { Effect } from '../effect.js';
import type { Event } from '../event.js';
import type { PaxosMessage, PaxosRecord } from './message.js';

type EventOf<Tag extends Event['_tag']> = Extract<Event, { _tag: Tag }>;
type EffectOf<Tag extends Effect['_tag']> = Extract<Effect, { _tag: Tag }>;

export type PaxosEvent =
  | EventOf<'Start' | 'Request' | 'Timer' | 'Stored'>
  | (Omit<EventOf<'Message'>, 'message'> & { readonly message: PaxosMessage });

export type PaxosEffect =
  | EffectOf<'SetTimer' | 'Refuse' | 'View'>
  | (Omit<EffectOf<'Persist'>, 'record'> & { readonly record: PaxosRecord })
  | (Omit<EffectOf<'Send'>, 'message'> & { readonly message: PaxosMessage })
  | Omit<EffectOf<'Decide'>, 'path'>
  /** Send a `Log` of the stored log, beginning with slot `from`, to a server that fell behind. */
  | { readonly _tag: 'SendLog'; readonly to: ProcessId; readonly from: number };
