/**
 * How an epoch is handed over (S8 of spec/consensus.md), by the shipping machines of three correct processes, z being Byzantine: their logs
 * agree (S3), and the states that their applications come to may not. What is stored, closed, certified, fetched in the place of
 * the log, asked for and handed over happens in every order; two correct processes and z certify, one and z hand over. Machines share
 * nothing but messages, so a state of all is one of each, in any order.
 */
import { equalBytes } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import { invariant, present } from '../../src/prelude/invariant.js';
import { type Batch, noop } from '../../src/consensus/batch.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import type { Effect } from '../../src/consensus/effect.js';
import type { Event } from '../../src/consensus/event.js';
import { handoffStatement, type Succession } from '../../src/consensus/handoff.js';
import { stateDigest } from '../../src/consensus/manifest.js';
import type { Message } from '../../src/consensus/message.js';
import { chainStart } from '../../src/consensus/statement.js';
import { FabMachine } from '../../src/consensus/step.js';
import { boundary, stateOf } from '../consensus/epochs/states.js';
import { p, Scene } from '../support/scene.js';
import { fingerprint } from './replica.js';

/** A state after the last slot. */
type Ending = 'one' | 'other';
const endings: readonly Ending[] = ['one', 'other'];

type Act =
  | 'stores the next slot'
  | 'takes its snapshot'
  | 'adopts the checkpoint'
  | 'fetches the state'
  | 'is asked for its share'
  | `hears that ${Ending} is certified`
  | `hears of the hand-over of ${Ending}`;

const acts: readonly Act[] = [
  'stores the next slot',
  'takes its snapshot',
  'adopts the checkpoint',
  'fetches the state',
  'is asked for its share',
  ...endings.flatMap((ending): Act[] => [`hears that ${ending} is certified`, `hears of the hand-over of ${ending}`]),
];

const scene = new Scene({
  trust: 'f=1 t=1 of (z, b, c, d)',
  leaders: 'z',
  parameters: { windowSlots: 4, checkpointInterval: 2, transferSlots: 0 },
});
const config = scene.config(p('b'));
const log: readonly Batch[] = Array.from({ length: boundary.slot }, () => noop);

function successionOf(ending: Ending): Succession {
  return {
    slot: boundary.slot,
    chain: scene.chain(log),
    manifest: stateOf(ending),
    configuration: boundary.configuration,
  };
}

/** One machine, with what it has said. */
class Process {
  stored = 0;
  isHalted = false;
  isOver = false;
  readonly snapshots = new Set<Ending>();
  readonly signed = new Set<Ending>();
  private fetching: Effect['_tag'] | undefined;
  private readonly machine: FabMachine;

  constructor(private readonly own: Ending) {
    const chains = new Map([[0, chainStart(config.allianceId)]]);
    this.machine = new FabMachine(config, [], { decidedUpTo: 0, chains, delivery: DeliveryTable.empty() });
    this.feed({ _tag: 'Start' });
  }

  get name(): string {
    const said = [[...this.snapshots], [...this.signed], this.isOver, this.isHalted, this.fetching].join();
    return `${this.own} ${said} ${this.stored} ${fingerprint(this.machine['context'].state)}`;
  }

  /** Whether all slots of the epoch are. */
  get isClosed(): boolean {
    return this.machine.view.low >= boundary.slot;
  }

  /** Does what it can, or nothing. */
  act(act: Act): void {
    switch (act) {
      case 'stores the next slot': {
        const slot = this.machine.view.decidedUpTo + 1;
        if (slot > boundary.slot) return;
        this.hear(scene.range(log.slice(slot - 1, slot), 'z c', log.slice(0, slot - 1)));
        return;
      }
      case 'takes its snapshot':
        if (this.stored < boundary.slot) return;
        this.feed({ _tag: 'Snapshotted', ...successionOf(this.own) });
        return;
      case 'adopts the checkpoint': {
        const { slot, chain } = successionOf(this.own);
        const certificate = scene.certifyCheckpoint({ slot, chain, boundary: slot }, 'z c d');
        this.hear({ _tag: 'StableCheckpoint', certificate });
        return;
      }
      case 'fetches the state':
        if (this.fetching !== 'Transfer') return;
        this.feed({ _tag: 'Transferred', slot: boundary.slot });
        return;
      case 'is asked for its share':
        this.hear({ _tag: 'AskHandoffShare' });
        return;
      case 'hears that one is certified':
      case 'hears that other is certified': {
        const ending = act.includes('other') ? 'other' : 'one';
        this.hear({ _tag: 'Offer', certificate: scene.snapshot(successionOf(ending), 'z c d') });
        return;
      }
      case 'hears of the hand-over of one':
      case 'hears of the hand-over of other': {
        const handoff = scene.handoff(successionOf(act.includes('other') ? 'other' : 'one'), 'z c');
        this.feed({ _tag: 'Handoff', from: p('z'), handoff });
        return;
      }
    }
  }

  private hear(message: Message): void {
    this.feed({ _tag: 'Message', from: p('z'), message });
  }

  private feed(event: Event): void {
    if (this.isOver || this.isHalted) return;
    for (const effect of this.machine.step(event, 0)) this.carryOut(effect);
  }

