/** PROPOSE, BALLOT and WITHDRAW (spec/management.md, "Proposals"). */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { type Act, actDigest, encodeAct } from '../acts/act.js';
import type { OrganizationBody } from '../acts/act-body.js';
import type { Action } from '../proposals/action.js';
import { decodeActions } from '../proposals/action-codec.js';
import { isAutonomous } from '../proposals/autonomy.js';
import { type GateName, isDocumentGate } from '../proposals/gate-names.js';
import type { StandingGate } from '../proposals/gates.js';
import type { Decided } from './decision.js';
import type { ManagementError } from './errors.js';
import { type Examination, examine } from './examination.js';
import { type Governance, governanceLimits, keyOf, type Proposal } from './governance.js';
import type { LogPosition } from './position.js';
import { termOf } from './term.js';

type BodyOf<Tag extends OrganizationBody['_tag']> = Extract<OrganizationBody, { _tag: Tag }>;

interface Said {
  readonly name: string;
  readonly act: Act;
}

export function propose(
  governance: Governance,
  { name, act, at }: Said & { readonly at: LogPosition },
  body: BodyOf<'propose'>,
): Decided {
  const inTheWay = tooMany(governance, name, at) ?? wrongTerms(governance, body);
  if (inTheWay !== undefined) return E.left(inTheWay);
  const id = actDigest(act);
  const actions = decodeActions(body.actions);
  if (E.isLeft(actions))
    return E.left({ _tag: 'MalformedActions', path: actions.left.path, expected: actions.left.expected });
  const examined = { _tag: 'proposed', organization: name, slot: at.slot } as const;
  const judged = judge(governance, actions.right, body);
  // It has cost everybody as much as if it had been opened, and cannot be sent again by somebody else.
  if (E.isLeft(judged)) return E.right([examined, { _tag: 'proposal-refused', error: judged.left }]);
  const proposal: Proposal = {
    id,
    number: governance.proposalCount + 1,
    author: name,
    actions: actions.right,
    effect: judged.right.effect,
    overrides: body.overrides,
    requirements: judged.right.requirements,
    state: 'open',
    term: termOf(body.lengthMs),
    ballots: new Map(),
    isAutonomous: isOwnBusiness(governance, name, actions.right, judged.right),
    act: encodeAct(act),
  };
  return E.right([examined, { _tag: 'proposal-opened', proposal }]);
}

function tooMany({ proposals, proposed, time, dryRunSlot }: Governance, organization: string, { slot }: LogPosition) {
  const { openProposals, openPerOrganization, proposalsPerHour } = governanceLimits;
  const own = [...proposals.values()].filter(({ author }) => author === organization);
  if (own.length >= openPerOrganization)
    return { _tag: 'TooManyProposals', organization, most: openPerOrganization } as const;
  if (proposals.size >= openProposals) return { _tag: 'AllianceBusy', most: openProposals } as const;
  const recent = (proposed.get(organization) ?? []).filter((atMs) => atMs > time.nowMs - hourMs);
  if (recent.length >= proposalsPerHour) return { _tag: 'TooOften', organization, perHour: proposalsPerHour } as const;
  return dryRunSlot === slot ? ({ _tag: 'Busy' } as const) : undefined;
}

const hourMs = 60 * 60 * 1000;

function wrongTerms(
  { document, configuration }: Governance,
  { base, lengthMs }: BodyOf<'propose'>,
): ManagementError | undefined {
  if (!equalBytes(base, configuration)) return { _tag: 'StaleBase', base, current: configuration };
  const mostMs = document.governance.terms.proposalMs;
  return lengthMs < 1 || lengthMs > mostMs ? { _tag: 'TermTooLong', lengthMs, mostMs } : undefined;
}

/** What the actions do, if that is what was signed and nothing stands against it but what is overridden. */
function judge(
  governance: Governance,
  actions: readonly Action[],
  { effect, overrides }: BodyOf<'propose'>,
): Either<ManagementError, Examination> {
  const examined = examine(governance, actions, overrides);
  if (E.isLeft(examined)) return examined;
  if (!equalBytes(effect, examined.right.effect))
    return E.left({ _tag: 'EffectDiffers', signed: effect, computed: examined.right.effect });
  const against = unoverridden(examined.right.gates, overrides);
  if (against.length > 0) return E.left({ _tag: 'GateStands', against });
  const standing = new Set<GateName>(examined.right.gates.map(({ gate }) => gate));
  const needless = overrides.filter((gate) => isDocumentGate(gate) && !standing.has(gate));
  return needless.length > 0 ? E.left({ _tag: 'NeedlessOverride', gates: needless }) : examined;
}

/** What stands against a draft besides what is overridden. */
export function unoverridden(gates: readonly StandingGate[], overrides: readonly GateName[]): readonly StandingGate[] {
  return gates.filter(({ gate }) => !overrides.includes(gate));
}

/** Whether nobody but its author need be asked, as things are. */
export function isOwnBusiness(
  governance: Governance,
  author: string,
  actions: readonly Action[],
  { draft, effectValue }: Examination,
): boolean {
  if (draft === undefined || effectValue === undefined) return false;
  return isAutonomous({
    author,
    actions,
    draft,
    effect: effectValue,
    applicationCounts: governance.applicationCounts,
  });
}

/** The proposal that is meant, if it is under way. */
function proposalNamed({ proposals }: Governance, id: Proposal['id']): Either<ManagementError, Proposal> {
  const proposal = proposals.get(keyOf(id));
  return proposal === undefined ? E.left({ _tag: 'UnknownProposal', proposal: id }) : E.right(proposal);
}

export function ballot(governance: Governance, { name, act }: Said, body: BodyOf<'ballot'>): Decided {
  const found = proposalNamed(governance, body.proposal);
  if (E.isLeft(found)) return found;
  const { id, number, state, ballots, isAutonomous: isOwn, author } = found.right;
  if (isOwn) return E.left({ _tag: 'NoBallotNeeded', proposal: number, author });
  if (state !== 'open') return E.left({ _tag: 'WrongState', what: `proposal ${number}`, state, act: 'ballot' });
  if (ballots.has(name)) return E.left({ _tag: 'BallotDuplicate', organization: name, proposal: number });
  const { accepts, overrides } = body;
  const cast = { accepts, overrides, act: encodeAct(act) };
  return E.right([{ _tag: 'ballot-cast', proposal: id, organization: name, ballot: cast }]);
}

/** Of an executing proposal: while its change is gathered, which is thereby abandoned. */
export function withdraw(governance: Governance, organization: string, body: BodyOf<'withdraw'>): Decided {
  const found = proposalNamed(governance, body.proposal);
  if (E.isLeft(found)) return found;
  const { id, number, author, state } = found.right;
  if (author !== organization) return E.left({ _tag: 'NotTheAuthor', proposal: number, author, organization });
  const why = `${author} withdrew it`;
  if (state !== 'executing') return E.right([{ _tag: 'proposal-ended', proposal: id, ending: 'withdrawn', why }]);
  const { change } = governance;
  if (change?.state !== 'gathering')
    return E.left({ _tag: 'WrongState', what: `proposal ${number}`, state: change?.state ?? state, act: 'withdraw' });
  return E.right([{ _tag: 'change-abandoned', why, sharings: [] }]);
}
