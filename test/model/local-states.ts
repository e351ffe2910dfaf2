/**
 * The states of one correct process of four, z being Byzantine and the leader of every view, over one slot: what the shipping
 * machine comes to by what it hears. An act is what it hears of others at once; the three correct processes are alike, so one table is for all.
 */
import { present } from '../../src/prelude/invariant.js';
import { toHex } from '../../src/prelude/bytes.js';
import { type Batch, batchDigest } from '../../src/consensus/batch.js';
import { decodeReport } from '../../src/consensus/codec.js';
import type { Message, SignedReport, Verdict } from '../../src/consensus/message.js';
import { right } from '../support/right.js';
import { p, type Scene } from '../support/scene.js';
import { fingerprint, Replica } from './replica.js';

export const correct = ['b', 'c', 'd'] as const;
export type Correct = (typeof correct)[number];
/** One of z's two batches. */
export type Value = 'x' | 'y';
export const values: readonly Value[] = ['x', 'y'];

/** What a progress certificate says of the slot; `none`: nobody has reported anything. */
export type Outcome = Value | 'free' | 'none' | 'noop';

export type Act =
  /** z proposes a value, with the permit of what is certified for the view, if anything. */
  | { readonly _tag: 'propose'; readonly view: number; readonly value: Value | 'invalid'; readonly permit?: Outcome }
  /** z and as many others as this needs, or all, have accepted a value. */
  | { readonly _tag: 'accepted' | 'all accepted' | 'committed'; readonly view: number; readonly value: Value }
  /** Everybody has complained about a view. */
  | { readonly _tag: 'leave'; readonly view: number };

/** What a process has said in one view. */
export interface Said {
  readonly accepted: ReadonlyMap<number, Value>;
  readonly committed: ReadonlyMap<number, Value>;
  readonly decided: Value | undefined;
  /** What its newest report shows. */
  readonly report: string;
}

interface LocalState extends Said {
  readonly acts: readonly Act[];
}

