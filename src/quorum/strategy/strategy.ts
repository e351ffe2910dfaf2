/**
 * Strategies: with which probability each quorum is asked. The figures of one follow Naor & Wool, "The Load, Capacity, and Availability
 * of Quorum Systems", SIAM J. Comput. 1998, and Whittaker et al., "Read-Write Quorum Systems Made Practical", PaPoC 2021.
 */
import { E, type Either } from '../../prelude/fp.js';
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type RandomBytes, randomBits } from '../../prelude/random.js';
import type { StrategyError } from './errors.js';
import { type ReadFraction, type Server, type Workload, workloadOf } from './workload.js';

/** A quorum and how often it is asked. */
export interface QuorumShare {
  /** Distinct, in the order of the system's members. */
  readonly members: readonly ProcessId[];
  /** Positive. */
  readonly probability: number;
  /** Of its fastest part that is a quorum by itself. */
  readonly latency: number;
}

export interface StrategyFigures {
  readonly load: number;
  readonly capacity: number;
  readonly networkLoad: number;
  readonly latency: number;
}

/** A probability for each read quorum and each write quorum that may be asked. */
export class Strategy {
  private readonly shares: ReadonlyMap<ProcessId, { readonly server: Server; read: number; write: number }>;

  /** @param reads - their probabilities sum to 1; likewise of `writes`. */
  constructor(
    readonly servers: readonly Server[],
    readonly reads: readonly QuorumShare[],
    readonly writes: readonly QuorumShare[],
  ) {
    this.shares = new Map(servers.map((server) => [server.id, { server, read: 0, write: 0 }]));
    for (const { members, probability } of reads) for (const id of members) this.shareOf(id).read += probability;
    for (const { members, probability } of writes) for (const id of members) this.shareOf(id).write += probability;
  }

  /** Everything at once, for one workload. */
  figures(readFraction: ReadFraction): Either<StrategyError, StrategyFigures> {
    return E.map((workload: Workload) => this.figuresUnder(workload))(workloadOf(readFraction));
  }

  /** @see figures - for a workload that has been checked. */
  figuresUnder(workload: Workload): StrategyFigures {
    return {
      load: expected(workload, (fraction) => this.load(fraction)),
      capacity: expected(workload, (fraction) => 1 / this.load(fraction)),
      networkLoad: this.networkLoad(workload.meanReadFraction),
      latency: this.latency(workload.meanReadFraction),
    };
  }

  /** Of the busiest server: the part of its time that one operation per unit of time takes. */
  load(readFraction: number): number {
    return Math.max(...this.servers.map(({ id }) => this.nodeLoad(id, readFraction)));
  }

  /** Operations per unit of time until the busiest server has no time left. */
  capacity(readFraction: number): number {
    return 1 / this.load(readFraction);
  }

  /** The expected size of a quorum. */
  networkLoad(readFraction: number): number {
    return this.mean(readFraction, ({ members }) => members.length);
  }

  /** The expected time until a quorum has answered. */
  latency(readFraction: number): number {
    return this.mean(readFraction, ({ latency }) => latency);
  }

  /** The part of its time that one operation per unit of time takes of a server; 0 for a stranger. */
  nodeLoad(id: ProcessId, readFraction: number): number {
    const share = this.shares.get(id);
    if (share === undefined) return 0;
    const { read, write, server } = share;
    return (readFraction * read) / server.readCapacity + ((1 - readFraction) * write) / server.writeCapacity;
  }

  /** How busy a server is while the busiest has no time left: from 0 to 1. */
  nodeUtilization(id: ProcessId, readFraction: number): number {
    return this.nodeLoad(id, readFraction) / this.load(readFraction);
  }

  /** Operations per unit of time that a server sees while the busiest has no time left. */
  nodeThroughput(id: ProcessId, readFraction: number): number {
    const { read, write } = this.shares.get(id) ?? { read: 0, write: 0 };
    return this.capacity(readFraction) * (readFraction * read + (1 - readFraction) * write);
  }

  /** A read quorum, drawn by its probability. */
  sampleRead(random: RandomBytes): readonly ProcessId[] {
    return sample(this.reads, random);
  }

  sampleWrite(random: RandomBytes): readonly ProcessId[] {
    return sample(this.writes, random);
  }

  private mean(readFraction: number, figure: (quorum: QuorumShare) => number): number {
    const meanOf = (quorums: readonly QuorumShare[]): number =>
      quorums.reduce((sum, quorum) => sum + quorum.probability * figure(quorum), 0);
    return readFraction * meanOf(this.reads) + (1 - readFraction) * meanOf(this.writes);
  }

  private shareOf(id: ProcessId): { read: number; write: number } {
    return present(this.shares.get(id), 'quorums are made of the servers');
  }
}

function expected({ points }: Workload, figure: (readFraction: number) => number): number {
  return points.reduce((sum, { probability, readFraction }) => sum + probability * figure(readFraction), 0);
}

const uniformBits = 53;

function sample(quorums: readonly QuorumShare[], random: RandomBytes): readonly ProcessId[] {
  let rest = Number(randomBits(random, uniformBits)) / 2 ** uniformBits;
  for (const { members, probability } of quorums) {
    rest -= probability;
    if (rest < 0) return members;
  }
  invariant(rest < 1e-6, 'probabilities sum to 1');
  return present(quorums.at(-1), 'a strategy has a quorum').members;
}
