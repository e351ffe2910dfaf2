/**
 * The organizations of a simulated alliance that governs itself: they propose what the scenario has them wish, vote, acknowledge and
 * abandon, each in an act of its own, and say it again where nothing came of it.
 */
import { digest } from '../../../../src/prelude/digest.js';
import { E } from '../../../../src/prelude/fp.js';
import { present } from '../../../../src/prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../../../src/prelude/process.js';
import { toHex, utf8 } from '../../../../src/prelude/bytes.js';
import type { Request } from '../../../../src/consensus/batch.js';
import { actDigest, decodeAct } from '../../../../src/management/acts/act.js';
import type { OrganizationBody } from '../../../../src/management/acts/act-body.js';
import { serversOf } from '../../../../src/management/alliance.js';
import { allianceIdOf } from '../../../../src/management/alliance-codec.js';
import { examine } from '../../../../src/management/governance/examination.js';
import { type Governance, keyOf } from '../../../../src/management/governance/governance.js';
import type { Action } from '../../../../src/management/proposals/action.js';
import { encodeActions } from '../../../../src/management/proposals/action-codec.js';
import { adaptedTrust } from '../../../../src/management/proposals/adapted-trust.js';
import { actCommands } from '../../../../src/services/membership/commands.js';
import type { TrustModel } from '../../../../src/quorum/trust/trust-model.js';
import { right } from '../../right.js';
import { newcomerOf, operatorRequest } from '../configuration.js';
import type { Coverage } from '../coverage.js';
import type { Prng } from '../random.js';
import type { Governed, Scenario, Wish } from '../scenario.js';
import type { Schedule } from '../schedule.js';
import { applicationKey, organizationAct, organizationEntry } from './founding.js';

/** What is said in a body, but for its number. */
export type Unnumbered<B> = B extends { readonly number: number } ? Omit<B, 'number'> : never;

export interface OrganizationParts {
  readonly scenario: Scenario;
  readonly governed: Governed;
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly coverage: Coverage;
  /** What the log has come to. */
  governance(): Governance;
  isDelivered(request: Request): boolean;
  /** Hands a request to servers, again while it is not delivered. */
  submit(request: Request): void;
  /** All wishes have come to an end. */
  onDone(): void;
}

const lookMs = 20;
/** A proposal that is refused is made again so often, and then given up. */
const mostTries = 6;

export class Organizations {
  private sessions = 0;
  private number = 0;
  private wish = 0;
  private tries = 0;
  /** What was said last and is not delivered. */
  private pending: Request[] = [];
  private proposal: string | undefined;
  private readonly voted = new Set<string>();
  private abandoned = 0;
  isDone = false;

  constructor(private readonly parts: OrganizationParts) {
    parts.schedule.at(parts.governed.fromMs, () => {
      this.look();
    });
  }

  describe(): string {
    const { change, proposals, enacted } = this.parts.governance();
    const open = [...proposals.values()].map(({ number, state }) => `${number} ${state}`);
    return `wish ${this.wish} of ${this.parts.governed.wishes.length}, proposals ${open.join(' ')}, change ${change?.state ?? 'none'}, ${this.pending.length} acts pending, ${enacted.signature === undefined ? 'not ' : ''}enacted`;
  }

  /** Says something as an organization; `by` is whose key signs. */
  say(name: string, body: Unnumbered<OrganizationBody>, by = name): Uint8Array {
    this.number += 1;
    const act = organizationAct(this.allianceId, name, { ...body, number: this.number }, by);
    this.pending.push(this.bring(act));
    return act;
  }

  /** Brings any act at all into the log. */
  bring(act: Uint8Array): Request {
    this.sessions += 1;
    const request = operatorRequest(this.parts.scenario, this.sessions, actCommands(act));
    this.parts.submit(request);
    return request;
  }

  private get allianceId() {
    return allianceIdOf(this.parts.governance().document);
  }

  private look(): void {
    const { schedule } = this.parts;
    this.pending = this.pending.filter((request) => !this.parts.isDelivered(request));
    if (this.pending.length === 0) this.goOn(this.parts.governance());
    if (!this.isDone)
      schedule.after(lookMs, () => {
        this.look();
      });
  }

  private goOn(governance: Governance): void {
    const wish = this.parts.governed.wishes[this.wish];
    const { change } = governance;
    if (change?.state === 'gathering')
      for (const name of change.draft.admitted)
        if (!change.acknowledged.has(name))
          this.say(name, { _tag: 'acknowledge', change: change.number, draft: change.draftDigest });
    if (wish === undefined) {
      if (change !== undefined || governance.enacted.signature === undefined || !governance.time.isOfThisEpoch) return;
      this.isDone = true;
      this.parts.onDone();
      return;
    }
    if (this.proposal === undefined) this.propose(governance, wish);
    else this.follow(governance, wish, this.proposal);
  }

