/**
 * What a server says in management (spec/management.md, "Acts"): it watches governance and says, under its own identity, whatever
 * the state asks of it and does not hold yet. Nothing is remembered between looks but when something was said last, so a server
 * that was restarted or slept goes on from what the log says.
 */
import { existsSync } from 'node:fs';
import { equalBytes, fromHex, toHex } from '../../prelude/bytes.js';
import { asDigest, digest, type Digest } from '../../prelude/digest.js';
import { organizationOf } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { encodeStatement } from '../../prelude/statement.js';
import { present } from '../../prelude/invariant.js';
import { E } from '../../prelude/fp.js';
import type { Alliance } from '../../management/alliance.js';
import { actStatement, encodeAct } from '../../management/acts/act.js';
import { encodeBody, type ServerBody, type Shared } from '../../management/acts/act-body.js';
import { serverActsKeyId } from '../../management/acts/authority.js';
import { identitiesKeyId } from '../../management/alliance-keys.js';
import { mustJoin, rolesToBring } from '../../management/governance/decide-change.js';
import type {
  GatheringChange,
  Governance,
  MovingChange,
  PreparedChange,
  Signing,
} from '../../management/governance/governance.js';
import { keysByRole } from '../../management/proposals/key-roles.js';
import { encodeTranscript } from '../../management/governance/transcript.js';
import type { Sharing } from '../../management/proposals/sharing.js';
import type { SignatureShare } from '../../schemes/contract/distributed-signer.js';
import { keyIdOf } from '../../schemes/public-key.js';
import { eraseTree } from '../directory/directory-succession.js';
import { ChangeFiles, type ChangeStore } from './change-files.js';
import { printDraft } from './draft-codec.js';
import { KeyMover } from './key-mover.js';
import { prepareNextEpoch } from './next-epoch-files.js';
import { isListedIn, type OwnServer } from './own-server.js';

/** What the log has come to here. */
export interface WatchedLog {
  readonly governance: Governance;
  /** See `Membership`. */
  readonly readyPositions: readonly number[];
}

export interface AgentParts {
  readonly log: WatchedLog;
  /** The last slot that is executed. */
  readonly slot: () => number;
  /** As it is now; `undefined` where this server has nothing to say with any more. */
  readonly server: () => OwnServer | undefined;
  /** A share of a signature with the key of a role that is in force; `undefined` where this server has no share of it. */
  readonly signShare: (role: string, message: Uint8Array) => Promise<SignatureShare | undefined>;
  /** Why files of the next epoch, in this folder, could not be entered; `undefined` if they could. */
  readonly tryFiles: (folder: string) => Promise<string | undefined>;
  /** Brings an act into the log, once; false where it could not be taken. */
  readonly carry: (act: Uint8Array) => boolean;
  /** A line for people. */
  readonly say: (line: string) => void;
  readonly random: RandomBytes;
  /** Where it keeps what changes need; the directory of the server if absent. */
  readonly disk?: ChangeDisk;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface ChangeDisk {
  /** @param server - its directory. */
  files(server: string): ChangeStore;
  /** Writes the files of the next epoch, and says where; the error is one line for people. */
  prepare: typeof prepareNextEpoch;
}

const directories: ChangeDisk = { files: (server) => new ChangeFiles(server), prepare: prepareNextEpoch };

/** Files of the next epoch that were read. */
interface Tried {
  readonly folder: string;
  isGood: boolean;
}

/** What the log does not show after so long is said again. */
const againMs = 15_000;
/** So long after there was no share to be had it is looked for again. */
const askAgainMs = 2000;
/** After this many things said, those that are long over are forgotten. */
const maxSaid = 1024;

export class MembershipAgent {
  /** When something may be said again, by what it is. */
  private readonly due = new Map<string, number>();
  private readonly shares = new Map<string, SignatureShare | 'asked'>();
  private mover: KeyMover | undefined;
  private kept = '';
  private lastTold = '';
  private tried: Tried | undefined;
  private isClosed = false;
  private readonly disk: ChangeDisk;

  constructor(private readonly parts: AgentParts) {
    this.disk = parts.disk ?? directories;
  }

