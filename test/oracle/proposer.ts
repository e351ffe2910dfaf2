/** A proposer, which is the leader in its regencies (the paper's pseudo-code, step by step). */
import { Election } from './election.js';
import type { Message, Name, ProgressCertificate, Reply, Value } from './message.js';
import { vouchesFor } from './quorums.js';
import type { Run } from './run.js';

export class Proposer {
  readonly election: Election;
  readonly learned = new Set<Name>();
  readonly satisfied = new Set<Name>();
  private certificate: ProgressCertificate | undefined;
  private replies = new Map<Name, Reply>();
  /** Whether this leader has a certificate for its regency, and found nothing that it vouches for. */
  isStuck = false;

  constructor(
    readonly name: Name,
    private readonly run: Run,
    public value: Value,
  ) {
    this.election = new Election(run.quorums, run.signatures, run.proposers);
  }

  /** The leader proposes (again), until enough proposers are satisfied. In regency 0 there is nothing to show. */
  start(): void {
    const { regency } = this.election;
    if (!this.isLeader || this.satisfied.size >= this.run.quorums.leaderIsSatisfied) return;
    if (regency > 0 && this.certificate === undefined) {
      this.run.send(this.name, this.run.acceptors, { _tag: 'QUERY', number: regency, proof: this.election.proof });
      return;
    }
    const certificate = this.certificate === undefined ? {} : { certificate: this.certificate };
    const propose = { _tag: 'PROPOSE', value: this.value, number: regency, ...certificate } as const;
    this.run.send(this.name, [...this.run.acceptors, ...this.run.proposers], propose);
  }

  /** Patience is at an end: whoever has not heard from enough learners suspects the leader. */
  timeout(): void {
    if (this.learned.size >= this.run.quorums.satisfied) return;
    const suspicion = this.run.signatures.sign({ from: this.name, regency: this.election.regency });
    this.run.send(this.name, this.run.proposers, { _tag: 'SUSPECT', suspicion });
  }

  receive(from: Name, message: Message): void {
    switch (message._tag) {
      case 'PROPOSE':
        // A later leader can propose what it has seen.
        if (from === this.election.leader() && !this.isLeader) this.value = message.value;
        return;
      case 'LEARNED':
        this.learned.add(from);
        if (this.learned.size >= this.run.quorums.satisfied)
          this.run.send(this.name, this.run.proposers, { _tag: 'SATISFIED' });
        return;
      case 'SATISFIED':
        this.satisfied.add(from);
        return;
      case 'SUSPECT':
        if (this.election.onSuspect(message.suspicion)) this.onElected();
        return;
      case 'REP':
        this.onReply(from, message.reply);
        return;
      default:
        return;
    }
  }

  private get isLeader(): boolean {
    return this.election.leader() === this.name;
  }

  private onElected(): void {
    this.certificate = undefined;
    this.replies = new Map();
    this.isStuck = false;
    this.start();
  }

  private onReply(from: Name, reply: Reply): void {
    const { quorums, signatures } = this.run;
    const isWanted = this.isLeader && this.certificate === undefined && reply.number === this.election.regency;
    if (!isWanted || reply.from !== from || !signatures.isSigned(reply)) return;
    this.replies.set(from, reply);
    if (this.replies.size < quorums.certificate) return;
    const certificate = [...this.replies.values()];
    const isVouched = (value: Value): boolean => vouchesFor(quorums, signatures, certificate, value, reply.number);
    const seen = certificate.map(({ value }) => value).filter((value) => value !== undefined);
    const value = [...seen, this.value].find(isVouched);
    this.isStuck = value === undefined;
    // Derived: a leader that nothing can be proposed by may hope for another reply.
    if (value === undefined) return;
    [this.certificate, this.value] = [certificate, value];
    this.start();
  }
}