export class LocalStates {
  private readonly states: LocalState[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly after = new Map<string, number>();
  private readonly names: ReadonlyMap<string, Value>;
  /** The number of the state in which nothing has been heard. */
  readonly first: number;
  steps = 0;

  constructor(
    readonly scene: Scene,
    readonly batches: Readonly<Record<Value | 'invalid', Batch>>,
  ) {
    this.names = new Map(values.map((value) => [toHex(batchDigest(batches[value])), value]));
    this.first = this.numberOf([]);
  }

  get size(): number {
    return this.states.length;
  }

  said(state: number): Said {
    return present(this.states[state], 'a state');
  }

  /** How many of these states have accepted, or committed, a value. */
  count(states: readonly number[], said: 'accepted' | 'committed', view: number, value: Value): number {
    return states.filter((state) => this.said(state)[said].get(view) === value).length;
  }

  /** What leads to a state. */
  acts(state: number): readonly Act[] {
    return present(this.states[state], 'a state').acts;
  }

  /** The number of the state that an act leads to. */
  step(state: number, act: Act): number {
    const key = `${state} ${nameOf(act)}`;
    let next = this.after.get(key);
    if (next === undefined) {
      this.steps += 1;
      next = this.numberOf([...present(this.states[state], 'a state').acts, act]);
      this.after.set(key, next);
    }
    return next;
  }

  /** The machine of a process in this state. */
  replica(process: Correct, state: number): Replica {
    return this.run(process, present(this.states[state], 'a state').acts);
  }

  report(process: Correct, state: number): SignedReport {
    return present(this.replica(process, state).sent('Report').at(-1)?.report, 'a report');
  }

  valueOf(digest: Uint8Array): Value {
    return present(this.names.get(toHex(digest)), 'a value of z');
  }

  private numberOf(acts: readonly Act[]): number {
    const replica = this.run('b', acts);
    const report = this.shownBy(replica.sent('Report').at(-1)?.report);
    const name = `${nameOfState(replica)} ${report}`;
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const decided = replica.decided.get(1);
    this.states.push({
      acts,
      accepted: this.byView(replica.sent('Accepted')),
      committed: this.byView(replica.sent('Commit')),
      decided: decided === undefined ? undefined : present(this.names.get(decided), 'a value of z'),
      report,
    });
    this.numbers.set(name, this.states.length - 1);
    return this.states.length - 1;
  }

  /** What a process has said once a view: two values in one view are a violation that ends everything. */
  private byView(messages: readonly Extract<Message, { _tag: 'Accepted' | 'Commit' }>[]): ReadonlyMap<number, Value> {
    const found = new Map<number, Value>();
    for (const { view, digest } of messages) {
      const value = this.valueOf(digest);
      if ((found.get(view) ?? value) !== value) throw new Error(`two values in view ${view}`);
      found.set(view, value);
    }
    return found;
  }

  private shownBy(report: SignedReport | undefined): string {
    if (report === undefined) return '';
    const { votes, commits } = right(decodeReport(report.body));
    const shown = [...votes, ...commits.map((commit) => ({ ...commit, kind: '!' }))];
    return shown.map((one) => `${one.view}${this.valueOf(one.digest)}${'kind' in one ? one.kind : ''}`).join(' ');
  }

  private run(process: Correct, acts: readonly Act[]): Replica {
    const replica = new Replica(this.scene.config(p(process)));
    for (const act of acts)
      for (const [from, message] of this.heard(process, replica, act)) replica.receive(p(from), message);
    return replica;
  }

  private heard(process: Correct, replica: Replica, act: Act): readonly (readonly [string, Message])[] {
    const { scene, batches } = this;
    const { view } = act;
    if (act._tag === 'leave') {
      const timeouts = ['z', ...correct].map((name) => scene.timeout(name, view));
      return [['z', { _tag: 'Timeouts', timeouts, evidence: [] }]];
    }
    const batch = batches[act.value];
    if (act._tag === 'propose') {
      const permit = act.permit === undefined ? undefined : permitOf(scene, this.batches, view, act.permit);
      return [['z', scene.propose(view, 1, batch, permit)]];
    }
    const sent = act._tag === 'committed' ? replica.sent('Commit') : replica.sent('Accepted');
    const hasSaid = sent.some((one) => one.view === view && this.valueOf(one.digest) === act.value);
    const others = correct.filter((name) => name !== process);
    const needed = hasSaid && act._tag !== 'all accepted' ? others.slice(0, 1) : others;
    const say = act._tag === 'committed' ? scene.commit.bind(scene) : scene.accepted.bind(scene);
    return ['z', ...needed].map((from) => [from, say(from, view, 1, batch)] as const);
  }
}

export function verdictsFor(batches: LocalStates['batches'], outcome: Outcome): readonly Verdict[] {
  if (outcome === 'none') return [];
  return [
    outcome === 'free' || outcome === 'noop'
      ? { _tag: outcome }
      : { _tag: 'pick', digest: batchDigest(batches[outcome]) },
  ];
}

/** The permit of an outcome; the certificate is the same whoever has signed it. */
export function permitOf(scene: Scene, batches: LocalStates['batches'], view: number, outcome: Outcome) {
  const verdicts = verdictsFor(batches, outcome);
  const [verdict] = verdicts;
  const certificate = scene.progress(view, 0, verdicts, 'z b');
  return verdict === undefined ? { certificate } : { certificate, shown: { verdict, path: [] } };
}

function nameOf(act: Act): string {
  const [value, permit] = ['value' in act ? act.value : '', 'permit' in act ? act.permit : ''];
  return `${act._tag} ${act.view} ${value} ${permit}`;
}

/** What it knows, permits aside: one is as good as another. And all that it has ever accepted, committed and reported. */
function nameOfState(replica: Replica): string {
  const said = (['Accepted', 'Commit'] as const).flatMap((tag) =>
    replica.sent(tag).map(({ view, digest }) => `${tag} ${view} ${toHex(digest.subarray(0, 4))}`),
  );
  return `${fingerprint(replica.state, /^(permit|certificate|timeouts|report|reports|collection|evidence|invalid|wanted|sent)$/)} ${[...new Set(said)].sort().join(' ')}`;
}