  private carryOut(effect: Effect): void {
    switch (effect._tag) {
      case 'Send':
        if (effect.message._tag === 'Snapshot') this.snapshots.add(endingOf(effect.message.state));
        if (effect.message._tag === 'Snapshot' || effect.message._tag === 'Checkpoint')
          this.feed({ _tag: 'Message', from: config.me, message: effect.message });
        return;
      case 'Sign': {
        const { statement, isProven } = effect;
        const ending = endings.find((one) => equalBytes(statement, handoffStatement(context, successionOf(one))));
        if (ending !== undefined) this.signed.add(ending);
        const share = config.allianceSigner.signShare(statement);
        this.feed({ _tag: 'Signed', statement, isProven, share: E.isRight(share) ? share.right : undefined });
        return;
      }
      case 'Decide':
        this.stored = effect.slot;
        if (effect.slot === boundary.since) this.feed({ _tag: 'Boundary', ...boundary });
        this.feed({ _tag: 'Stored', slot: effect.slot });
        return;
      case 'Transfer':
      case 'Abandon':
        this.fetching = effect._tag;
        return;
      case 'Install': {
        this.fetching = undefined;
        this.stored = boundary.slot;
        const target = present(this.machine['context'].state.transfer, 'what is fetched');
        this.feed({ _tag: 'Installed', ...target, boundary, delivery: DeliveryTable.empty() });
        return;
      }
      case 'HandedOver':
        this.isOver = true;
        return;
      case 'Halt':
        this.isHalted = true;
        return;
      default:
        return;
    }
  }
}

const context = { allianceId: config.allianceId, epoch: config.epoch, keyId: config.keys.alliance.keyId };

function endingOf(state: Uint8Array): Ending {
  const found = endings.find((one) => equalBytes(state, stateDigest(boundary.slot, stateOf(one))));
  return present(found, 'a state that there is');
}

/** A state of one process, by the acts that lead to it. */
interface Local extends Pick<Process, 'stored' | 'isClosed' | 'isHalted' | 'isOver' | 'snapshots' | 'signed'> {
  readonly own: Ending;
  readonly acts: readonly Act[];
}

/** What processes can come to, each state once. */
class Locals {
  readonly all: Local[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly after = new Map<string, number>();

  step(number: number, act: Act): number {
    const key = `${number} ${act}`;
    const { own, acts: before } = this.at(number);
    const next = this.after.get(key) ?? this.numberOf(own, [...before, act]);
    this.after.set(key, next);
    return next;
  }

  at(number: number): Local {
    return present(this.all[number], 'a state');
  }

  numberOf(own: Ending, history: readonly Act[]): number {
    const process = new Process(own);
    for (const act of history) process.act(act);
    const known = this.numbers.get(process.name);
    if (known !== undefined) return known;
    const { stored, isClosed, isHalted, isOver, snapshots, signed } = process;
    this.all.push({ own, acts: history, stored, isClosed, isHalted, isOver, snapshots, signed });
    this.numbers.set(process.name, this.all.length - 1);
    return this.all.length - 1;
  }
}

export interface HandoffExploration {
  readonly states: number;
  readonly localStates: number;
  /** In how many states nothing can happen any more. */
  readonly ends: number;
}

/** Every state there is, of three whose applications come to these states. Throws at the first in which two HANDOFFs can be. */
export function exploreHandoff(owns: readonly Ending[]): HandoffExploration {
  const locals = new Locals();
  const start = owns.map((own) => locals.numberOf(own, []));
  const seen = new Set([start.join()]);
  const pending = [start];
  let ends = 0;
  for (let global = pending.pop(); global !== undefined; global = pending.pop()) {
    const processes = global.map((number) => locals.at(number));
    judge(processes);
    const possible = acts.filter((act) => isPossible(act, processes));
    const next = global.flatMap((number, index) =>
      possible.map((act) => locals.step(number, act)).flatMap((to) => (to === number ? [] : [global.with(index, to)])),
    );
    if (next.length === 0) ends += judgeEnd(processes);
    for (const reached of next) {
      reached.sort((a, b) => a - b);
      if (seen.has(reached.join())) continue;
      seen.add(reached.join());
      pending.push(reached);
    }
  }
  return { states: seen.size, localStates: locals.all.length, ends };
}

/** What z can bring about with what the correct processes have said. */
function isPossible(act: Act, processes: readonly Local[]): boolean {
  const count = (does: (process: Local) => boolean): number => processes.filter(does).length;
  const ending = act.includes('other') ? 'other' : 'one';
  if (act === 'adopts the checkpoint') return count(({ stored }) => stored >= boundary.slot) >= 2;
  if (act.startsWith('hears that')) return count(({ snapshots }) => snapshots.has(ending)) >= 2;
  if (act.startsWith('hears of')) return count(({ signed }) => signed.has(ending)) >= 1;
  return true;
}

function judge(processes: readonly Local[]): void {
  const signed = endings.filter((ending) => processes.some((process) => process.signed.has(ending)));
  const story = () => processes.map(({ acts: history }) => history.join(', ')).join('\n');
  invariant(signed.length <= 1, `two HANDOFFs:\n${story()}`);
  for (const ending of signed)
    invariant(
      processes.filter(({ snapshots }) => snapshots.has(ending)).length >= 2,
      `${ending} is not certified:\n${story()}`,
    );
  const isAlike = new Set(processes.map(({ own }) => own)).size === 1;
  invariant(!isAlike || processes.every(({ isHalted }) => !isHalted), `a correct process halts:\n${story()}`);
  for (const process of processes) {
    invariant(process.signed.size === 0 || process.isClosed, `the end is signed before it is closed:\n${story()}`);
    const isFalse = process.isOver && [...process.snapshots].some((ending) => !signed.includes(ending));
    invariant(!isFalse, `a process goes on from another state than its own:\n${story()}`);
  }
}

/** Where all applications agree, the epoch ends for everybody. */
function judgeEnd(processes: readonly Local[]): number {
  const isAlike = new Set(processes.map(({ own }) => own)).size === 1;
  invariant(!isAlike || processes.every(({ isOver }) => isOver), 'the epoch is not handed over');
  return 1;
}
