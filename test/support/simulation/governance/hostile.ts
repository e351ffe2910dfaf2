/**
 * A Byzantine organization in management: it votes twice and for others, signs what it may not, says again what was said, in this epoch
 * and in later ones, and lies in ceremonies; all of it in the log, where every server sees it.
 */
import { present } from '../../../../src/prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../../../src/prelude/process.js';
import { E } from '../../../../src/prelude/fp.js';
import { decodeAct } from '../../../../src/management/acts/act.js';
import { type ActBody, decodeBody, type ServerBody } from '../../../../src/management/acts/act-body.js';
import { allianceIdOf } from '../../../../src/management/alliance-codec.js';
import { examine } from '../../../../src/management/governance/examination.js';
import type { Governance } from '../../../../src/management/governance/governance.js';
import type { Action } from '../../../../src/management/proposals/action.js';
import { encodeActions } from '../../../../src/management/proposals/action-codec.js';
import { adaptedTrust } from '../../../../src/management/proposals/adapted-trust.js';
import { writeEnvelope } from '../../../../src/schemes/ceremony/rounds/envelope.js';
import { messageKinds } from '../../../../src/schemes/ceremony/rounds/message-kind.js';
import type { Coverage } from '../coverage.js';
import type { Prng } from '../random.js';
import type { Schedule } from '../schedule.js';
import { organizationAct, serverAct } from './founding.js';
import { strangeDigest } from './organizations.js';

interface HostileParts {
  /** Its servers. */
  readonly byzantine: readonly ProcessId[];
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly coverage: Coverage;
  governance(): Governance;
  /** Brings an act into the log. */
  bring(act: Uint8Array): void;
  /** Whether it goes on. */
  isOver(): boolean;
}

const betweenMs = [20, 150] as const;
/** What was heard and may be said again. */
const mostHeard = 60;

export class Hostile {
  private readonly heard: Uint8Array[] = [];
  private number = 1_000_000;

  constructor(private readonly parts: HostileParts) {
    this.later();
  }

  /** Somebody says something. */
  hear(act: Uint8Array): void {
    this.heard.push(act);
    this.heard.splice(0, this.heard.length - mostHeard);
  }

  /** What a Byzantine server says in place of what its agent would. */
  saying(id: ProcessId, act: Uint8Array): readonly Uint8Array[] {
    const { random } = this.parts;
    const decoded = decodeAct(act);
    const body = E.isRight(decoded) ? decodeBody(decoded.right.body) : decoded;
    if (E.isLeft(body) || 'number' in body.right || random.chance(0.7)) return [act];
    if (random.chance(0.3)) return [];
    return [this.server(id, spoiled(body.right, random))];
  }

  private later(): void {
    const { schedule, random } = this.parts;
    schedule.after(random.between(...betweenMs), () => {
      if (this.parts.isOver()) return;
      this.act();
      this.later();
    });
  }

  private act(): void {
    const { parts } = this;
    const governance = parts.governance();
    const me = present(parts.byzantine[0], 'somebody is Byzantine');
    const act = parts.random.chance(0.5)
      ? this.asOrganization(governance, organizationOf(me))
      : this.asServer(governance, me);
    if (act === undefined) return;
    parts.coverage.add('hostile act');
    parts.bring(act);
  }

  private asOrganization(governance: Governance, name: string): Uint8Array | undefined {
    const { random } = this.parts;
    const names = governance.document.organizations.map((each) => each.name);
    const other = random.pick(names);
    const proposals = [...governance.proposals.values()];
    const proposal = proposals.length === 0 ? strangeDigest('none') : random.pick(proposals).id;
    const ballot = { _tag: 'ballot', proposal, accepts: random.chance(0.6), overrides: [] } as const;
    switch (random.between(0, 6)) {
      case 0:
        return this.organization(name, ballot);
      case 1:
        // In the name of somebody else, or of nobody.
        return this.organization(random.chance(0.8) ? other : 'nobody', ballot, name);
      case 2:
        return this.heard.length === 0 ? undefined : random.pick(this.heard);
      case 3:
        return this.organization(name, this.proposalTo(governance, other, random.chance(0.5)));
      case 4:
        return this.organization(other, this.proposalTo(governance, name, false), name);
      case 5:
        return this.organization(random.pick([name, other]), { _tag: 'withdraw', proposal }, name);
      default: {
        const { change } = governance;
        const draft = change?.draftDigest ?? strangeDigest('draft');
        const admitted = change?.draft.admitted[0] ?? other;
        return this.organization(admitted, { _tag: 'acknowledge', change: change?.number ?? 1, draft }, name);
      }
    }
  }

