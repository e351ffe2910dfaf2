/** A learner (the paper's pseudo-code). */
import type { CommitProof, Message, Name, Value } from './message.js';
import { isCommitProof } from './quorums.js';
import type { Run } from './run.js';

interface Numbered {
  readonly value: Value;
  readonly number: number;
}

export class Learner {
  learned: Numbered | undefined;
  /** After how many communication steps. */
  learnedAtStep: number | undefined;
  private readonly accepted = new Map<Name, Numbered>();
  private readonly proofs = new Map<Name, CommitProof>();
  private readonly pulled = new Map<Name, Numbered>();

  constructor(
    readonly name: Name,
    private readonly run: Run,
  ) {}

  /** Nothing learned yet: ask the other learners. */
  timeout(): void {
    if (this.learned === undefined) this.run.send(this.name, this.run.learners, { _tag: 'PULL' });
  }

  receive(from: Name, message: Message): void {
    switch (message._tag) {
      case 'ACCEPTED': {
        if (message.accepted.from !== from) return;
        this.accepted.set(from, message.accepted);
        const { learning } = this.run.quorums;
        if (countEqual(this.accepted, message.accepted) >= learning) this.learn(message.accepted);
        return;
      }
      case 'COMMITPROOF':
        this.proofs.set(from, message.proof);
        this.learnFromProofs(message.proof);
        return;
      case 'PULL':
        if (this.learned !== undefined) this.run.send(this.name, [from], { _tag: 'LEARNED', ...this.learned });
        return;
      case 'LEARNED':
        this.pulled.set(from, message);
        if (countEqual(this.pulled, message) >= this.run.quorums.pulling) this.learn(message);
        return;
      default:
        return;
    }
  }

  private learnFromProofs([first]: CommitProof): void {
    const { quorums, signatures } = this.run;
    if (first === undefined || !quorums.faults.isParameterized) return;
    const holders = [...this.proofs.values()].filter((proof) => isCommitProof(quorums, signatures, proof, first));
    if (holders.length >= quorums.choosing) this.learn(first);
  }

  private learn({ value, number }: Numbered): void {
    if (this.learned !== undefined) return;
    this.learned = { value, number };
    this.learnedAtStep = this.run.step;
    this.run.send(this.name, this.run.proposers, { _tag: 'LEARNED', value, number });
  }
}

function countEqual(said: ReadonlyMap<Name, Numbered>, { value, number }: Numbered): number {
  return [...said.values()].filter((one) => one.value === value && one.number === number).length;
}
