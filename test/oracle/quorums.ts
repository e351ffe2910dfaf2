/** The paper's numbers, and what they make valid: progress certificates, commit proofs, and which values a certificate vouches for. */
import type { CommitProof, Name, ProgressCertificate, Reply, SignedAccepted, Value } from './message.js';

/** f Byzantine processes of each role; two steps in spite of t. Without `isParameterized` there are no commit proofs, and t = f. */
export interface Faults {
  readonly f: number;
  readonly t: number;
  readonly isParameterized: boolean;
}

export class Quorums {
  /** More than half of what `count` processes of a role say, whatever f of them do: ⌈(count+f+1)/2⌉. */
  readonly satisfied: number;
  readonly suspecting: number;
  readonly leaderIsSatisfied: number;
  /** Matching ACCEPTED that a learner learns from: ⌈(a+3f+1)/2⌉. */
  readonly learning: number;
  /** Correct acceptors that make a value chosen; also ACCEPTED in a commit proof, and commit proofs to learn from: ⌈(a+f+1)/2⌉. */
  readonly choosing: number;
  /** a−f. */
  readonly certificate: number;
  /** How often another value must occur in a certificate to speak against a value: ⌈(a−f+1)/2⌉. */
  readonly blocking: number;
  /** Equal answers to PULL: f+1. */
  readonly pulling: number;

  constructor(
    readonly faults: Faults,
    readonly acceptors: number,
    proposers: number,
    learners: number,
  ) {
    const { f } = faults;
    this.satisfied = Math.ceil((learners + f + 1) / 2);
    this.suspecting = Math.ceil((proposers + f + 1) / 2);
    this.leaderIsSatisfied = this.suspecting;
    this.learning = Math.ceil((acceptors + 3 * f + 1) / 2);
    this.choosing = Math.ceil((acceptors + f + 1) / 2);
    this.certificate = acceptors - f;
    this.blocking = Math.ceil((acceptors - f + 1) / 2);
    this.pulling = f + 1;
  }

  /** The paper's bounds: 5f+1 acceptors, or 3f+2t+1; 3f+1 proposers and learners. */
  static least({ f, t, isParameterized }: Faults): { acceptors: number; proposers: number; learners: number } {
    return { acceptors: isParameterized ? 3 * f + 2 * t + 1 : 5 * f + 1, proposers: 3 * f + 1, learners: 3 * f + 1 };
  }
}

/** Who signed what. A process can sign for itself alone. */
export class Signatures {
  private readonly made = new Set<string>();

  sign<A extends { readonly from: Name }>(statement: A): A {
    this.made.add(JSON.stringify(statement));
    return statement;
  }

  isSigned(statement: { readonly from: Name }): boolean {
    return this.made.has(JSON.stringify(statement));
  }
}

export function isCommitProof(
  quorums: Quorums,
  signatures: Signatures,
  proof: CommitProof,
  { value, number }: Omit<SignedAccepted, 'from'>,
): boolean {
  const matching = proof.filter((one) => one.value === value && one.number === number && signatures.isSigned(one));
  return new Set(matching.map(({ from }) => from)).size >= quorums.choosing;
}

/** What a commit proof, if it is valid, proves. */
function provenBy(
  quorums: Quorums,
  signatures: Signatures,
  proof: CommitProof,
): Omit<SignedAccepted, 'from'> | undefined {
  return proof.find((one) => isCommitProof(quorums, signatures, proof, one));
}

/** Signed replies to the query of `number`, one from each of a−f acceptors. */
function isProgressCertificate(
  quorums: Quorums,
  signatures: Signatures,
  certificate: ProgressCertificate,
  number: number,
): boolean {
  const authors = new Set(certificate.map(({ from }) => from));
  const isGood = (reply: Reply): boolean => reply.number === number && signatures.isSigned(reply);
  return authors.size >= quorums.certificate && authors.size === certificate.length && certificate.every(isGood);
}

/**
 * "PC vouches for v at pn": nothing in it speaks against v. No other value occurs ⌈(a−f+1)/2⌉ times, and, in the parameterized
 * protocol, none has a commit proof. The numbers in which values were accepted are not looked at.
 */
export function vouchesFor(
  quorums: Quorums,
  signatures: Signatures,
  certificate: ProgressCertificate,
  value: Value,
  number: number,
): boolean {
  if (!isProgressCertificate(quorums, signatures, certificate, number)) return false;
  const others = new Set(
    certificate.map((reply) => reply.value).filter((other) => other !== undefined && other !== value),
  );
  for (const other of others) {
    if (certificate.filter((reply) => reply.value === other).length >= quorums.blocking) return false;
  }
  if (!quorums.faults.isParameterized) return true;
  return certificate.every(({ commitProof }) => {
    const proven = commitProof === undefined ? undefined : provenBy(quorums, signatures, commitProof);
    return proven === undefined || proven.value === value;
  });
}
