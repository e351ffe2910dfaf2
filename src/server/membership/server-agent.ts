/** The agent of a running server: it hears of every slot that is executed, and speaks through the server's own session. */
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { E } from '../../prelude/fp.js';
import type { Handoff } from '../../consensus/handoff.js';
import { type Request, requestStatement, type UnsignedRequest } from '../../consensus/batch.js';
import { requestKeyId } from '../../management/alliance-keys.js';
import { decodeAct } from '../../management/acts/act.js';
import { findForgery } from '../../management/governance/decide.js';
import { describeManagementError } from '../../management/governance/errors.js';
import type { Change } from '../../management/governance/governance.js';
import { roleName } from '../../management/proposals/key-roles.js';
import type { SignatureShare } from '../../schemes/contract/distributed-signer.js';
import { ed25519Sign, ed25519Verify } from '../../schemes/ed25519/ed25519.js';
import { readPrivateKey } from '../directory/directory-documents.js';
import { fileNames } from '../directory/layout.js';
import type { ServerDirectory } from '../directory/server-directory.js';
import type { Acquaintance } from '../links.js';
import type { AllianceKey } from '../replica/replica-parts.js';
import type { Execution } from '../state/executor.js';
import { MembershipAgent, type WatchedLog } from './agent.js';
import { Carrier } from './carrier.js';
import { Farewell } from './farewell.js';
import { tryEpochFiles } from './trial.js';
import { keepHistory } from './history-file.js';
import { type OwnServer, ownServerOf } from './own-server.js';

export interface ServerAgentParts {
  readonly log: WatchedLog;
  /** The last slot that is executed. */
  readonly slot: () => number;
  /** As it is now. */
  readonly directory: () => ServerDirectory;
  /** How an epoch ended, where that is known here. */
  readonly handoffOf: (epoch: number) => Handoff | undefined;
  /** Of the epoch that runs. */
  readonly allianceKey: () => AllianceKey | undefined;
  readonly submit: (request: Request) => void;
  /** Sets whose servers may be linked besides those of the epoch. */
  readonly meet: (documents: readonly Acquaintance[]) => void;
  readonly say: (line: string) => void;
  readonly clock: () => number;
}

const tickMs = 500;

export class ServerAgent {
  private readonly agent: MembershipAgent;
  private readonly carrier: Carrier;
  private seen: unknown;
  /** The newest epoch whose history is on disk, or was found to lack something. */
  private recorded = 0;
  /** The change whose servers may be linked. */
  private met: number | undefined;
  private turn: NodeJS.Immediate | undefined;
  private readonly ticker: NodeJS.Timeout;
  private farewell: Farewell | undefined;
  private own: { readonly directory: ServerDirectory; readonly server: OwnServer | undefined } | undefined;

  constructor(private readonly parts: ServerAgentParts) {
    const { log, slot, say, clock, submit, directory } = parts;
    this.carrier = new Carrier({
      me: directory().me.id,
      session: 1000 * Date.now() + randomInt(1000),
      sign: (request) => this.signRequest(request),
      submit,
      clock,
    });
    this.agent = new MembershipAgent({
      log,
      slot,
      say,
      clock,
      server: () => this.server(),
      signShare: (role, message) => this.signShare(role, message),
      tryFiles: (folder) => tryEpochFiles(directory().path, folder),
      carry: (act) => this.carrier.carry(act),
      random: randomBytes,
      now: () => Date.now(),
    });
    this.ticker = setInterval(() => {
      this.carrier.tick();
      this.look();
    }, tickMs);
  }

  /** Looks, in a later turn, where management has moved. */
  onExecuted({ executed }: Execution): void {
    this.carrier.onExecuted(executed);
    const { governance } = this.parts.log;
    if (governance === this.seen) return;
    this.seen = governance;
    this.turn ??= setImmediate(() => {
      this.turn = undefined;
      this.look();
    });
  }

  /** Carries what somebody says who has no session, or no link to others; says why not where it does not. */
  bring(bytes: Uint8Array): string | undefined {
    const act = decodeAct(bytes);
    if (E.isLeft(act)) return describeManagementError(act.left);
    const forgery = findForgery(this.parts.log.governance, act.right, { verify: ed25519Verify });
    if (forgery !== undefined) return describeManagementError(forgery);
    return this.carrier.bring(bytes) ? undefined : 'too many acts wait to be carried: bring it again later';
  }

  close(): void {
    clearInterval(this.ticker);
    clearImmediate(this.turn);
    this.agent.close();
    this.carrier.close();
    this.farewell?.close();
  }

  private look(): void {
    this.leave();
    this.meet(this.parts.log.governance.change);
    this.agent.look();
    this.record();
  }

  /** Once the next epoch goes on without this server, and its keys are erased. */
  private leave(): void {
    const { log, directory: find, say } = this.parts;
    const { change, sharings } = log.governance;
    const directory = find();
    if (this.farewell !== undefined || directory.keys !== undefined || change?.state !== 'activated') return;
    const path = join(directory.path, fileNames.identityKey);
    const { id, identityKey: key } = directory.me;
    const seed = existsSync(path) ? readPrivateKey(path, readFileSync(path, 'utf8'), { id, key }) : undefined;
    if (seed === undefined || E.isLeft(seed)) return;
    const sign = (statement: Uint8Array): Uint8Array => ed25519Sign(seed.right, statement);
    this.farewell = new Farewell({ directory, sign, next: change.next, sharings, say });
  }

  /** Extends the history on disk, once an epoch. */
  private record(): void {
    const { log, handoffOf, say } = this.parts;
    const { document, enacted } = log.governance;
    const directory = this.parts.directory();
    const { epoch } = directory.alliance;
    if (document.epoch !== epoch || this.recorded >= epoch || enacted.signature === undefined) return;
    this.recorded = epoch;
    try {
      const kept = keepHistory({ directory, handoffOf, enacted: enacted.signature });
      if (E.isLeft(kept)) say(kept.left);
    } catch (error) {
      say(`the history cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Whoever is in the draft of the change under way may be linked until its epoch begins. */
  private meet(change: Change | undefined): void {
    if (change?.number === this.met) return;
    this.met = change?.number;
    this.parts.meet(change === undefined ? [] : [change.draft.document]);
  }

  private server(): OwnServer | undefined {
    const directory = this.parts.directory();
    if (this.own?.directory !== directory) this.own = { directory, server: ownServerOf(directory) };
    return this.own.server;
  }

  private signRequest(request: UnsignedRequest): Request {
    const { allianceId, me, keys } = this.parts.directory();
    const keyId = requestKeyId({ id: me.id, key: me.identityKey });
    const signature = keys?.identities.sign(requestStatement(allianceId, keyId, request)) ?? new Uint8Array();
    return { ...request, signature };
  }

  private async signShare(role: string, message: Uint8Array): Promise<SignatureShare | undefined> {
    const signed =
      role === roleName({ _tag: 'alliance' })
        ? await this.parts.allianceKey()?.signShare(message)
        : this.documentSigner(role)?.signShare(message);
    return signed === undefined || E.isLeft(signed) ? undefined : signed.right;
  }

  private documentSigner(role: string) {
    const held = [...(this.parts.directory().keys?.documents ?? [])];
    return held.find(([name]) => roleName({ _tag: 'document', name }) === role)?.[1].signer;
  }
}
