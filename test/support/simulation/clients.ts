/** The simulated application: sessions that send numbered commands to a few servers, again where no answer comes. */
import { utf8 } from '../../../src/prelude/bytes.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import type { Request } from '../../../src/consensus/batch.js';
import { simulatedRequest } from './configuration.js';
import type { Prng } from './random.js';
import type { Scenario } from './scenario.js';
import type { Schedule } from './schedule.js';

export interface Submission {
  readonly schedule: Schedule;
  /** Of the newest epoch. */
  readonly system: () => QuorumSystem;
  readonly random: Prng;
  /** Runs what belongs to the last epoch when that begins. */
  whenLastBegins(run: () => void): void;
  /** @param leader - whom the client says that it has sent it to as the leader. */
  submit(to: ProcessId, request: Request, leader: ProcessId | undefined): void;
  /** Whether some correct server has delivered everything in the request. */
  isDelivered(request: Request): boolean;
}

const retryMs = 1_500;

/** The text of a command: it says what it is, so that a checker knows what the client sent. */
export function commandText(session: number, sequence: number): string {
  return `command ${session}.${sequence}`;
}

/** Schedules the whole load. */
export function submitLoad(scenario: Scenario, to: Submission): void {
  const { load } = scenario;
  for (let session = 1; session <= load.sessions; session++) {
    let atMs = 0;
    // Of several sessions, the later ones speak in the last epoch alone.
    const isLate = session > Math.ceil(load.sessions / 2);
    for (let index = 0; index < load.requestsPerSession; index++) {
      atMs += to.random.next() * load.gapMs;
      const firstSequence = index * load.commandsPerRequest + 1;
      const commands = Array.from({ length: load.commandsPerRequest }, (_, offset) =>
        utf8(commandText(session, firstSequence + offset)),
      );
      const request = simulatedRequest(scenario, { session, firstSequence, commands });
      const afterMs = atMs;
      const send = () => {
        to.schedule.after(afterMs, () => {
          submitUntilDelivered(request, to, load.isRetransmitted);
        });
      };
      if (isLate) to.whenLastBegins(send);
      else send();
    }
  }
}

/** Sends a request to a vouching set of servers, and, if `again` says so, to another one while it is not delivered. */
export function submitUntilDelivered(request: Request, to: Submission, again: boolean): void {
  if (to.isDelivered(request)) return;
  const servers = vouchingSet(to);
  for (const process of servers) to.submit(process, request, claimedLeader(request, servers, to));
  if (again)
    to.schedule.after(retryMs, () => {
      submitUntilDelivered(request, to, again);
    });
}

/** Of three requests one names no leader, one a process that has it, and one any process, which may never hear of it. */
function claimedLeader(
  { session, firstSequence }: Request,
  servers: readonly ProcessId[],
  { system }: Submission,
): ProcessId | undefined {
  const { ids } = system().processes.universe;
  return [undefined, servers[0], ids[firstSequence % ids.length]][(session + firstSequence) % 3];
}

/** Processes in random order until one of them must be correct. */
function vouchingSet({ system, random }: Submission): readonly ProcessId[] {
  const { universe } = system().processes;
  const chosen: ProcessId[] = [];
  for (const process of random.shuffled(universe.ids)) {
    chosen.push(process);
    if (system().containsCorrect(universe.of(chosen))) break;
  }
  return chosen;
}
