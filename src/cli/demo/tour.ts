/** The tour: an alliance on this machine, faults included, ending in a check that anyone can repeat. */
import { E } from '../../prelude/fp.js';
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { equalBytes, fromUtf8 } from '../../prelude/bytes.js';
import { printTrust } from '../../quorum/trust-text.js';
import type { AllianceClient } from '../../client/alliance-client.js';
import type { ServerStatus } from '../../client/protocol.js';
import { type ApplicationDirectory, loadApplicationDirectory } from '../../server/application-directory.js';
import type { AllianceScheme, SearchProgress } from '../../server/alliance-key-dealing.js';
import { describeDirectoryError, describeFoundingError } from '../../server/errors.js';
import { foundForTrying } from '../../server/founding.js';
import { applicationPath, serverPath } from '../../server/layout.js';
import { openClient } from '../../server/application-client.js';
import { ServerProcess } from '../server-processes.js';
import { follow, type Follower } from './follower.js';
import { judge, opensslCommand, writeProof } from './proof.js';
import { runWorkload, type WorkloadResult } from './workload.js';

const tourOrganizations = ['acme', 'globex', 'initech', 'umbrella'] as const;

export interface TourWish {
  /** A new or empty directory, which is left as it is afterwards. */
  readonly directory: string;
  /** A directory, made if need be, for what anyone can check. */
  readonly proofDirectory: string;
  readonly scheme: AllianceScheme;
  readonly lines: readonly string[];
  readonly outstanding: number;
  /** Resolves with why the tour must end early, if it must. */
  readonly cancelled: Promise<string>;
}

export interface TourEvents {
  /** A step is done, or something happened. */
  say(line: string): void;
  onSearch(progress: SearchProgress): void;
  onSearchEnd(): void;
}

/** What the tour measured and what it found wrong: it has held only if nothing was. */
export interface TourResult {
  readonly problems: readonly string[];
  readonly lines: number;
  readonly workload: WorkloadResult;
  readonly decisions: { readonly fast: number; readonly slow: number; readonly transferred: number };
  readonly slots: number;
  readonly certificates: number;
  readonly recoveryMs: number;
  readonly verify: { readonly by: string; readonly command: string | undefined; readonly recompute: string };
}

/** The whole tour. Ends what it started, whatever happens. */
export async function runTour(wish: TourWish, events: TourEvents): Promise<E.Either<string, TourResult>> {
  const founded = await foundForTrying({
    directory: wish.directory,
    organizations: tourOrganizations,
    trust: `f=1 t=1 of (${tourOrganizations.join(', ')})`,
    ports: { _tag: 'any' },
    scheme: wish.scheme,
    onProgress: (progress) => {
      events.onSearch(progress);
    },
  })();
  events.onSearchEnd();
  if (E.isLeft(founded)) return E.left(describeFoundingError(founded.left));
  const { alliance } = founded.right;
  events.say(`an alliance of ${tourOrganizations.join(', ')}: ${printTrust(alliance.trust)}`);
  events.say(
    `its key: ${wish.scheme._tag === 'multisig' ? 'Ed25519, side by side' : `threshold RSA, ${wish.scheme.modulusBits} bits`}; two servers sign together, none alone`,
  );
  const [proposing, listening] = await Promise.all(
    ['acme/app', 'globex/app'].map((id) =>
      loadApplicationDirectory(applicationPath(wish.directory, id as ProcessId))(),
    ),
  );
  if (proposing === undefined || E.isLeft(proposing))
    return E.left(proposing === undefined ? 'no application' : describeDirectoryError(proposing.left));
  if (listening === undefined || E.isLeft(listening))
    return E.left(listening === undefined ? 'no application' : describeDirectoryError(listening.left));
  const tour = new Tour(wish, events, proposing.right, listening.right);
  try {
    return await Promise.race([tour.run(), wish.cancelled.then(E.left)]);
  } finally {
    await tour.end();
  }
}

class Tour {
  private readonly servers = new Map<ProcessId, ServerProcess>();
  private readonly followers: Follower[] = [];
  private readonly problems: string[] = [];
  private readonly client: AllianceClient;
  private isEnding = false;

  constructor(
    private readonly wish: TourWish,
    private readonly events: TourEvents,
    proposing: ApplicationDirectory,
    private readonly listening: ApplicationDirectory,
  ) {
    this.client = openClient(proposing, {
      from: 0,
      onDoubt: (server, reason) => {
        this.problems.push(`${server} sent what is not believed: ${reason}`);
      },
    });
  }

  private get ids(): readonly ProcessId[] {
    return this.listening.alliance.trust.system.processes.universe.ids;
  }

  async run(): Promise<E.Either<string, TourResult>> {
    const ready = await Promise.all(this.ids.map((id) => this.startServer(id)));
    if (ready.includes(false)) return E.left('a server did not start; --keep shows its directory');
    this.events.say(`four servers run, a process each: ${this.ids.join(', ')}`);
    const [, , thirdServer] = this.ids;
    const watched = this.follow(present(thirdServer, 'there are four servers'));
    const { workload, victim, recoveryMs } = await this.proposeWithFault();
    for (const id of this.ids) if (id !== watched.server) this.follow(id);
    const last = await this.awaitAll();
    this.check(workload, last);
    const certificate = present(watched.certificates.at(-1), 'the log is certified');
    const files = await writeProof(this.wish.proofDirectory, this.listening, watched.ranges, certificate);
    const verdict = await judge(files, this.listening, certificate);
    this.expect(verdict.isValid, `${verdict.by} does not accept the signature: ${verdict.output}`);
    this.events.say(`${verdict.by} says of the certificate of slot ${certificate.slot}: ${verdict.output}`);
    const statuses = await this.statuses(this.ids.filter((id) => id !== victim));
    const best = statuses.reduce((a, b) => (a.fast + a.slow >= b.fast + b.slow ? a : b));
    return E.right({
      problems: this.problems,
      lines: this.wish.lines.length,
      workload,
      decisions: { fast: best.fast, slow: best.slow, transferred: best.transferred },
      slots: last,
      certificates: best.certificates,
      recoveryMs,
      verify: { by: verdict.by, command: opensslCommand(files), recompute: `node ${files.script}` },
    });
  }

