/**
 * What a server says that the next epoch leaves out: that its shares are erased (spec/management.md, "Enacted"). It is no server of
 * that epoch, so it comes to those that are as a client, under its own id, as learners do; and its identity key signs nothing else.
 */
import { toHex } from '../../prelude/bytes.js';
import type { Alliance } from '../../management/alliance.js';
import { configurationDigestOf } from '../../management/alliance-codec.js';
import { actStatement, encodeAct } from '../../management/acts/act.js';
import { encodeBody } from '../../management/acts/act-body.js';
import { serverActsKeyId } from '../../management/acts/authority.js';
import type { Sharing } from '../../management/proposals/sharing.js';
import type { ServerDirectory } from '../directory/server-directory.js';
import { LearnerLinks } from '../learner/learner-links.js';

export interface FarewellParts {
  readonly directory: ServerDirectory;
  /** Under the identity of the epoch that was its last. */
  readonly sign: (statement: Uint8Array) => Uint8Array;
  /** The document that leaves it out. */
  readonly next: Alliance;
  /** Of the keys of the alliance, as far as the log went here. */
  readonly sharings: readonly Sharing[];
  readonly say: (line: string) => void;
}

const tickMs = 1000;
/** Said so often, a while apart: whoever takes it may be stopped before it has brought it into the log. */
const times = 3;
const gapTicks = 15;

export class Farewell {
  private readonly links: LearnerLinks;
  private readonly acts: readonly Uint8Array[];
  private readonly ticker: NodeJS.Timeout;
  private said = 0;
  private ticks = gapTicks;

  constructor(private readonly parts: FarewellParts) {
    const { directory, next } = parts;
    const { allianceId } = directory;
    const document = { alliance: next, allianceId, configurationDigest: configurationDigestOf(next) };
    this.acts = this.unconfirmed().map(({ id }) => this.act(id));
    this.links = new LearnerLinks({
      directory: { id: directory.me.id, credentials: directory.credentials },
      document: () => document,
      handler: { onMessage: () => undefined, onUp: () => undefined, onDown: () => undefined },
    });
    this.ticker = setInterval(() => {
      this.tick();
    }, tickMs);
  }

  close(): void {
    clearInterval(this.ticker);
    this.links.close();
  }

  /** All of them: what was in force is erased as well. */
  private unconfirmed(): readonly Sharing[] {
    const { me } = this.parts.directory;
    const key = toHex(me.identityKey);
    return this.parts.sharings.filter(
      ({ holders, erased }) => !erased.has(key) && holders.some((holder) => holder.id === me.id && holder.key === key),
    );
  }

  private act(sharing: Sharing['id']): Uint8Array {
    const { directory, sign } = this.parts;
    const { id, identityKey } = directory.me;
    const body = encodeBody({ _tag: 'erased', sharing });
    const signature = sign(actStatement(directory.allianceId, serverActsKeyId({ id, identityKey }), body));
    return encodeAct({ author: { _tag: 'server', id }, body, signatures: [{ by: id, signature }] });
  }

  private tick(): void {
    this.ticks += 1;
    if (this.ticks < gapTicks || !this.acts.every((act) => this.links.bring(act))) return;
    this.ticks = 0;
    this.said += 1;
    if (this.said === 1 && this.acts.length > 0)
      this.parts.say('the others are told that the shares of this server are erased');
    if (this.said >= times) this.close();
  }
}
