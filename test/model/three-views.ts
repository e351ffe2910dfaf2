/**
 * The shipping machines of three correct processes over three views of one slot, z being Byzantine, the leader of every view, and of two
 * minds. All that they can come to is explored, view by view and stage by stage, for which spec/model/explorer.ts says why it is enough:
 * z proposes anything with any permit there is, to each process something else or nothing; each hears of each quorum of ACCEPTED and of
 * COMMIT there is, of this view or an earlier one, or does not; everybody leaves the view and reports; z shows certifiers any reports,
 * with any of its own, and has every permit that they sign.
 *
 * Machines share nothing but messages, so what each comes to is found once for each of its states (`local-states.ts`), and a state of
 * all is three of those, in any order, with what has been certified. What is left out: correct leaders, of which z can do all that they
 * do; less than a quorum of ACCEPTED, which `machine.test.ts` tries in every order; evidence, which shows of z what selection knows
 * of the leader of the highest view anyway; more than one slot; crashes and time.
 */
import { Scene } from '../support/scene.js';
import { Certifying } from './certifying.js';
import { type Act, correct, LocalStates, type Outcome, type Value, values } from './local-states.js';

/** The states of the three, ascending; and what is certified for each view from the second. */
interface Global {
  readonly locals: readonly number[];
  readonly certified: readonly (readonly Outcome[])[];
}

type Front = ReadonlyMap<string, Global>;

export interface Bounds {
  readonly t: number;
  readonly views: number;
  /** Whether processes may hear of decisions. */
  readonly isTold: boolean;
  /** Whether it is asked what can be certified after the last view. */
  readonly isCertifiedLast: boolean;
}

export interface ThreeViewsResult {
  readonly states: number;
  readonly localStates: number;
  readonly steps: number;
  readonly certifications: number;
}

export class ThreeViews {
  private readonly locals: LocalStates;
  private readonly certifying: Certifying;
  private states = 0;

  constructor(private readonly bounds: Bounds) {
    const scene = new Scene({ trust: `f=1 t=${bounds.t} of (z, b, c, d)`, leaders: 'z' });
    const invalid = { requests: [{ ...scene.request('x'), signature: new Uint8Array(64) }] };
    this.locals = new LocalStates(scene, { x: scene.batch('x'), y: scene.batch('y'), invalid });
    this.certifying = new Certifying(this.locals);
  }

  /** Throws at the first state in which agreement or validity is broken, or certificates permit something else than what is decided. */
  run(): ThreeViewsResult {
    const { views, t, isTold, isCertifiedLast } = this.bounds;
    const { first } = this.locals;
    const start = { locals: [first, first, first], certified: [] };
    let front: Front = new Map([[nameOf(start), start]]);
    for (const view of range(views)) {
      const proposed = ({ certified }: Global): readonly Act[] =>
        range(view).flatMap((past) => this.proposals(past, certified[past - 2]));
      // Whoever has got one may get another one too.
      front = this.stage(this.stage(front, proposed), proposed);
      for (const past of range(view)) {
        front = this.stage(front, (global) => this.quorums('accepted', past, global));
        if (isTold && t === 0) front = this.stage(front, (global) => this.quorums('all accepted', past, global));
        if (isTold) front = this.stage(front, (global) => this.quorums('committed', past, global));
      }
      if (view < views || isCertifiedLast) front = this.leave(front, view);
    }
    const { size: localStates, steps } = this.locals;
    return { states: this.states, localStates, steps, certifications: this.certifying.size };
  }

  /** Every process does one of what it may, or nothing: all states before are among those after. */
  private stage(front: Front, actsOf: (global: Global) => readonly Act[]): Front {
    const found = new Map(front);
    for (const global of front.values()) {
      const acts = actsOf(global);
      const choices = global.locals.map((local) => [
        ...new Set([local, ...acts.map((act) => this.locals.step(local, act))]),
      ]);
      for (const locals of product(choices)) this.reach(found, { ...global, locals });
    }
    return found;
  }

  /** Everybody leaves a view, and z has certified for the next what can be. */
  private leave(front: Front, view: number): Front {
    const found = new Map<string, Global>();
    for (const { locals, certified } of front.values()) {
      const left = locals.map((local) => this.locals.step(local, { _tag: 'leave', view }));
      const next = this.certifying.outcomes(view + 1, left, certified);
      this.reach(found, { locals: left, certified: [...certified, next] });
    }
    return found;
  }

  private reach(found: Map<string, Global>, { locals, certified }: Global): void {
    const global = { locals: [...locals].sort((a, b) => a - b), certified };
    const name = nameOf(global);
    if (found.has(name)) return;
    found.set(name, global);
    this.states += 1;
    this.judge(global);
  }

  /** Everything that z can try: each value, and one that no client has signed, with each permit. */
  private proposals(view: number, certified: readonly Outcome[] = []): readonly Act[] {
    const tried = [...values, 'invalid'] as const;
    if (view === 1) return tried.map((value) => ({ _tag: 'propose', view, value }));
    return tried.flatMap((value) => certified.map((permit) => ({ _tag: 'propose', view, value, permit }) as const));
  }

  private quorums(_tag: 'accepted' | 'all accepted' | 'committed', view: number, { locals }: Global): readonly Act[] {
    const needed = _tag === 'all accepted' ? correct.length : 2;
    const said = _tag === 'committed' ? 'committed' : 'accepted';
    return values
      .filter((value) => this.locals.count(locals, said, view, value) >= needed)
      .map((value) => ({ _tag, view, value }));
  }

  private judge({ locals, certified }: Global): void {
    const decided = values.map((value) => ({ value, view: this.decidedIn(locals, value) }));
    const found = decided.filter(({ view }) => view !== undefined);
    if (found.length > 1) this.fail('two values are decided', locals);
    for (const told of locals.map((local) => this.locals.said(local).decided))
      if (told !== undefined && !found.some(({ value }) => value === told))
        this.fail(`a process decides ${told} by itself`, locals);
    for (const { value, view = Number.POSITIVE_INFINITY } of found)
      for (const [index, all] of certified.entries())
        if (index + 2 > view && all.some((outcome) => outcome !== value))
          this.fail(`${value} is decided in view ${view}, and ${all.join()} certified for ${index + 2}`, locals);
  }

  private fail(what: string, locals: readonly number[]): never {
    throw new Error([`${what}:`, ...locals.map((local) => JSON.stringify(this.locals.acts(local)))].join('\n'));
  }

  /** The first view in which somebody may decide a value: z counts among everything. */
  private decidedIn(locals: readonly number[], value: Value): number | undefined {
    return range(this.bounds.views).find(
      (view) =>
        this.locals.count(locals, 'accepted', view, value) >= correct.length - this.bounds.t ||
        this.locals.count(locals, 'committed', view, value) >= 2,
    );
  }
}

function nameOf({ locals, certified }: Global): string {
  return `${locals.join(' ')} ${certified.join(';')}`;
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function product<A>(choices: readonly (readonly A[])[]): readonly (readonly A[])[] {
  return choices.reduce<readonly (readonly A[])[]>(
    (some, next) => some.flatMap((one) => next.map((item) => [...one, item])),
    [[]],
  );
}
