/** Strategies that somebody chose by hand, to be judged like computed ones. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { outOfRange, type StrategyError } from './errors.js';
import { latencyOf } from './quorum-latency.js';
import type { ReadWriteSystem } from './read-write-system.js';
import { type QuorumShare, Strategy } from './strategy.js';
import type { Access } from './strategy-frame.js';
import { type FiguresOf, type Server, serversOf } from './workload.js';

/** A quorum and how often it is to be asked, against the others. */
export interface GivenQuorum {
  readonly members: readonly ProcessId[];
  /** Not negative. */
  readonly weight: number;
}

export interface GivenQuorums {
  readonly reads: readonly GivenQuorum[];
  readonly writes: readonly GivenQuorum[];
}

/** The strategy that asks these quorums as often as their weights say; each must be one. */
export function givenStrategy(
  system: ReadWriteSystem,
  { reads, writes }: GivenQuorums,
  figuresOf: FiguresOf = () => ({}),
): Either<StrategyError, Strategy> {
  const servers = serversOf(system.universe.ids, figuresOf);
  if (E.isLeft(servers)) return servers;
  const readShares = sharesOf(system, { access: 'read', quorums: reads, servers: servers.right });
  if (E.isLeft(readShares)) return readShares;
  const writeShares = sharesOf(system, { access: 'write', quorums: writes, servers: servers.right });
  return E.map((shares: readonly QuorumShare[]) => new Strategy(servers.right, readShares.right, shares))(writeShares);
}

function sharesOf(
  system: ReadWriteSystem,
  { access, quorums, servers }: { access: Access; quorums: readonly GivenQuorum[]; servers: readonly Server[] },
): Either<StrategyError, readonly QuorumShare[]> {
  const total = quorums.reduce((sum, { weight }) => sum + weight, 0);
  const shares: QuorumShare[] = [];
  for (const { members, weight } of quorums) {
    const set = system.universe.of(members);
    if (!system[access].isQualified(set))
      return outOfRange(`{${members.join(', ')}} as a ${access} quorum`, 'a set that is qualified');
    if (!(weight >= 0 && weight < Infinity)) return outOfRange('the weight of a quorum', 'a number from 0');
    if (weight === 0) continue;
    const asked = servers.filter(({ id }) => set.has(id));
    shares.push({ members: [...set], probability: weight / total, latency: latencyOf(system, access, asked) });
  }
  return shares.length > 0 && total < Infinity
    ? E.right(shares)
    : outOfRange(`the ${access} quorums`, 'one of positive weight');
}
