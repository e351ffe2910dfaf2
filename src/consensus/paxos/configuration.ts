/** What one process of crash-fault Paxos is told: who, by which quorums, and within which bounds. */
import type { Configuration, Parameters } from '../configuration.js';
import type { QuorumSystem } from '../../quorum/quorum-system.js';

export interface PaxosConfiguration extends Pick<Configuration, 'allianceId' | 'me' | 'leaders' | 'clients'> {
  /** Its 𝓩 is read as the sets that may crash together; 𝓣 is not used. */
  readonly system: QuorumSystem;
  readonly parameters: Pick<
    Parameters,
    'windowSlots' | 'maxInFlight' | 'baseTimeoutMs' | 'maxTimeoutMs' | 'statusMs' | 'idleStatusMs' | 'maxPendingBytes'
  >;
}

/** Whether any two quorums share a process: no two sets that may crash cover all. With thresholds, n is at least 2f+1. */
export function quorumsIntersect(system: QuorumSystem): boolean {
  return !system.isCoveredBy(system.processes, { byzantine: 2 });
}