  /** Says what there is to say; whenever the log has said something, and now and then. */
  look(): void {
    if (this.isClosed) return;
    const { log, server: find } = this.parts;
    const server = find();
    if (server === undefined) return;
    const { epoch } = log.governance.document;
    try {
      if (server.alliance.epoch === epoch) this.act(server, log.governance);
      else if (server.alliance.epoch === epoch + 1) this.beginEpoch(server);
    } catch (error) {
      // A disk that is full, say. What was drawn is forgotten, since it cannot be known how far it came.
      this.dropMover();
      this.tell(`management: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  close(): void {
    this.isClosed = true;
    this.dropMover();
  }

  private act(server: OwnServer, governance: Governance): void {
    const { change } = governance;
    const files = this.disk.files(server.path);
    this.keepOnly(files, change?.number, governance.changeCount);
    if (isListedIn(server, governance.document)) this.speakAsMember(server, governance);
    this.confirmErasure(server, governance);
    switch (change?.state) {
      case undefined:
        return;
      case 'gathering':
        this.join(server, change, files);
        return;
      case 'moving':
        this.move(server, change, files);
        this.mover?.hasten(change.moves);
        return;
      case 'prepared':
      case 'activated':
        this.move(server, change, files);
        this.prepare(server, governance, change);
    }
  }

  /** The files of the next epoch are in place, and its log is empty: governance enters it with the first command. */
  private beginEpoch(server: OwnServer): void {
    this.say(server, `first reading of ${server.alliance.epoch}`, this.reading());
  }

  private reading(): ServerBody {
    return { _tag: 'reading', readMs: Math.floor(this.parts.now()) };
  }

  /** Whatever of another change lies on disk is overwritten, once for each that comes. */
  private keepOnly(files: ChangeStore, change: number | undefined, count: number): void {
    const wanted = `${change ?? 'none'} of ${count}`;
    if (this.kept === wanted) return;
    if (this.mover !== undefined && this.mover.change !== change) this.dropMover();
    files.keepOnly(change, count);
    this.kept = wanted;
  }

  private speakAsMember(server: OwnServer, governance: Governance): void {
    const { readingMs } = governance.document.governance.terms;
    this.say(server, `reading of ${server.alliance.epoch}`, this.reading(), readingMs);
    this.sign(server, governance.enacted, { _tag: 'enacted' });
    for (const [key, signing] of governance.signings)
      this.sign(server, signing, { _tag: 'document', proposal: present(idOf(key), 'proposals stand by their ids') });
  }

  private sign(server: OwnServer, { message, role, signature, shares, barred }: Signing, of: Shared): void {
    const { id, alliance } = server;
    if (signature !== undefined || shares.has(id) || barred.has(id)) return;
    // The same document may be signed with another key, or by another epoch's shares: neither combines with these.
    const name = `${alliance.epoch} ${role} ${toHex(digest(message))}`;
    const share = this.shares.get(name);
    if (share === undefined) void this.ask(name, role, message);
    else if (share !== 'asked') this.say(server, `share ${name}`, { _tag: 'share', of, share });
  }

  private async ask(name: string, role: string, message: Uint8Array): Promise<void> {
    const nowMs = this.parts.clock();
    if (nowMs < (this.due.get(`ask ${name}`) ?? 0)) return;
    this.due.set(`ask ${name}`, nowMs + askAgainMs);
    if (this.shares.size > maxSaid) this.shares.clear();
    this.shares.set(name, 'asked');
    const share = await this.parts.signShare(role, message).catch(() => undefined);
    if (share === undefined) {
      // Its key may not have been opened yet.
      this.shares.delete(name);
      return;
    }
    this.shares.set(name, share);
    this.look();
  }

  private join(server: OwnServer, change: GatheringChange, files: ChangeStore): void {
    const { id } = server;
    const { number, draft, draftDigest, joined } = change;
    if (draft.admitted.includes(organizationOf(id)) && isListedIn(server, draft.document))
      this.bringAcknowledgement(change, files, organizationOf(id));
    if (joined.has(id) || !isListedIn(server, draft.document) || !mustJoin(change, id)) return;
    const keys = rolesToBring(draft, id).map((role) => ({
      role,
      key: files.broughtKey(number, role, id, this.parts.random),
    }));
    const body = { _tag: 'join', change: number, draft: draftDigest, slot: this.parts.slot(), keys } as const;
    this.say(server, `join ${number}`, body);
  }

  /** An organization that is to be admitted reads the draft here, and leaves here what it says of it: it has no other door. */
  private bringAcknowledgement(change: GatheringChange, files: ChangeStore, organization: string): void {
    files.showDraft(change.number, printDraft(change));
    for (const [name, act] of files.acts()) {
      if (change.acknowledged.has(organization)) files.forgetAct(name);
      else this.sayOnce(`act ${name}`, () => this.parts.carry(act));
    }
  }

  private move(server: OwnServer, change: MovingChange | PreparedChange, files: ChangeStore): void {
    const { random, clock } = this.parts;
    this.mover ??= new KeyMover({
      server,
      change,
      files,
      random,
      clock,
      post: (message) => this.carry(server, { _tag: 'ceremony', message }),
    });
    this.mover.watch(change.moves);
  }

  private prepare(server: OwnServer, governance: Governance, change: PreparedChange): void {
    const { readyPositions } = this.parts.log;
    const files = this.disk.files(server.path);
    files.keepTranscript(change.number, () => encodeTranscript(governance, change));
    const prepared = this.disk.prepare(server, change, files);
    if (E.isLeft(prepared)) {
      this.tell(`epoch ${change.next.epoch}: ${prepared.left}`);
      return;
    }
    const position = change.next.trust.system.processes.universe.indexOf(server.id);
    if (change.state !== 'prepared' || position === undefined || !isListedIn(server, change.next)) return;
    if (readyPositions.includes(position) || !this.mayEnter(prepared.right)) return;
    const context = { allianceId: server.allianceId, keyId: identitiesKeyId(change.next), epoch: change.next.epoch };
    const signature = server.sign(encodeStatement(context, 'ready', change.configuration));
    const body = { _tag: 'ready', configuration: change.configuration, position, signature } as const;
    this.say(server, `ready ${toHex(change.configuration)}`, body);
  }

  /** READY promises that this server can enter the epoch: its files are read as they will be then. What is wrong may be mended meanwhile. */
  private mayEnter(folder: string): boolean {
    if (this.tried?.folder !== folder) {
      const tried: Tried = { folder, isGood: false };
      this.tried = tried;
      void this.parts.tryFiles(folder).then((why) => {
        tried.isGood = why === undefined;
        if (this.isClosed) return;
        if (why === undefined) this.look();
        else this.discard(tried, why);
      });
    }
    return this.tried.isGood;
  }

  /** They are written anew, from what lies in the directory then. */
  private discard(tried: Tried, why: string): void {
    this.tell(`the next epoch could not be entered: ${why}`);
    setTimeout(() => {
      if (this.isClosed || this.tried !== tried) return;
      this.tried = undefined;
      if (existsSync(tried.folder)) eraseTree(tried.folder);
    }, againMs).unref();
  }

  /** Of every sharing but those in force: their shares were overwritten when the epoch's files took their place, or the change ended. */
  private confirmErasure(server: OwnServer, { sharings, document }: Governance): void {
    const holder = toHex(server.identityKey);
    for (const sharing of sharings) {
      const isHolder = sharing.holders.some(({ id, key }) => id === server.id && key === holder);
      if (!isHolder || sharing.erased.has(holder) || isInForce(sharing, sharings, document)) continue;
      this.say(server, `erased ${toHex(sharing.id)}`, { _tag: 'erased', sharing: sharing.id });
    }
  }

  /** For people, once while it stays the same. */
  private tell(line: string): void {
    if (line !== this.lastTold) this.parts.say(line);
    this.lastTold = line;
  }

  private say(server: OwnServer, what: string, body: ServerBody, gapMs = againMs): void {
    this.sayOnce(what, () => this.carry(server, body), gapMs);
  }

  /** Once in so long. */
  private sayOnce(what: string, say: () => boolean, gapMs = againMs): void {
    const nowMs = this.parts.clock();
    if (nowMs < (this.due.get(what) ?? 0)) return;
    if (this.due.size >= maxSaid) for (const [name, atMs] of this.due) if (atMs < nowMs) this.due.delete(name);
    if (say()) this.due.set(what, nowMs + gapMs);
  }

  private carry({ id, identityKey, allianceId, sign }: OwnServer, said: ServerBody): boolean {
    const body = encodeBody(said);
    const signature = sign(actStatement(allianceId, serverActsKeyId({ id, identityKey }), body));
    return this.parts.carry(encodeAct({ author: { _tag: 'server', id }, body, signatures: [{ by: id, signature }] }));
  }

  private dropMover(): void {
    this.mover?.close();
    this.mover = undefined;
  }
}

function idOf(key: string): Digest | undefined {
  const bytes = fromHex(key);
  return bytes === undefined ? undefined : asDigest(bytes);
}

/** Of the attempts at a key in one epoch the last was committed; but none at a key that came with a change that was abandoned. */
function isInForce({ id, role, epoch, keyId }: Sharing, sharings: readonly Sharing[], document: Alliance): boolean {
  const key = keysByRole(document).get(role);
  if (epoch !== document.epoch || key === undefined || !equalBytes(keyIdOf(key), keyId)) return false;
  const last = sharings.findLast((other) => other.role === role && other.epoch === epoch);
  return last !== undefined && equalBytes(last.id, id);
}
