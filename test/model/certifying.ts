/** What certifiers sign for a view: shown the reports of any correct processes, and any report that a Byzantine z makes up. */
import { equalBytes } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import { batchDigest } from '../../src/consensus/batch.js';
import { encodeReport } from '../../src/consensus/codec.js';
import { verdictsOf } from '../../src/consensus/evidence.js';
import type { CommitCertificate, SignedReport, Vote } from '../../src/consensus/message.js';
import { acceptedStatement } from '../../src/consensus/statement.js';
import { right } from '../support/right.js';
import { p } from '../support/scene.js';
import { correct, type LocalStates, type Outcome, permitOf, type Value, values, verdictsFor } from './local-states.js';

const outcomes: readonly Outcome[] = [...values, 'free', 'none', 'noop'];

/** What z reports. */
interface Lie {
  /** With a permit that there is, whether or not it permits this. */
  readonly vote?: { readonly view: number; readonly value: Value; readonly permit?: Outcome };
  /** A certificate that there is, or one that is nobody's. */
  readonly commit?: { readonly view: number; readonly value: Value; readonly isTrue: boolean };
}

export class Certifying {
  private readonly signed = new Map<string, Outcome | undefined>();
  private readonly found = new Map<string, readonly Outcome[]>();

  constructor(private readonly locals: LocalStates) {}

  /** How many different requests have been made. */
  get size(): number {
    return this.signed.size;
  }

  /** @param certified - for the views before, from the second. */
  outcomes(view: number, states: readonly number[], certified: readonly (readonly Outcome[])[]): readonly Outcome[] {
    const lies = this.lies(view, states, certified);
    const texts = states.map((state) => this.locals.said(state).report).sort();
    const key = `${view} ${texts.join()} ${JSON.stringify(lies)}`;
    let known = this.found.get(key);
    if (known === undefined) {
      const signed = shownSets.flatMap((shown) => lies.map((lie) => this.signedFor(view, states, shown, lie)));
      known = outcomes.filter((outcome) => signed.includes(outcome));
      this.found.set(key, known);
    }
    return known;
  }

  private lies(view: number, states: readonly number[], certified: readonly (readonly Outcome[])[]): readonly Lie[] {
    const places = Array.from({ length: view - 1 }, (_, index) => values.map((value) => ({ view: index + 1, value })));
    const votes = places.flat().flatMap((place): Lie[] => {
      if (place.view === 1) return [{ vote: place }];
      const there = certified[place.view - 2] ?? [];
      const permit = there.find((outcome) => permits(outcome, place.value)) ?? there[0];
      return permit === undefined ? [] : [{ vote: { ...place, permit } }];
    });
    const commits = places.flat().flatMap((place): Lie[] => {
      const isTrue = this.locals.count(states, 'accepted', place.view, place.value) >= 2;
      return isTrue || place.view === view - 1 ? [{ commit: { ...place, isTrue } }] : [];
    });
    return [{}, ...votes].flatMap((vote) => [{}, ...commits].map((commit) => ({ ...vote, ...commit })));
  }

  /** What one signs that is not among those whose reports are shown, or one of all three. */
  private signedFor(view: number, states: readonly number[], shown: readonly number[], lie: Lie): Outcome | undefined {
    const { locals } = this;
    const stateOf = (index: number): number => present(states[index], 'a state');
    const nameOf = (index: number) => present(correct[index], 'a process');
    const texts = shown.map((index) => locals.said(stateOf(index)).report).sort();
    const key = `${view} ${texts.join()} ${JSON.stringify(lie)}`;
    if (this.signed.has(key)) return this.signed.get(key);
    const reports = shown.map((index) => locals.report(nameOf(index), stateOf(index)));
    const asked = [0, 1, 2].find((index) => !shown.includes(index)) ?? 2;
    const certifier = locals.replica(nameOf(asked), stateOf(asked));
    const message = { _tag: 'Certify', view, reports: [...reports, this.report(view, lie)], evidence: [] } as const;
    certifier.receive(p('z'), message);
    const root = certifier.sent('Certified').at(-1)?.progress.root;
    const outcome = root && outcomes.find((one) => equalBytes(root, this.rootOf(one)));
    if (root !== undefined && outcome === undefined) throw new Error('something is certified that nobody has reported');
    this.signed.set(key, outcome);
    return outcome;
  }

  private rootOf(outcome: Outcome): Uint8Array {
    return verdictsOf(verdictsFor(this.locals.batches, outcome)).tree.root;
  }

  private report(view: number, { vote, commit }: Lie): SignedReport {
    const votes = vote === undefined ? [] : [this.vote(vote)];
    const commits = commit === undefined ? [] : [this.certificate(commit)];
    return this.locals.scene.sign('z', view, encodeReport({ view, votes, commits }));
  }

  private vote({ view, value, permit }: NonNullable<Lie['vote']>): Vote {
    const { scene, batches } = this.locals;
    const vote = scene.vote(view, 1, batches[value]);
    return permit === undefined ? vote : { ...vote, permit: permitOf(scene, batches, view, permit) };
  }

  private certificate({ view, value, isTrue }: NonNullable<Lie['commit']>): CommitCertificate {
    const { scene, batches } = this.locals;
    const ballot = { view, slot: 1, digest: batchDigest(batches[value]) };
    if (!isTrue) return { ...ballot, signature: new Uint8Array(16) as CommitCertificate['signature'] };
    const { keys, allianceId, epoch } = scene.config(p('z'));
    const shares = ['z', 'b', 'c'].map(
      (from) => [p(from), scene.accepted(from, view, 1, batches[value]).share] as const,
    );
    const statement = acceptedStatement({ allianceId, epoch, keyId: keys.slow.keyId }, ballot);
    return { ...ballot, signature: right(keys.slow.combine(statement, new Map(shares))).signature };
  }
}

/** Of the three correct processes. */
const shownSets: readonly (readonly number[])[] = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];

function permits(outcome: Outcome, value: Value): boolean {
  return outcome === value || outcome === 'free' || outcome === 'none';
}
