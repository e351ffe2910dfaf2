/** A run of the oracle: letters that a test delivers as it likes, or step by step. Byzantine processes say what the test says. */
import { Acceptor } from './acceptor.js';
import { Learner } from './learner.js';
import type { Message, Name, Value } from './message.js';
import { Proposer } from './proposer.js';
import { type Faults, Quorums, Signatures } from './quorums.js';

export interface Letter {
  readonly from: Name;
  readonly to: Name;
  readonly message: Message;
}

export interface RunOptions extends Faults {
  readonly acceptors?: number;
  readonly proposers?: number;
  readonly learners?: number;
  readonly byzantine?: readonly Name[];
  /** Lets a test go beyond the paper's bounds, or break one number. */
  readonly broken?: (quorums: Quorums) => Partial<Quorums>;
}

function named(prefix: string, count: number): readonly Name[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

export class Run {
  readonly quorums: Quorums;
  readonly signatures = new Signatures();
  readonly proposers: readonly Name[];
  readonly acceptors: readonly Name[];
  readonly learners: readonly Name[];
  readonly byzantine: ReadonlySet<Name>;
  letters: Letter[] = [];
  /** How many communication steps have been taken. */
  step = 0;
  private readonly acceptedBy = new Map<Value, Map<number, Set<Name>>>();
  private readonly provenBy = new Map<Value, Set<Name>>();
  private readonly roles = new Map<Name, Proposer | Acceptor | Learner>();

  constructor(options: RunOptions) {
    const least = Quorums.least(options);
    const { acceptors, proposers, learners } = { ...least, ...options };
    const isBelow = acceptors < least.acceptors || proposers < least.proposers || learners < least.learners;
    if (isBelow && options.broken === undefined) throw new Error('fewer processes than the paper asks for');
    const quorums = new Quorums(options, acceptors, proposers, learners);
    this.quorums = Object.assign(quorums, options.broken?.(quorums));
    [this.proposers, this.acceptors, this.learners] = [
      named('p', proposers),
      named('a', acceptors),
      named('l', learners),
    ];
    this.byzantine = new Set(options.byzantine);
    for (const name of this.proposers) this.add(name, () => new Proposer(name, this, `of ${name}`));
    for (const name of this.acceptors) this.add(name, () => new Acceptor(name, this));
    for (const name of this.learners) this.add(name, () => new Learner(name, this));
  }

  private add(name: Name, role: () => Proposer | Acceptor | Learner): void {
    if (!this.byzantine.has(name)) this.roles.set(name, role());
  }

  proposer(name: Name): Proposer {
    return this.role(name, Proposer);
  }

  acceptor(name: Name): Acceptor {
    return this.role(name, Acceptor);
  }

  learner(name: Name): Learner {
    return this.role(name, Learner);
  }

  private role<A>(name: Name, kind: new (...args: never[]) => A): A {
    const role = this.roles.get(name);
    if (!(role instanceof kind)) throw new Error(`${name} is no correct process of this role`);
    return role;
  }

  send(from: Name, to: readonly Name[], message: Message): void {
    this.note(from, message);
    for (const name of to) this.letters.push({ from, to: name, message });
  }

  private note(from: Name, message: Message): void {
    if (message._tag === 'ACCEPTED') {
      const { value, number } = message.accepted;
      const numbers = this.acceptedBy.get(value) ?? new Map<number, Set<Name>>();
      this.acceptedBy.set(value, numbers.set(number, (numbers.get(number) ?? new Set()).add(from)));
    }
    if (message._tag === 'COMMITPROOF') {
      const value = message.proof[0]?.value ?? '';
      this.provenBy.set(value, (this.provenBy.get(value) ?? new Set()).add(from));
    }
  }

  /**
   * What has been chosen: accepted by ⌈(a+f+1)/2⌉ correct acceptors in one proposal number. Derived, for the parameterized
   * protocol: or commit proofs of it are held by all correct ones among as many acceptors as a learner waits for.
   */
  get chosenValues(): readonly Value[] {
    const { choosing, faults } = this.quorums;
    const accepted = [...this.acceptedBy]
      .filter(([, numbers]) => [...numbers.values()].some(({ size }) => size >= choosing))
      .map(([value]) => value);
    const proven = [...this.provenBy].filter(([, { size }]) => size >= choosing - faults.f).map(([value]) => value);
    return [...new Set([...accepted, ...proven])];
  }

  /** A Byzantine process says something, to these, at once. */
  inject(from: Name, to: readonly Name[], message: Message): void {
    if (!this.byzantine.has(from)) throw new Error(`${from} is correct`);
    for (const name of to) this.roles.get(name)?.receive(from, message);
  }

  /** Delivers what waits and fits, and what that leads to. */
  deliver(fits: (letter: Letter) => boolean = () => true): void {
    for (;;) {
      const index = this.letters.findIndex(fits);
      const [letter] = index < 0 ? [] : this.letters.splice(index, 1);
      if (letter === undefined) return;
      this.roles.get(letter.to)?.receive(letter.from, letter.message);
    }
  }

  /** One communication step: all that is under way, and fits, arrives at once; the rest is lost. */
  communicate(fits: (letter: Letter) => boolean = () => true): void {
    const now = this.letters;
    this.letters = [];
    this.step += 1;
    for (const { from, to, message } of now.filter(fits)) this.roles.get(to)?.receive(from, message);
  }

  /** Every correct proposer loses patience; whoever should lead then begins. */
  suspectAll(): void {
    for (const name of this.proposers) if (!this.byzantine.has(name)) this.proposer(name).timeout();
  }

  get correctAcceptors(): readonly Acceptor[] {
    return this.acceptors.filter((name) => !this.byzantine.has(name)).map((name) => this.acceptor(name));
  }

  get correctLearners(): readonly Learner[] {
    return this.learners.filter((name) => !this.byzantine.has(name)).map((name) => this.learner(name));
  }

  get learnedValues(): readonly Value[] {
    return [...new Set(this.correctLearners.flatMap(({ learned }) => (learned === undefined ? [] : [learned.value])))];
  }
}
