/**
 * Explores how an epoch ends (S6 of spec/consensus.md): the windows of the correct processes of four, one of which is Byzantine, while
 * slots are stored, checkpoints certified and adopted, and states transferred, in every order. The window and the boundary are
 * computed by the code that ships.
 *
 * A process is as far as it has stored the log, as the checkpoint that it has adopted, and as the highest slot that it can have
 * accepted: it accepts whatever its window lets it, at once, since accepting less only takes from what can follow. The Byzantine
 * process says whatever helps. So a slot can be decided, and a checkpoint or state certified, once two correct processes do their part.
 */
import { digest } from '../../src/prelude/digest.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { invariant, present } from '../../src/prelude/invariant.js';
import { windowEndOf } from '../../src/consensus/context.js';
import { applyControl, type Control, type EpochChange, noEpochChange } from '../../src/consensus/epoch-change.js';
import { trustOf } from '../../test/support/simulation/configuration.js';

export interface EndBounds {
  readonly windowSlots: number;
  readonly checkpointInterval: number;
  /** The slot of the ACTIVATE. */
  readonly since: number;
}

/**
 * Faults of the rules, each of which the explorer must find. One slot more would change nothing: a checkpoint below the ACTIVATE is
 * at least one slot below it.
 */
export const endFaults = {
  'checkpoint silent': 'a checkpoint does not say the boundary',
  'checkpoint unread': 'who adopts a checkpoint does not take its boundary',
  'controls late': 'slots are reported stored an interval before their controls are taken',
  'boundary early': 'the epoch ends with the window of the ACTIVATE, not behind it',
  'window wide': 'the window is two slots wider',
} as const;

export type EndFault = keyof typeof endFaults;

type Property =
  | 'nothing is accepted beyond the end'
  | 'reports are within the window of their checkpoint'
  | 'the end is reached';

interface Place {
  readonly stored: number;
  readonly low: number;
  /** Whether the checkpoint adopted says the boundary. */
  readonly isTold: boolean;
  readonly reach: number;
}

const correct = 3;

/** The last slot of an epoch that an ACTIVATE in slot `since` ends: as the reducer that ships has it. */
export function boundaryOf({ windowSlots, checkpointInterval, since }: EndBounds): number {
  const { system } = trustOf({ trust: 'f=1 t=1 of (a, b, c, d)' });
  const configuration = digest(utf8('the next'));
  const identities = { keyId: digest(), verify: () => true };
  const rules = {
    ...{ allianceId: digest(), epoch: 1, windowSlots, checkpointInterval },
    configurationOf: () => ({ system, identities }),
  };
  const controls: readonly Control[] = [
    { _tag: 'Prepare', configuration },
    ...[0, 1, 2].map(
      (position): Control => ({ _tag: 'Ready', configuration, position, signature: new Uint8Array(64) }),
    ),
    { _tag: 'Activate', configuration },
  ];
  const change = controls.reduce<EpochChange>(
    (before, control) => applyControl(before, since, control, rules),
    noEpochChange,
  );
  invariant(change._tag === 'Activated', 'three of four are ready');
  return change.boundary.slot;
}

class EndModel {
  readonly boundary: number;

  constructor(
    private readonly bounds: EndBounds,
    private readonly fault?: EndFault,
  ) {
    const { windowSlots, since } = bounds;
    this.boundary = fault === 'boundary early' ? since + windowSlots - 1 : boundaryOf(bounds);
  }

  get start(): Place {
    return this.reaching({ stored: 0, low: 0, isTold: false, reach: 0 });
  }

  /** All that one process can do next; what it does depends on what two correct ones have done. */
  after(places: readonly Place[], index: number): readonly Place[] {
    const place = present(places[index], 'a process');
    const { checkpointInterval } = this.bounds;
    const [decidable, certifiable] = [
      second(places.map(({ reach }) => reach)),
      second(places.map(({ stored }) => stored)),
    ];
    const next: Place[] = [];
    if (place.stored < decidable) next.push({ ...place, stored: place.stored + 1 });
    for (let slot = checkpointInterval; slot <= certifiable; slot += checkpointInterval) {
      if (slot > place.low) next.push({ ...place, low: slot, isTold: this.says(slot) });
      if (slot > place.stored) next.push({ ...place, stored: slot });
    }
    return next.map((one) => this.reaching(one));
  }

  /** Whether the checkpoint at `slot`, of which two correct processes have given shares, says the boundary. */
  private says(slot: number): boolean {
    const { since } = this.bounds;
    if (this.fault === 'checkpoint silent' || this.fault === 'checkpoint unread') return false;
    return slot >= (this.fault === 'controls late' ? since + this.bounds.checkpointInterval : since);
  }

  private windowEnd(low: number, isKnown: boolean): number {
    const width = this.bounds.windowSlots + (this.fault === 'window wide' ? 2 : 0);
    return windowEndOf(low, isKnown ? this.boundary : undefined, width);
  }

  private reaching(place: Place): Place {
    const { stored, low, isTold, reach } = place;
    const isKnown = isTold || stored >= this.bounds.since;
    return { ...place, reach: Math.max(reach, this.windowEnd(low, isKnown)) };
  }

  faultsOf({ low, isTold, reach }: Place): readonly Property[] {
    const beyond = reach > this.boundary;
    const outside = reach > this.windowEnd(low, isTold);
    return [
      ...(beyond ? (['nothing is accepted beyond the end'] as const) : []),
      ...(outside ? (['reports are within the window of their checkpoint'] as const) : []),
    ];
  }

  isOver(places: readonly Place[]): boolean {
    return places.every(({ stored, low }) => stored === this.boundary && low === this.boundary);
  }
}

/** The second highest: what two correct processes have in common. */
function second(values: readonly number[]): number {
  return present([...values].sort((a, b) => b - a)[1], 'more than one');
}

/** Correct processes are interchangeable. */
function nameOf(places: readonly Place[]): string {
  return places
    .map((place) => `${place.stored}.${place.low}.${place.isTold ? 1 : 0}.${place.reach}`)
    .sort()
    .join(' ');
}

export interface EndExploration {
  readonly states: number;
  readonly violations: ReadonlySet<Property>;
}

/** Every state that there is. Stops at the first violation. */
export function exploreEnd(bounds: EndBounds, fault?: EndFault): EndExploration {
  const model = new EndModel(bounds, fault);
  const first = Array.from({ length: correct }, () => model.start);
  const seen = new Set([nameOf(first)]);
  const pending: (readonly Place[])[] = [first];
  const violations = new Set<Property>();
  for (let places = pending.pop(); places !== undefined; places = pending.pop()) {
    for (const place of places) for (const property of model.faultsOf(place)) violations.add(property);
    if (violations.size > 0) break;
    let isStuck = true;
    for (const index of places.keys()) {
      for (const next of model.after(places, index)) {
        isStuck = false;
        const reached = places.with(index, next);
        const name = nameOf(reached);
        if (seen.has(name)) continue;
        seen.add(name);
        pending.push(reached);
      }
    }
    if (isStuck && !model.isOver(places)) violations.add('the end is reached');
  }
  return { states: seen.size, violations };
}
