/** Leader election, in every proposer and acceptor: regencies follow each other as enough proposers suspect the leader. */
import type { Name, Suspicion } from './message.js';
import type { Quorums, Signatures } from './quorums.js';

export class Election {
  regency = 0;
  /** The suspicions that ended the regency before this one. */
  proof: readonly Suspicion[] = [];
  private readonly suspicions = new Map<number, Map<Name, Suspicion>>();

  constructor(
    private readonly quorums: Quorums,
    private readonly signatures: Signatures,
    private readonly proposers: readonly Name[],
  ) {}

  leader(regency = this.regency): Name {
    return this.proposers[regency % this.proposers.length] ?? '';
  }

  /** A suspicion arrives; says whether a new regency begins with it. */
  onSuspect(suspicion: Suspicion): boolean {
    if (!this.signatures.isSigned(suspicion) || !this.proposers.includes(suspicion.from)) return false;
    const known = this.suspicions.get(suspicion.regency) ?? new Map<Name, Suspicion>();
    this.suspicions.set(suspicion.regency, known.set(suspicion.from, suspicion));
    return this.consider([...known.values()]);
  }

  /** Adopts the regency that `proof` proves, if it is higher. */
  consider(proof: readonly Suspicion[]): boolean {
    const [first] = proof;
    if (first === undefined || first.regency < this.regency) return false;
    const authors = new Set(
      proof.filter((one) => one.regency === first.regency && this.isGood(one)).map(({ from }) => from),
    );
    if (authors.size < this.quorums.suspecting) return false;
    this.regency = first.regency + 1;
    this.proof = proof;
    return true;
  }

  private isGood(suspicion: Suspicion): boolean {
    return this.signatures.isSigned(suspicion) && this.proposers.includes(suspicion.from);
  }
}