  /** To be rid of another; perhaps under the effect of something harmless, or against a document that has been. */
  private proposalTo(governance: Governance, other: string, lies: boolean): ActBody {
    const { random } = this.parts;
    const { document, configuration } = governance;
    const removed = document.trust.system.processes.universe.ids.filter((id) => organizationOf(id) === other);
    const trust = adaptedTrust(document.trust, { added: [], removed });
    const remove: readonly Action[] = [
      { _tag: 'remove', organization: other },
      ...(E.isRight(trust) ? [{ _tag: 'trust', trust: trust.right } as const] : []),
    ];
    const harmless: readonly Action[] = [{ _tag: 'refresh', lost: [] }];
    const actions = random.chance(0.7) ? remove : harmless;
    const examined = examine(governance, lies ? harmless : actions, []);
    const effect = E.isRight(examined) ? examined.right.effect : strangeDigest('effect');
    const base = random.chance(0.8) ? configuration : (document.previous ?? strangeDigest('base'));
    return {
      _tag: 'propose',
      number: 0,
      base,
      actions: encodeActions(actions),
      effect,
      overrides: [],
      lengthMs: random.pick([1, 10_000, 80_000_000]),
    };
  }

  private asServer(governance: Governance, me: ProcessId): Uint8Array | undefined {
    const { random } = this.parts;
    const { change, sharings, document } = governance;
    const other = random.pick(document.trust.system.processes.universe.ids);
    const speaker = random.chance(0.6) ? me : other;
    const say = (body: ServerBody): Uint8Array => this.server(speaker, body, me);
    switch (random.between(0, 6)) {
      case 0: {
        const sharing = sharings.length === 0 ? strangeDigest('sharing') : random.pick(sharings).id;
        return say({ _tag: 'erased', sharing });
      }
      case 1:
        return say({ _tag: 'reading', readMs: random.between(0, 2 ** 31) * 2 ** random.between(0, 20) });
      case 2:
        return say({ _tag: 'share', of: { _tag: 'enacted' }, share: random.bytes(64) });
      case 3: {
        const configuration =
          change?.state === 'prepared' || change?.state === 'activated'
            ? change.configuration
            : governance.configuration;
        return say({ _tag: 'ready', configuration, position: random.between(0, 5), signature: random.bytes(64) });
      }
      case 4: {
        const draft = change?.draftDigest ?? strangeDigest('draft');
        return say({ _tag: 'join', change: change?.number ?? 1, draft, slot: random.between(0, 1_000), keys: [] });
      }
      case 5: {
        const outcome = change?.state === 'moving' ? change.moves.outcome : undefined;
        const ceremonyId = outcome?._tag === 'running' ? outcome.ceremonyId : strangeDigest('ceremony');
        const body = random.bytes(random.between(0, 60));
        return say({ _tag: 'ceremony', message: writeEnvelope({ ceremonyId, kind: random.pick(messageKinds), body }) });
      }
      default:
        return this.heard.length === 0 ? undefined : this.heardAsOwn(random.pick(this.heard), me);
    }
  }

  /** What another server said, as if it were its own. */
  private heardAsOwn(act: Uint8Array, me: ProcessId): Uint8Array | undefined {
    const decoded = decodeAct(act);
    const body = E.isRight(decoded) ? decodeBody(decoded.right.body) : decoded;
    return E.isLeft(body) || 'number' in body.right ? undefined : this.server(me, body.right);
  }

  private organization(name: string, body: ActBody | Omit<ActBody, 'number'>, by = name): Uint8Array {
    // Numbers are used twice now and then.
    if (this.parts.random.chance(0.8)) this.number += 1;
    const numbered = { ...body, number: this.number } as Parameters<typeof organizationAct>[2];
    return organizationAct(allianceIdOf(this.parts.governance().document), name, numbered, by);
  }

  private server(id: ProcessId, body: ServerBody, by: ProcessId = id): Uint8Array {
    return serverAct(allianceIdOf(this.parts.governance().document), id, body, by);
  }
}

function spoiled(said: ServerBody, random: Prng): ServerBody {
  const changed = (bytes: Uint8Array, from: number): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    const place = random.between(Math.min(from, copy.length - 1), copy.length - 1);
    copy[place] = (copy[place] ?? 0) ^ random.between(1, 255);
    return copy;
  };
  switch (said._tag) {
    case 'ceremony':
      return { ...said, message: changed(said.message, 33) };
    case 'ready':
      return { ...said, signature: changed(said.signature, 0) };
    case 'share':
      return { ...said, share: changed(said.share, 0) };
    default:
      return said;
  }
}
