/**
 * I18: no set that may fail together changes the rules. Counts for itself who approved what the log does: acts that are signed by the
 * fixed key of the organization that they name, of members of the document in force.
 */
import { equalBytes, toHex } from '../../../../src/prelude/bytes.js';
import { E } from '../../../../src/prelude/fp.js';
import { present } from '../../../../src/prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../../../src/prelude/process.js';
import type { Delivered } from '../../../../src/consensus/delivery.js';
import { type Act, actDigest, actStatement, decodeAct } from '../../../../src/management/acts/act.js';
import { decodeBody, type OrganizationBody, type ServerBody } from '../../../../src/management/acts/act-body.js';
import { authorityKeyId, serverActsKeyId } from '../../../../src/management/acts/authority.js';
import type { Alliance } from '../../../../src/management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../../../src/management/alliance-codec.js';
import type { GovernanceEvent } from '../../../../src/management/governance/event.js';
import { examine } from '../../../../src/management/governance/examination.js';
import type { ChangeOrigin, Governance, Proposal } from '../../../../src/management/governance/governance.js';
import { structureOf } from '../../../../src/management/proposals/governing-policies.js';
import { isSame } from '../../../../src/management/proposals/same-value.js';
import { encodeAlliance } from '../../../../src/management/alliance-codec.js';
import { member } from '../../../../src/quorum/tree/tree-check.js';
import { Wholes } from '../../../../src/services/membership/pieces.js';
import { membershipName } from '../../../../src/services/membership/membership.js';
import { readServiceCommand } from '../../../../src/services/service-command.js';
import { right } from '../../right.js';
import { fail } from '../violation.js';
import { administratorKey, identityKey, verifyOnce } from './founding.js';

export class ApprovalChecker {
  private readonly wholes = new Wholes();
  /** Organizations that have signed yes, by proposal. */
  private readonly accepting = new Map<string, Set<string>>();
  /** Bodies of proposals by id, as their authors signed them. */
  private readonly proposed = new Map<
    string,
    { readonly author: string; readonly base: Uint8Array; readonly effect: Uint8Array }
  >();
  /** Servers that said READY, by configuration. */
  private readonly ready = new Map<string, Set<ProcessId>>();
  private document: Alliance;
  /** Under way: what asked for it. */
  private origin: { readonly origin: ChangeOrigin; readonly proposal?: Proposal } | undefined;
  /** As they stood before the present act. */
  private proposals: ReadonlyMap<string, Proposal> = new Map();

  constructor(founding: Alliance) {
    this.document = founding;
  }

  /** A command, before it is executed. */
  onDelivered({ client, session, command }: Delivered): void {
    const read = readServiceCommand(command);
    if (read?.name !== membershipName || read.body[0] !== 0) return;
    const whole = this.wholes.take(client, session, read.body.subarray(1));
    const act = whole._tag === 'whole' ? decodeAct(whole.bytes) : undefined;
    if (act === undefined || E.isLeft(act)) return;
    const body = decodeBody(act.right.body);
    if (E.isLeft(body)) return;
    if (body.right._tag === 'ready') this.onReady(act.right, body.right);
    if ('number' in body.right) this.onSaid(act.right, body.right);
  }

  private onSaid(act: Act, body: OrganizationBody): void {
    if (act.author._tag !== 'organization' || !isSignedByOrganization(act, act.author.name, this.document)) return;
    const { name } = act.author;
    if (body._tag === 'propose')
      this.proposed.set(toHex(actDigest(act)), { author: name, base: body.base, effect: body.effect });
    if (body._tag !== 'ballot' || !body.accepts) return;
    const key = toHex(body.proposal);
    this.accepting.set(key, (this.accepting.get(key) ?? new Set()).add(name));
  }

  private onReady(act: Act, { configuration }: Extract<ServerBody, { _tag: 'ready' }>): void {
    if (act.author._tag !== 'server') return;
    const { id } = act.author;
    const statement = actStatement(
      allianceIdOf(this.document),
      serverActsKeyId({ id, identityKey: identityKey(id) }),
      act.body,
    );
    if (!act.signatures.every(({ by, signature }) => by === id && verifyOnce(identityKey(id), statement, signature)))
      return;
    const key = toHex(configuration);
    this.ready.set(key, (this.ready.get(key) ?? new Set()).add(id));
  }

  onEvents(governance: Governance, events: readonly GovernanceEvent[]): void {
    const opened = events.flatMap((event) => (event._tag === 'proposal-opened' ? [event.proposal] : []));
    const known = new Map([...this.proposals, ...opened.map((proposal) => [toHex(proposal.id), proposal] as const)]);
    for (const event of events) this.judge(governance, event, known);
    this.proposals = governance.proposals;
  }