  private propose(governance: Governance, wish: Wish): void {
    // Time and the keys of an epoch are seen to work first, and one thing is done after another.
    if (governance.change !== undefined || governance.enacted.signature === undefined) return;
    if (!governance.time.isOfThisEpoch) return;
    const actions = this.actionsFor(governance, wish);
    const effect = actions && examine(governance, actions, []);
    this.tries += 1;
    if (actions === undefined || effect === undefined || E.isLeft(effect) || this.tries > mostTries) {
      this.next();
      return;
    }
    const { configuration: base, document } = governance;
    const names = document.organizations.map(({ name }) => name);
    const author =
      names.includes(wish.organization) && wish.what === 'enrol' ? wish.organization : this.parts.random.pick(names);
    const body = { base, actions: encodeActions(actions), effect: effect.right.effect, overrides: [] };
    const act = this.say(author, { _tag: 'propose', ...body, lengthMs: 80_000_000 });
    this.proposal = keyOf(actDigest(right(decodeAct(act))));
    this.parts.coverage.add('proposal');
  }

  private follow(governance: Governance, wish: Wish, key: string): void {
    const proposal = governance.proposals.get(key);
    if (proposal === undefined) {
      const hasEnded = governance.closed.some(({ id }) => toHex(id) === key);
      this.proposal = undefined;
      if (hasEnded) this.next();
      return;
    }
    if (proposal.state === 'open') {
      for (const name of this.voters(governance)) {
        const ballot = `${key} ${name}`;
        if (this.voted.has(ballot) && proposal.ballots.has(name)) continue;
        this.voted.add(ballot);
        this.parts.coverage.add('ballot');
        const accepts = wish.isRejected !== true;
        this.say(name, { _tag: 'ballot', proposal: proposal.id, accepts, overrides: [] });
      }
    }
    if (wish.isAbandoned === true) this.abandon(governance);
  }

  /** Once a change, however it is called. */
  private abandon(governance: Governance): void {
    const { change } = governance;
    if (change === undefined || change.state === 'activated') return;
    const action: Action = { _tag: 'abandon', change: change.number };
    const under = [...governance.proposals.values()].find(({ actions }) => actions[0]?._tag === 'abandon');
    if (under === undefined) {
      if (this.abandoned === change.number) return;
      this.abandoned = change.number;
      const effect = examine(governance, [action], []);
      if (E.isLeft(effect)) return;
      const { configuration: base } = governance;
      const body = { base, actions: encodeActions([action]), effect: effect.right.effect, overrides: [] };
      const [author] = this.voters(governance);
      this.say(present(author, 'a correct organization'), { _tag: 'propose', ...body, lengthMs: 80_000_000 });
      return;
    }
    for (const name of this.voters(governance))
      if (!under.ballots.has(name))
        this.say(name, { _tag: 'ballot', proposal: under.id, accepts: true, overrides: [] });
  }

  private next(): void {
    this.wish += 1;
    this.tries = 0;
    this.proposal = undefined;
  }

  /** Correct organizations, in any order. */
  private voters({ document }: Governance): readonly string[] {
    const byzantine = new Set(this.parts.scenario.byzantine.map(organizationOf));
    const names = document.organizations.map(({ name }) => name).filter((name) => !byzantine.has(name));
    return this.parts.random.shuffled(names);
  }

  /** Whoever is Byzantine may be under the next trust model, too. */
  private mayFail({ system }: TrustModel): boolean {
    const { universe } = system.processes;
    return system.canBeFaulty(universe.of(this.parts.scenario.byzantine.filter((id) => universe.has(id))));
  }

  /** None where it has lost its meaning. */
  private actionsFor({ document }: Governance, { what, organization }: Wish): readonly Action[] | undefined {
    const names = document.organizations.map(({ name }) => name);
    const isMember = names.includes(organization);
    const id = newcomerOf(organization);
    switch (what) {
      case 'refresh':
        return [{ _tag: 'refresh', lost: [] }];
      case 'enrol': {
        const application = `${isMember ? organization : (names[0] ?? '')}/more-${document.epoch}` as ProcessId;
        return [{ _tag: 'enrol', application: { id: application, key: applicationKey(application) } }];
      }
      case 'suspend':
        return isMember ? [{ _tag: 'suspend', organization, lengthMs: 10_000 }] : undefined;
      case 'parameters': {
        const { parameters, governance } = document;
        const baseTimeoutMs = parameters.baseTimeoutMs + 1;
        const { terms, limits } = governance;
        return [{ _tag: 'parameters', parameters: { ...parameters, baseTimeoutMs }, terms, limits }];
      }
      case 'admit': {
        const trust = adaptedTrust(document.trust, { added: [id], removed: [] });
        if (isMember || E.isLeft(trust) || !this.mayFail(trust.right)) return undefined;
        return [
          { _tag: 'admit', organization: organizationEntry(organization, [id]) },
          { _tag: 'trust', trust: trust.right },
        ];
      }
      case 'remove': {
        const removed = serversOf(document).flatMap((server) =>
          organizationOf(server.id) === organization ? [server.id] : [],
        );
        const trust = adaptedTrust(document.trust, { added: [], removed });
        if (!isMember || E.isLeft(trust) || !this.mayFail(trust.right)) return undefined;
        return [
          { _tag: 'remove', organization },
          { _tag: 'trust', trust: trust.right },
        ];
      }
    }
  }
}

/** A digest that names nothing. */
export function strangeDigest(seed: string) {
  return digest(utf8(seed));
}
