/** The tour: an alliance on this machine, faults included, ending in a check that anyone can repeat. */
import { E } from '../../prelude/fp.js';
import { assertNever, invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { equalBytes, fromUtf8 } from '../../prelude/bytes.js';
import { printTrust } from '../../quorum/trust/trust-text.js';
import type { AllianceClient } from '../../client/alliance-client.js';
import type { ServerStatus } from '../../client/protocol.js';
import { type ApplicationDirectory, loadApplicationDirectory } from '../../server/directory/application-directory.js';
import type { AllianceScheme, SearchProgress } from '../../server/founding/alliance-key-dealing.js';
import { describeDirectoryError, describeFoundingError } from '../../server/directory/errors.js';
import { foundForTrying } from '../../server/founding/founding.js';
import { applicationPath, serverPath } from '../../server/directory/layout.js';
import { openClient } from '../../server/applications/application-client.js';
import { ServerProcess } from '../server-processes.js';
import { Assembly } from './assembly.js';
import { type BreakInResult, tellBreakIn } from './break-in.js';
import { Fault } from './fault.js';
import { tellGrowth } from './growth.js';
import { follow, type Follower } from './follower.js';
import { judge, opensslCommand, writeProof } from './proof.js';
import { runWorkload, type WorkloadResult } from './workload.js';

const tourOrganizations = ['acme', 'globex', 'initech', 'umbrella'] as const;

/** A server that was told to end and has not after this time is killed. */
const patienceMs = 3000;

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
  /** Absent where every server has a key of its own, of which there are no shares. */
  readonly breakIn?: BreakInResult;
  readonly verify: { readonly by: string; readonly command: string | undefined; readonly recompute: string };
}

