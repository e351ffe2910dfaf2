/** placeholder */
import { Acts } from './acts.js';
import { Certification, isFalselyAccused, isRefused, isStuck, RememberedSelection } from './certification.js';
import { renamings } from './coding.js';
import { Credentials } from './credentials.js';
import { faultySelection } from './faulty-selection.js';
import { type Mutant, selectionMutants } from './mutant.js';
import { permitsOtherThan, permitting } from './outcome.js';
import { type Bounds, type Setting, settingOf } from './setting.js';
import { type Selecting, shippingSelection } from './shipping-selection.js';
import { StateTable } from './state-table.js';

export type Property =
  | 'agreement'
  | 'certificates respect decisions'
  | 'one commit certificate a view'
  | 'selection ends'
  | 'no false accusation'
  | 'correct reports count';

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** How many different sets of reports selection was asked about. */
  readonly selections: number;
  /** How many states had been found when each property was first seen violated. */
  readonly violations: ReadonlyMap<Property, number>;
  /** Whether every reachable state was seen. */
  readonly isComplete: boolean;
}

export interface Search {
  readonly mutant?: Mutant;
  /** In place of the shipping rule. */
  readonly selecting?: (setting: Setting) => Selecting;
  /** Ends the search early. */
  readonly until?: (violations: ReadonlyMap<Property, number>, states: number) => boolean;
}

/** The states at the end of some view, under one schedule of leaders. */
interface Front {
  readonly leaders: readonly number[];
  readonly states: StateTable;
}

export function explore(bounds: Bounds, search: Search = {}): Exploration {
  return new Explorer(settingOf(bounds), search).run();
}

class Explorer {
  private readonly mutant: Mutant;
  private readonly credentials: Credentials;
  private readonly selection: RememberedSelection;
  private readonly renamings;
  private readonly violations = new Map<Property, number>();
  private readonly width: number;
  private states = 0;
  private transitions = 0;

  constructor(
    private readonly setting: Setting,
    private readonly search: Search,
  ) {
    this.mutant = search.mutant ?? 'none';
    this.credentials = new Credentials(setting);
    const makeSelecting =
      search.selecting ??
      (selectionMutants.has(this.mutant)
        ? (of: Setting) => faultySelection(of, this.mutant)
        : shippingSelection);
    this.selection = new RememberedSelection(setting, makeSelecting(setting));
    this.renamings = renamings(setting.values);
    this.width = setting.correct + 3;
  }

  run(): Exploration {
    const start = new StateTable(this.width);
    start.add(new Uint16Array(this.width));
    let fronts: readonly Front[] = [{ leaders: [], states: start }];
    while (fronts.length > 0 && !this.isEnough) fronts = fronts.flatMap((front) => this.advance(front));
    const { states, transitions, violations } = this;
    return { states, transitions, selections: this.selection.size, violations, isComplete: !this.isEnough };
  }

  private get isEnough(): boolean {
    return this.search.until?.(this.violations, this.states) ?? false;
  }

  /** Judges every state of a front, and takes it through the next view under each kind of leader. */
  private advance({ leaders, states }: Front): readonly Front[] {
    const { setting, mutant } = this;
    const certification = new Certification(setting, mutant, this.credentials, this.selection, leaders);
    const next = leaders.length === setting.views ? [] : this.nextLeaders(leaders).map((leader) => this.opened(leaders, leader));
    const state = new Uint16Array(this.width);
    for (let index = 0; index < states.size && !this.isEnough; index++) {
      states.read(index, state);
      const outcomes = leaders.length === 0 ? permitting((1 << setting.values) - 1) : certification.at(state);
      if (leaders.length > 0) this.judge(state, outcomes);
      for (const { acts, leader } of next) acts.from(state, this.certifiedFor(leader, outcomes));
    }
    return next.map(({ front }) => front);
  }

  private opened(leaders: readonly number[], leader: number) {
    const states = new StateTable(this.width);
    const { correct } = this.setting;
    const acts = new Acts(this.setting, this.mutant, leaders.length + 1, leader, this.renamings, (state, isTorn) => {
      this.transitions += 1;
      if (!states.add(state)) return;
      this.states += 1;
      const decided = state[correct + 2] ?? 0;
      if ((decided & (decided - 1)) !== 0) this.violated('agreement');
      if (isTorn) this.violated('one commit certificate a view');
    });
    return { acts, leader, front: { leaders: [...leaders, leader], states } };
  }

  /** A correct process, and each Byzantine one that has led or the next of them: they are interchangeable. */
  private nextLeaders(leaders: readonly number[]): readonly number[] {
    const { correct, n } = this.setting;
    const used = Math.max(correct - 1, ...leaders);
    const byzantine = Array.from({ length: n - correct }, (_, index) => correct + index);
    return [0, ...byzantine.filter((leader) => leader <= used + 1)];
  }

  private certifiedFor(leader: number, outcomes: number): number {
    const isBlind = this.mutant === 'certify without checking' && leader >= this.setting.correct;
    return isBlind ? outcomes | permitting((1 << this.setting.values) - 1) : outcomes;
  }

  private judge(state: Uint16Array, found: number): void {
    const { correct } = this.setting;
    const decided = state[correct + 2] ?? 0;
    const outcomes = this.certifiedFor(correct, found & 0x3ff);
    if (decided !== 0 && permitsOtherThan(outcomes, decided)) this.violated('certificates respect decisions');
    if ((found & isStuck) !== 0) this.violated('selection ends');
    if ((found & isFalselyAccused) !== 0) this.violated('no false accusation');
    if ((found & isRefused) !== 0) this.violated('correct reports count');
  }

  private violated(property: Property): void {
    if (!this.violations.has(property)) this.violations.set(property, this.states);
  }
}
