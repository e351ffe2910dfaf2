/**
 * Explores one slot of the protocol exhaustively: every schedule of leaders, correct or Byzantine, every order of acts, every loss
 * and every lie, within the bounds of a {@link Bounds}. Quorums, `select`, `permits` and `checkReport` are those that ship; what
 * processes do between them (rules R2, R3, R5) is written down here as facts.
 *
 * **Why it is enough to go view by view.** What has been said stays said: proposals, acceptances, commits, reports and certificates
 * are facts that only grow, and a message may be received at any later time or never. An act of view v needs facts of lower views,
 * facts of v of an earlier stage (propose, accept, commit, then report and certify for v+1), and its author's own past, in which
 * acts of v come before its report for v+1: that is the promise. So two acts next to each other in a run, the later one of a lower
 * (view, stage), do not need each other and can change places, with the same facts at the end. Every run thus has the same facts
 * as one that is sorted by view and stage, and it is enough to explore these, from one end of a view to the next:
 *
 *  - *A state* is what is known at the end of a view: each correct process's last vote and highest certificate; of each view, what its
 *    leader has signed and of what there is a commit certificate; what has been decided. Everybody who may be missing a message is
 *    covered by not acting on it.
 *  - *Reports* for v+1 are made at the end of v, by each correct process, with what it then holds; that only some come in time, or are
 *    shown, is the choice of the set shown. That a process learns an old certificate after it has reported is the act of
 *    learning in a later view, of any certificate above its own.
 *  - *Certifying* reads and writes nothing, so a vouching set signs an outcome as soon as one correct certifier can be shown reports
 *    that lead to it: what is certified is every outcome of every set of reports, whoever else was shown what.
 *  - *A Byzantine leader* gets every certificate that can be had, at once, and signs all that they permit: having more hinders
 *    nobody. A correct one gets one, and proposes one value that it permits, or nothing.
 *  - *Byzantine processes* accept and commit everything, and report whatever `checkReport` lets pass, out of all
 *    signatures and certificates that exist. Whoever selects has evidence against any of them, or none.
 *  - *Interchangeable:* values; Byzantine processes; correct processes, as the trust model is a threshold, and no rule tells a correct
 *    leader from others. (Where `select` asks for a leader that is correct, that is a violation, and in mutants that
 *    bring it about the correct leader is kept apart.)
 *
 * After the last view the next one is still certified, and judged. Not covered: more than one slot, and time.
 */
import { Acts } from './acts.js';
import { Certification, isFalselyAccused, isRefused, isStuck, RememberedSelection } from './certification.js';
import { type Renaming, renamings } from './coding.js';
import { Credentials } from './credentials.js';
import { faultySelection } from './faulty-selection.js';
import { type Mutant, selectionMutants } from './mutant.js';
import { permitsOtherThan, permitting } from './outcome.js';
import { type Bounds, type Setting, settingOf } from './setting.js';
import { shippingSelection } from './shipping-selection.js';
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

/** What is remembered between explorations within the same bounds. */
export class Model {
  readonly setting: Setting;
  readonly credentials: Credentials;
  private readonly shipping: RememberedSelection;

  constructor(bounds: Bounds) {
    this.setting = settingOf(bounds);
    this.credentials = new Credentials(this.setting);
    this.shipping = new RememberedSelection(this.setting, shippingSelection(this.setting));
  }

  selection(mutant: Mutant): RememberedSelection {
    if (!selectionMutants.has(mutant)) return this.shipping;
    return new RememberedSelection(this.setting, faultySelection(this.setting, mutant));
  }
}

export interface Search {
  readonly mutant?: Mutant;
  /** Ends the search early. */
  readonly until?: (violations: ReadonlyMap<Property, number>, states: number) => boolean;
}

/** The states at the end of some view, under one schedule of leaders. */
interface Front {
  readonly leaders: readonly number[];
  readonly states: StateTable;
}

export function explore(model: Model, search: Search = {}): Exploration {
  return new Explorer(model, search).run();
}

class Explorer {
  private readonly setting: Setting;
  private readonly mutant: Mutant;
  private readonly selection: RememberedSelection;
  private readonly renamings: readonly Renaming[];
  private readonly violations = new Map<Property, number>();
  private readonly width: number;
  private states = 0;
  private transitions = 0;

  constructor(
    private readonly model: Model,
    private readonly search: Search,
  ) {
    this.setting = model.setting;
    this.mutant = search.mutant ?? 'none';
    this.selection = model.selection(this.mutant);
    this.renamings = renamings(this.setting.values);
    this.width = this.setting.correct + 3;
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
    const certification = new Certification(setting, mutant, this.model.credentials, this.selection, leaders);
    const next =
      leaders.length === setting.views ? [] : this.nextLeaders(leaders).map((leader) => this.opened(leaders, leader));
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