/** The whole tour. Ends what it started, whatever happens. */
export async function runTour(wish: TourWish, events: TourEvents): Promise<E.Either<string, TourResult>> {
  const founding = foundForTrying({
    directory: wish.directory,
    organizations: tourOrganizations,
    trust: `f=1 t=1 of (${tourOrganizations.join(', ')})`,
    ports: { _tag: 'any' },
    scheme: wish.scheme,
    onProgress: (progress) => {
      events.onSearch(progress);
    },
  })();
  // A search for primes that is under way cannot be stopped: whoever cancels has to end the program.
  const founded = await Promise.race([founding, wish.cancelled]);
  events.onSearchEnd();
  if (typeof founded === 'string') return E.left(founded);
  if (E.isLeft(founded)) return E.left(describeFoundingError(founded.left));
  const { alliance } = founded.right;
  events.say(`an alliance of ${tourOrganizations.join(', ')}: ${printTrust(alliance.trust)}`);
  events.say(`its key: ${describeScheme(wish.scheme)}; two servers sign together, none alone`);
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

function describeScheme(scheme: AllianceScheme): string {
  switch (scheme._tag) {
    case 'multisig':
      return 'Ed25519, side by side';
    case 'shoup-rsa':
      return `threshold RSA, ${scheme.modulusBits} bits`;
    case 'bls':
      return 'threshold BLS, BLS12-381';
    default:
      return assertNever(scheme);
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
    this.say(`four servers run, a process each: ${this.ids.join(', ')}`);
    const [, , thirdServer] = this.ids;
    const watched = this.follow(present(thirdServer, 'there are four servers'));
    const proposed = await this.proposeWithFault();
    if (proposed === undefined) return E.left('no server says who leads');
    const { workload, victim, recoveryMs } = proposed;
    for (const id of this.ids) if (id !== watched.server) this.follow(id);
    const last = await this.awaitAll();
    this.check(workload, last);
    // One whose batches are all here: a range may end with digests alone.
    const certificate = watched.certificates.findLast(({ slot }) => slot <= watched.upTo);
    if (certificate === undefined) return E.left(`nothing that ${watched.server} holds is certified`);
    const files = await writeProof(this.wish.proofDirectory, this.listening, watched.ranges, certificate);
    const verdict = await judge(files, this.listening, certificate);
    this.expect(verdict.isValid, `${verdict.by} does not accept the signature: ${verdict.output}`);
    this.say(`${verdict.by} says of the certificate of slot ${certificate.slot}: ${verdict.output}`);
    const statuses = await this.statuses(this.ids.filter((id) => id !== victim));
    const [best] = [...statuses].sort((a, b) => b.fast + b.slow - (a.fast + a.slow));
    if (best === undefined) return E.left('no server that ran all the time answers');
    const breakIn = await this.breakIn();
    if (E.isLeft(breakIn)) return breakIn;
    const grown = await this.growth();
    if (E.isLeft(grown)) return grown;
    return E.right({
      problems: this.problems,
      lines: this.wish.lines.length,
      workload,
      decisions: { fast: best.fast, slow: best.slow, transferred: best.transferred },
      slots: last,
      certificates: best.certificates,
      recoveryMs,
      ...(breakIn.right === undefined ? {} : { breakIn: breakIn.right }),
      verify: { by: verdict.by, command: opensslCommand(files), recompute: `node ${files.script}` },
    });
  }

  private async breakIn(): Promise<E.Either<string, BreakInResult | undefined>> {
    for (const follower of this.followers) follower.close();
    const [first, second, third] = this.ids;
    if (this.wish.scheme._tag === 'multisig' || first === undefined || second === undefined || third === undefined)
      return E.right(undefined);
    return tellBreakIn({ ...this.chapter(), voters: ['acme', 'globex', 'initech'], victims: [first, second, third] });
  }

  /** Of keys that every server has for itself no public key is the same with other servers. */
  private async growth(): Promise<E.Either<string, void>> {
    if (this.wish.scheme._tag === 'multisig') return E.right(undefined);
    return tellGrowth({
      ...this.chapter(),
      client: this.client,
      organizations: tourOrganizations,
      newcomers: ['hooli', 'soylent'],
      leaver: 'umbrella',
      epoch: 2,
      start: (id, path) => this.startServer(id, path),
    });
  }

  /** What the chapters after the first have in common. */
  private chapter() {
    const { directory } = this.wish;
    return {
      directory,
      application: this.listening,
      assembly: new Assembly(directory, this.client),
      say: (line: string) => {
        this.say(line);
      },
      expect: (holds: boolean, problem: string) => {
        this.expect(holds, problem);
      },
    };
  }

  async end(): Promise<void> {
    this.isEnding = true;
    this.client.close();
    for (const follower of this.followers) follower.close();
    const servers = [...this.servers.values()];
    for (const server of servers) server.kill('SIGTERM');
    const killing = setTimeout(() => {
      for (const server of servers) server.kill('SIGKILL');
    }, patienceMs);
    await Promise.all(servers.map(({ ended }) => ended));
    clearTimeout(killing);
  }

  /** A tour that ends starts nothing more, although what it waits for comes to an end with it. */
  private startServer(id: ProcessId, path = serverPath(this.wish.directory, id)): Promise<boolean> {
    if (this.isEnding) return Promise.resolve(false);
    const server = new ServerProcess(id, path, {
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
    if (this.isEnding) follower.close();
    return follower;
  }

  /**
   * Proposes every line; the leader is killed after two fifths of them and started again after four fifths. Few lines wait for
   * one another, so that some are left for each part.
   */
  private async proposeWithFault(): Promise<
    { workload: WorkloadResult; victim: ProcessId; recoveryMs: number } | undefined
  > {
    const { lines } = this.wish;
    const victim = (await this.statuses(this.ids))
      .map(({ leader }) => leader)
      .find((id) => this.servers.has(id as ProcessId));
    if (victim === undefined) return undefined;
    const fault = new Fault(victim as ProcessId, {
      killAt: Math.floor((2 * lines.length) / 5),
      restartAt: Math.max(1, Math.floor((4 * lines.length) / 5)),
      say: (line) => {
        this.say(line);
      },
      kill: (id) => {
        const server = present(this.servers.get(id), 'every server was started');
        server.kill('SIGKILL');
        return server.ended;
      },
      start: (id) => this.startServer(id),
    });
    fault.onCertified(0, 0);
    const outstanding = Math.max(1, Math.min(this.wish.outstanding, Math.floor(lines.length / 5)));
    const workload = await runWorkload(this.client, lines, outstanding, fault);
    this.expect(await fault.end(), `${victim} did not start again`);
    this.say(
      `${lines.length - workload.failed} of ${lines.length} lines certified after ${workload.seconds.toFixed(1)} s`,
    );
    return { workload, victim: fault.victim, recoveryMs: fault.recoveryMs };
  }

  /** Waits until every server has brought its follower to the end of the log; returns the last slot. */
  private async awaitAll(): Promise<number> {
    const statuses = await this.statuses(this.ids);
    const last = Math.max(...statuses.map(({ decided }) => decided));
    const isThere = ({ upTo }: Follower): boolean => upTo >= last;
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
      this.say(
        `four logs of ${last} slots are the same, every line stands in them once and in order, ${count} certificates verified`,
      );
    }
  }

  private async statuses(ids: readonly ProcessId[]): Promise<readonly ServerStatus[]> {
    const answers = await Promise.all(ids.map((id) => this.client.askStatus(id, 5000)));
    return answers.filter((answer) => answer !== undefined);
  }

  private say(line: string): void {
    if (!this.isEnding) this.events.say(line);
  }

  private expect(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem);
  }
}
