/**
 * A server that is to join the alliance, or to come back to it under new keys: it listens to the log as an application does, believes
 * what is certified, executes it, and brings its own acts to servers that put them into the log. Once the log has come to the end of
 * the epoch before that which lists it, it is a server (spec/management.md, "Changes of epoch").
 */
import { randomBytes } from 'node:crypto';
import { E, type Either } from '../../prelude/fp.js';
import type { ServerStatus } from '../../client/protocol.js';
import type { PreparedChange } from '../../management/governance/governance.js';
import { Notices } from '../../transport/notices.js';
import type { LearnerDirectory } from '../directory/learner-directory.js';
import { MembershipAgent } from '../membership/agent.js';
import { ChangeFiles } from '../membership/change-files.js';
import { prepareNextEpoch } from '../membership/next-epoch-files.js';
import { tryEpochFiles } from '../membership/trial.js';
import { isListedIn, type OwnServer } from '../membership/own-server.js';
import { statusOf } from '../server-status.js';
import type { StateError } from '../state/installation.js';
import { enterFirstEpoch, keepDocument } from './epoch-entry.js';
import { LogLearning, type LogLearningParts } from './log-learning.js';

export interface LearnerParts extends Omit<LogLearningParts, 'notices' | 'end' | 'onLearned'> {
  readonly directory: LearnerDirectory;
  /** The files of its first epoch are in their place: it is to be closed, and started as a server. */
  readonly onEntered: () => void;
}

const tickMs = 500;

export class Learner {
  private readonly notices: Notices;
  private learning: LogLearning | undefined;
  private agent: MembershipAgent | undefined;
  /** What was spoken about last. */
  private seen: unknown;
  private entering: Promise<void> | undefined;
  private ticker: NodeJS.Timeout | undefined;
  private isOver = false;

  private constructor(private readonly parts: LearnerParts) {
    this.notices = new Notices(parts.say);
  }

  /** Goes on where its log ends. */
  static async start(parts: LearnerParts): Promise<Either<StateError, Learner>> {
    const learner = new Learner(parts);
    const begun = await learner.begin();
    return E.isLeft(begun) ? begun : E.right(learner);
  }

  get status(): ServerStatus {
    const { learning, parts } = this;
    const state = learning === undefined ? undefined : { status: learning.status };
    const status = statusOf(parts.directory.id, undefined, state, { halted: undefined, proven: [] });
    return { ...status, epoch: learning?.epoch ?? 0, connected: [...(learning?.connected ?? [])].sort() };
  }

  /** Takes nothing more, and finishes what is being written. The store is the caller's. */
  async close(): Promise<void> {
    this.isOver = true;
    clearInterval(this.ticker);
    this.agent?.close();
    await this.entering;
    await this.learning?.close();
  }

  private async begin(): Promise<Either<StateError, void>> {
    const { parts, notices } = this;
    const learning = await LogLearning.start({
      ...parts,
      notices,
      end: () => this.firstEpoch?.after ?? Number.POSITIVE_INFINITY,
      onLearned: () => {
        this.onLearned();
      },
    });
    if (E.isLeft(learning)) return learning;
    this.learning = learning.right;
    // A server that was away has nothing to say: what it learns is over.
    if (this.parts.directory.shares === undefined) this.agent = this.agentOver(learning.right);
    this.look();
    this.ticker = setInterval(() => {
      this.look();
    }, tickMs);
    return E.right(undefined);
  }

  private agentOver(learning: LogLearning): MembershipAgent {
    const { services, say } = this.parts;
    return new MembershipAgent({
      log: services.membership,
      slot: () => learning.slot,
      server: () => this.asServer(),
      signShare: () => Promise.resolve(undefined),
      tryFiles: (folder) => tryEpochFiles(this.parts.directory.path, folder),
      carry: (act) => learning.bring(act),
      say,
      random: randomBytes,
      clock: () => performance.now(),
      now: () => Date.now(),
    });
  }

  /** In whichever epoch the log is. A newcomer has a share of nothing. */
  private asServer(): OwnServer {
    const { path, id, identityKey, sign, allianceId } = this.parts.directory;
    const alliance = this.parts.services.membership.governance.document;
    return { path, id, identityKey, sign, allianceId, alliance, shares: this.parts.directory.shares ?? new Map() };
  }

  /**
   * The epoch that makes a server of it, where nothing can stop that any more; or which has begun without it. Epochs up to that of the
   * document with which it began are history, in which it may have been a server once.
   */
  private get firstEpoch(): FirstEpoch | undefined {
    const { directory, services } = this.parts;
    const { change, document, configuration } = services.membership.governance;
    const { epoch } = directory.alliance;
    if (document.epoch > epoch && isListedIn(directory, document))
      return { number: document.change, next: document, configuration, after: 0 };
    if (change?.state !== 'activated' || change.next.epoch <= epoch || !isListedIn(directory, change.next))
      return undefined;
    return { ...change, after: this.learning?.boundary ?? Number.POSITIVE_INFINITY };
  }

  /** A new document is kept when it comes into force, and management is spoken to when it has moved. */
  private onLearned(): void {
    const { directory, services } = this.parts;
    const { governance } = services.membership;
    if (governance === this.seen && this.firstEpoch === undefined) return;
    if (!isListedIn(directory, governance.document)) keepDocument(directory, governance.document);
    this.look();
  }

  private look(): void {
    const { governance } = this.parts.services.membership;
    if (this.isOver || this.entering !== undefined) return;
    this.seen = governance;
    const first = this.firstEpoch;
    const hasBegun = first?.after === 0;
    if (governance.document.epoch >= this.parts.directory.alliance.epoch && !hasBegun) this.agent?.look();
    if (first === undefined || (this.learning?.slot ?? 0) < first.after) return;
    this.entering = this.enter(first).finally(() => {
      this.entering = undefined;
    });
  }

  private async enter(first: FirstEpoch): Promise<void> {
    const { configuration, next, after } = first;
    const { directory, services, say, onEntered } = this.parts;
    await this.learning?.settled();
    if (after > 0) keepDocument(directory, services.membership.governance.document);
    const prepared = prepareNextEpoch(this.asServer(), first, new ChangeFiles(directory.path));
    const entered = E.isLeft(prepared)
      ? prepared
      : await enterFirstEpoch(directory, configuration, (line) => {
          this.notices.say('prepared', line);
        });
    if (E.isLeft(entered)) {
      this.notices.say('entry', `epoch ${next.epoch} cannot be entered: ${entered.left}`);
      return;
    }
    this.agent?.close();
    say(`epoch ${next.epoch} lists this server: it has learned the log up to slot ${this.learning?.slot ?? 0}`);
    this.isOver = true;
    onEntered();
  }
}

/** An epoch whose document lists this server. */
interface FirstEpoch extends Pick<PreparedChange, 'number' | 'next' | 'configuration'> {
  /** The last slot of the epoch before; 0 where it has begun. */
  readonly after: number;
}