  async end(): Promise<void> {
    this.isEnding = true;
    this.client.close();
    for (const follower of this.followers) follower.close();
    for (const server of this.servers.values()) server.kill('SIGTERM');
    await Promise.all([...this.servers.values()].map(({ ended }) => ended));
  }

  private startServer(id: ProcessId): Promise<boolean> {
    const server = new ServerProcess(id, serverPath(this.wish.directory, id), {
      onLine: () => undefined,
      onExit: (_, how) => {
        if (!this.isEnding && how !== 'SIGKILL') this.problems.push(`${id} ended by itself (${how})`);
      },
    });
    this.servers.set(id, server);
    return server.ready;
  }

  private follow(id: ProcessId): Follower {
    const follower = follow(this.listening, id);
    this.followers.push(follower);
    return follower;
  }

  /** Proposes every line; the leader is killed after two fifths of them and started again after four fifths. */
  private async proposeWithFault(): Promise<{ workload: WorkloadResult; victim: ProcessId; recoveryMs: number }> {
    const { lines, outstanding } = this.wish;
    const [status] = await this.statuses(this.ids);
    const victim = present(
      this.ids.find((id) => id === status?.leader),
      'a server answers and knows the leader',
    );
    const killAt = Math.floor((2 * lines.length) / 5);
    const restartAt = Math.floor((4 * lines.length) / 5);
    let killedMs: number | undefined;
    let recoveryMs = 0;
    let restarting: Promise<boolean> | undefined;
    const workload = await runWorkload(this.client, lines, outstanding, {
      onCertified: (count) => {
        if (killedMs === undefined && count >= killAt) {
          killedMs = performance.now();
          this.servers.get(victim)?.kill('SIGKILL');
          this.events.say(`${count} lines certified; ${victim}, the leader, is killed (SIGKILL)`);
        } else if (killedMs !== undefined && recoveryMs === 0 && count > killAt + outstanding) {
          recoveryMs = performance.now() - killedMs;
          this.events.say(`the other three go on, ${Math.round(recoveryMs)} ms later under another leader`);
        }
        if (restarting === undefined && count >= restartAt) {
          restarting = this.startServer(victim);
          this.events.say(`${count} lines certified; ${victim} is started again`);
        }
      },
    });
    restarting ??= this.startServer(victim);
    this.expect(await restarting, `${victim} did not start again`);
    const { seconds } = workload;
    this.events.say(`all ${lines.length} lines certified after ${seconds.toFixed(1)} s`);
    return { workload, victim, recoveryMs };
  }

  /** Waits until every server has brought its follower to the end of the log; returns the last slot. */
  private async awaitAll(): Promise<number> {
    const statuses = await this.statuses(this.ids);
    const last = Math.max(...statuses.map(({ decided }) => decided));
    const isThere = ({ certificates }: Follower): boolean => (certificates.at(-1)?.slot ?? 0) >= last;
    const deadlineMs = performance.now() + 20_000;
    while (!this.followers.every(isThere) && performance.now() < deadlineMs)
      await new Promise((resolve) => setTimeout(resolve, 20));
    for (const follower of this.followers)
      this.expect(isThere(follower), `${follower.server} has not caught up to slot ${last}`);
    return last;
  }

  private check(workload: WorkloadResult, last: number): void {
    const { lines } = this.wish;
    this.expect(workload.failed === 0, `${workload.failed} lines were not committed: ${workload.firstFailure ?? ''}`);
    const [first] = this.followers;
    invariant(first !== undefined, 'a server is followed');
    for (const { server, delivered, doubts, certificates } of this.followers) {
      for (const doubt of doubts) this.problems.push(doubt);
      const texts = delivered.map(({ command }) => fromUtf8(command));
      const inOrder = texts.length === lines.length && lines.every((line, index) => line === texts[index]);
      this.expect(inOrder, `the log of ${server} does not hold every line exactly once, in order`);
      const ends = [certificates.at(-1), first.certificates.at(-1)];
      const agrees = ends.every(
        (end) =>
          end !== undefined &&
          ends[0] !== undefined &&
          end.slot === ends[0].slot &&
          equalBytes(end.chain, ends[0].chain),
      );
      this.expect(agrees, `the logs of ${server} and ${first.server} differ`);
    }
    const count = this.followers.reduce((sum, { certificates }) => sum + certificates.length, 0);
    if (this.problems.length === 0) {
      this.events.say(
        `four logs of ${last} slots are the same, every line stands in them once and in order, ${count} certificates verified`,
      );
    }
  }

  private async statuses(ids: readonly ProcessId[]): Promise<readonly ServerStatus[]> {
    const answers = await Promise.all(ids.map((id) => this.client.askStatus(id, 5000)));
    return answers.filter((answer) => answer !== undefined);
  }

  private expect(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }
}