  private judge(governance: Governance, event: GovernanceEvent, known: ReadonlyMap<string, Proposal>): void {
    switch (event._tag) {
      case 'proposal-opened':
        this.isAsSigned(governance, event.proposal);
        return;
      case 'proposal-accepted':
        this.isApproved(present(known.get(toHex(event.proposal)), 'a proposal that was opened'));
        return;
      case 'proposal-ended': {
        const proposal = known.get(toHex(event.proposal));
        if (event.ending === 'enacted' && proposal !== undefined) this.isApproved(proposal);
        return;
      }
      case 'change-opened': {
        const { origin } = event;
        const proposal = origin._tag === 'proposal' ? known.get(toHex(origin.proposal)) : undefined;
        if (origin._tag === 'proposal') this.isApproved(present(proposal, 'a proposal that was opened'));
        this.origin = { origin, ...(proposal === undefined ? {} : { proposal }) };
        return;
      }
      case 'prepared':
        this.isWhatWasAsked(event.next);
        return;
      case 'activated':
        this.isReady(present(governance.change, 'a change that is activated'));
        return;
      case 'enacted':
        this.document = governance.document;
        return;
      default:
        return;
    }
  }

  /** The proposal is bound to the document in force, and to what it does. */
  private isAsSigned(governance: Governance, { id, actions, overrides, number }: Proposal): void {
    const signed = this.proposed.get(toHex(id));
    if (signed === undefined) fail('I18', `proposal ${number} was opened, and nobody signed it`);
    if (!equalBytes(signed.base, configurationDigestOf(this.document)))
      fail('I18', `proposal ${number} was written against another document`);
    const examined = examine(governance, actions, overrides);
    if (E.isLeft(examined) || !equalBytes(examined.right.effect, signed.effect))
      fail('I18', `proposal ${number} does something else than was signed`);
  }

  private isApproved(proposal: Proposal): void {
    const { id, number, author, isAutonomous, actions } = proposal;
    if (isAutonomous) {
      for (const action of actions)
        if (!isOwn(action, author)) fail('I18', `proposal ${number} is not ${author}'s own business`);
      return;
    }
    const members = new Set(this.document.organizations.map(({ name }) => name));
    const yes = [...(this.accepting.get(toHex(id)) ?? [])].filter((name) => members.has(name));
    const { system } = right(structureOf(this.document));
    const approving = system.processes.universe.of(yes as ProcessId[]);
    const isEmergency = actions.every(({ _tag }) => _tag === 'suspend' || _tag === 'restore' || _tag === 'abandon');
    const isEnough = isEmergency ? system.containsCorrect(approving) : system.isRecoveryQuorum(approving);
    if (!isEnough) fail('I18', `proposal ${number} goes on, approved by {${[...approving].join(', ')}} alone`);
  }

  /** Without a vote nothing but keys changes; by an organization's own business, nothing but what is its own. */
  private isWhatWasAsked(next: Alliance): void {
    const { origin, proposal } = present(this.origin, 'a change that was opened');
    const own = proposal?.isAutonomous === true ? proposal.author : undefined;
    if (origin._tag === 'proposal' && own === undefined) return;
    if (!isSame(outline(this.document, own), outline(next, own)))
      fail('I18', `${own ?? 'nobody'} asked for epoch ${next.epoch}, which changes what is everybody's`);
  }

  private isReady(change: NonNullable<Governance['change']>): void {
    if (change.state !== 'activated') return;
    const { system } = change.next.trust;
    const { universe } = system.processes;
    const ids = [...(this.ready.get(toHex(change.configuration)) ?? [])].filter((id) => universe.has(id));
    if (!system.isRecoveryQuorum(universe.of(ids)))
      fail('I18', `epoch ${change.next.epoch} is activated, and only {${ids.join(', ')}} are ready`);
  }
}

function isSignedByOrganization(act: Act, name: string, document: Alliance): boolean {
  const [only, ...others] = act.signatures;
  if (only === undefined || others.length > 0) return false;
  const key = administratorKey(name);
  const keyId = authorityKeyId({ name, administrators: [{ name: only.by, key }], rule: member(only.by) });
  return verifyOnce(key, actStatement(allianceIdOf(document), keyId, act.body), only.signature);
}

function isOwn(action: Proposal['actions'][number], author: string): boolean {
  switch (action._tag) {
    case 'enrol':
      return organizationOf(action.application.id) === author;
    case 'dismiss':
      return organizationOf(action.application) === author;
    case 'organization':
      return action.organization.name === author;
    case 'trust':
      return true;
    default:
      return false;
  }
}

/** What only votes change: all but keys that ceremonies move, and one organization's own. */
function outline(document: Alliance, own: string | undefined): unknown {
  const { trust, governance, parameters } = encodeAlliance(document) as Record<string, unknown>;
  return {
    trust,
    governance,
    parameters,
    organizations: document.organizations.filter(({ name }) => name !== own),
    applications: document.applications.filter(({ id }) => organizationOf(id) !== own),
    documentKeys: document.documentKeys.map(({ name }) => name),
  };
}
