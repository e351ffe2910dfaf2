/** An acceptor (the paper's pseudo-code). */
import { Election } from './election.js';
import type { CommitProof, Message, Name, SignedAccepted } from './message.js';
import { isCommitProof, vouchesFor } from './quorums.js';
import type { Run } from './run.js';

export class Acceptor {
  readonly election: Election;
  accepted: SignedAccepted | undefined;
  commitProof: CommitProof | undefined;
  private readonly tentative = new Map<Name, SignedAccepted>();

  constructor(
    readonly name: Name,
    private readonly run: Run,
  ) {
    this.election = new Election(run.quorums, run.signatures, run.proposers);
  }

  receive(from: Name, message: Message): void {
    switch (message._tag) {
      case 'PROPOSE':
        if (from === this.election.leader(message.number)) this.onPropose(message);
        return;
      case 'ACCEPTED':
        if (this.run.quorums.faults.isParameterized && message.accepted.from === from)
          this.onAccepted(message.accepted);
        return;
      case 'QUERY':
        this.onQuery(from, message);
        return;
      default:
        return;
    }
  }

  private onPropose({ value, number, certificate = [] }: Extract<Message, { _tag: 'PROPOSE' }>): void {
    const { quorums, signatures, acceptors, learners } = this.run;
    if (number !== this.election.regency) return;
    const { accepted } = this;
    if (accepted !== undefined) {
      if (accepted.number >= number) return;
      if (accepted.value !== value && !vouchesFor(quorums, signatures, certificate, value, number)) return;
    }
    this.accepted = signatures.sign({ from: this.name, value, number });
    const to = quorums.faults.isParameterized ? [...learners, ...acceptors] : learners;
    this.run.send(this.name, to, { _tag: 'ACCEPTED', accepted: this.accepted });
  }

  private onAccepted(accepted: SignedAccepted): void {
    const { quorums, signatures } = this.run;
    const known = this.tentative.get(accepted.from);
    if (!signatures.isSigned(accepted) || (known !== undefined && known.number >= accepted.number)) return;
    this.tentative.set(accepted.from, accepted);
    const proof = [...this.tentative.values()];
    if (this.accepted === undefined || this.commitProof?.[0]?.number === this.accepted.number) return;
    if (!isCommitProof(quorums, signatures, proof, this.accepted)) return;
    const { value, number } = this.accepted;
    this.commitProof = proof.filter((one) => one.value === value && one.number === number);
    this.run.send(this.name, this.run.learners, { _tag: 'COMMITPROOF', proof: this.commitProof });
  }

  private onQuery(from: Name, { number, proof }: Extract<Message, { _tag: 'QUERY' }>): void {
    this.election.consider(proof);
    if (number !== this.election.regency || from !== this.election.leader()) return;
    const value = this.accepted === undefined ? {} : { value: this.accepted.value };
    const shown = this.commitProof === undefined ? {} : { commitProof: this.commitProof };
    const reply = this.run.signatures.sign({ from: this.name, number, ...value, ...shown });
    this.run.send(this.name, [from], { _tag: 'REP', reply });
  }
}
