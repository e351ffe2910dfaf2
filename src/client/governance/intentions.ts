/** What an organization may want to say, and the act that says it: from what governance shows, without a word to anybody. */
import { equalBytes } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { type Act, actDigest, decodeAct } from '../../management/acts/act.js';
import { decodeBody, type OrganizationBody } from '../../management/acts/act-body.js';
import type { Alliance, OrganizationEntry } from '../../management/alliance.js';
import { configurationDigestOf } from '../../management/alliance-codec.js';
import type { ManagementError } from '../../management/governance/errors.js';
import type { Action } from '../../management/proposals/action.js';
import { decodeActions, encodeActions } from '../../management/proposals/action-codec.js';
import { draftDigest } from '../../management/proposals/draft.js';
import { dryRun, type Examination } from '../../management/proposals/dry-run.js';
import { type GateName, isDocumentGate } from '../../management/proposals/gate-names.js';
import type { EndedProposal, Overview, ShownChange, WholeProposal } from '../../services/membership/view-shapes.js';
import { unsignedAct } from './act-signing.js';

export interface ProposalWish {
  readonly actions: readonly Action[];
  /** Gates that may stand against it. */
  readonly overrides?: readonly GateName[];
  /** How long it is open, and accepted, at most; a week, or as long as the document allows, if absent. */
  readonly lengthMs?: number;
}

/** An act of an organization, with all that whoever signs it has to see. */
export interface DraftedAct {
  readonly act: Act;
  readonly body: OrganizationBody;
  /** Who may sign it. */
  readonly authority: OrganizationEntry;
  /** The document in force when it was drafted. */
  readonly document: Alliance;
  /** The PROPOSE that it is about, where it is about one; signed. */
  readonly about?: Uint8Array;
  /** Of a PROPOSE. */
  readonly examination?: Examination;
}

/** Why there is nothing to say, or why it would come to nothing. */
export type IntentionRefused =
  | ManagementError
  /** A yes that does not name what the proposal overrides is a no, for good. */
  | { readonly _tag: 'GatesNotNamed'; readonly proposal: number; readonly gates: readonly GateName[] }
  | { readonly _tag: 'ProposalOver'; readonly proposal: EndedProposal }
  /** What servers show of a proposal is not what its author signed. */
  | { readonly _tag: 'ProposalForged'; readonly proposal: number }
  | { readonly _tag: 'NothingToAcknowledge'; readonly organization: string }
  /** The draft that servers show is not what the proposal makes of the document. */
  | { readonly _tag: 'DraftDiffers'; readonly change: number };

/** As governance shows it. */
export interface Seen {
  readonly document: Alliance;
  readonly overview: Overview;
}

export interface Speaker {
  readonly organization: string;
  /** Milliseconds since 1970: numbers of acts follow it, where they can. */
  readonly nowMs: number;
}

const weekMs = 7 * 24 * 60 * 60 * 1000;

/** PROPOSE, with the effect that it has here; refused where a gate stands that it does not override. */
export function draftProposal(seen: Seen, speaker: Speaker, wish: ProposalWish): Either<ManagementError, DraftedAct> {
  const { document, overview } = seen;
  const { actions, overrides = [] } = wish;
  const mostMs = document.governance.terms.proposalMs;
  const lengthMs = wish.lengthMs ?? Math.min(weekMs, mostMs);
  if (lengthMs < 1 || lengthMs > mostMs) return E.left({ _tag: 'TermTooLong', lengthMs, mostMs });
  const complaint = formComplaint(actions);
  if (complaint !== undefined) return E.left(complaint);
  const examination = dryRun(document, actions, { overrides, change: overview.changeCount + 1 });
  if (E.isLeft(examination)) return examination;
  const refused = gatesInTheWay(examination.right, overrides);
  if (refused !== undefined) return E.left(refused);
  const { effect } = examination.right;
  const said = { actions: encodeActions(actions), effect, overrides, lengthMs };
  const base = configurationDigestOf(document);
  const drafted = draftAct(seen, speaker, { _tag: 'propose', base, ...said });
  return E.map((act: DraftedAct) => ({ ...act, examination: examination.right }))(drafted);
}

/** Why servers could not read them. */
export function formComplaint(actions: readonly Action[]): ManagementError | undefined {
  // That there are none is told in other words.
  const decoded = actions.length === 0 ? E.right(actions) : decodeActions(encodeActions(actions));
  if (E.isRight(decoded)) return undefined;
  const { path, expected } = decoded.left;
  return { _tag: 'MalformedActions', path, expected };
}

/** What servers will refuse it for. */
export function gatesInTheWay(
  { gates }: Pick<Examination, 'gates'>,
  overrides: readonly GateName[],
): ManagementError | undefined {
  const against = gates.filter(({ gate }) => !overrides.includes(gate));
  if (against.length > 0) return { _tag: 'GateStands', against };
  const standing = new Set<GateName>(gates.map(({ gate }) => gate));
  const needless = overrides.filter((gate) => isDocumentGate(gate) && !standing.has(gate));
  return needless.length === 0 ? undefined : { _tag: 'NeedlessOverride', gates: needless };
}

export interface BallotWish {
  readonly accepts: boolean;
  readonly overrides?: readonly GateName[];
}

/** @param proposal - as servers show it. */
export function draftBallot(
  seen: Seen,
  speaker: Speaker,
  proposal: WholeProposal | EndedProposal,
  { accepts, overrides = [] }: BallotWish,
): Either<IntentionRefused, DraftedAct> {
  const checked = checkProposal(proposal);
  if (E.isLeft(checked)) return checked;
  const { number, overrides: gates } = checked.right.proposal;
  const unnamed = gates.filter((gate) => !overrides.includes(gate));
  if (accepts && unnamed.length > 0) return E.left({ _tag: 'GatesNotNamed', proposal: number, gates: unnamed });
  const needless = overrides.filter((gate) => !gates.includes(gate));
  if (needless.length > 0) return E.left({ _tag: 'NeedlessOverride', gates: needless });
  const body = { _tag: 'ballot', proposal: proposal.id, accepts, overrides: accepts ? overrides : [] } as const;
  return E.map(about(checked.right))(draftAct(seen, speaker, body));
}

export function draftWithdrawal(
  seen: Seen,
  speaker: Speaker,
  proposal: WholeProposal | EndedProposal,
): Either<IntentionRefused, DraftedAct> {
  const checked = checkProposal(proposal);
  if (E.isLeft(checked)) return checked;
  return E.map(about(checked.right))(draftAct(seen, speaker, { _tag: 'withdraw', proposal: proposal.id }));
}

/** The change under way whose draft an organization has to acknowledge. */
export function changeToAcknowledge({ change }: Overview, organization: string): ShownChange | undefined {
  return change?.admitted.includes(organization) === true ? change : undefined;
}

/**
 * ACKNOWLEDGE of the draft that `proposal` makes of the document, which must be the one that is gathered.
 *
 * @param proposal - from which the change under way comes.
 */
export function draftAcknowledgement(
  seen: Seen,
  speaker: Speaker,
  proposal: WholeProposal | EndedProposal,
): Either<IntentionRefused, DraftedAct> {
  const { document, overview } = seen;
  const change = changeToAcknowledge(overview, speaker.organization);
  if (change === undefined) return E.left({ _tag: 'NothingToAcknowledge', organization: speaker.organization });
  const checked = checkProposal(proposal);
  if (E.isLeft(checked)) return checked;
  const { actions, proposal: whole } = checked.right;
  const examination = dryRun(document, actions, { overrides: whole.overrides, change: change.number });
  if (E.isLeft(examination)) return examination;
  const { draft } = examination.right;
  if (draft === undefined || !equalBytes(draftDigest(draft), change.draft))
    return E.left({ _tag: 'DraftDiffers', change: change.number });
  const next = { ...seen, document: draft.document };
  const drafted = draftAct(next, speaker, { _tag: 'acknowledge', change: change.number, draft: change.draft });
  const shown = { document, examination: examination.right };
  return E.map((act: DraftedAct) => ({ ...about(checked.right)(act), ...shown }))(drafted);
}

/** What a proposal says, from the act that its author signed. */
export interface ReadProposal {
  readonly actions: readonly Action[];
  readonly body: Extract<OrganizationBody, { _tag: 'propose' }>;
}

export function readProposal(act: Uint8Array): (ReadProposal & { readonly act: Act }) | undefined {
  const decoded = decodeAct(act);
  const body = E.isRight(decoded) ? decodeBody(decoded.right.body) : undefined;
  if (body === undefined || E.isLeft(decoded) || E.isLeft(body) || body.right._tag !== 'propose') return undefined;
  const actions = decodeActions(body.right.actions);
  return E.isLeft(actions) ? undefined : { act: decoded.right, body: body.right, actions: actions.right };
}

interface CheckedProposal extends ReadProposal {
  readonly proposal: WholeProposal;
}

/** That the actions that are shown are those that the id names, and ballots are about. */
export function checkProposal(proposal: WholeProposal | EndedProposal): Either<IntentionRefused, CheckedProposal> {
  if (proposal._tag === 'ended') return E.left({ _tag: 'ProposalOver', proposal });
  const read = readProposal(proposal.act);
  if (read === undefined || !equalBytes(actDigest(read.act), proposal.id))
    return E.left({ _tag: 'ProposalForged', proposal: proposal.number });
  return E.right({ actions: read.actions, body: read.body, proposal });
}

function about({ proposal }: CheckedProposal): (drafted: DraftedAct) => DraftedAct {
  return (drafted) => ({ ...drafted, about: proposal.act });
}

/** How a body without its number is written. */
type Unnumbered<B> = B extends { readonly number: number } ? Omit<B, 'number'> : never;

function draftAct(
  { document, overview }: Seen,
  { organization, nowMs }: Speaker,
  unnumbered: Unnumbered<OrganizationBody>,
): Either<ManagementError, DraftedAct> {
  const authority = document.organizations.find(({ name }) => name === organization);
  if (authority === undefined) return E.left({ _tag: 'UnknownAuthor', author: organization });
  const last = overview.organizations.find(({ name }) => name === organization)?.number ?? 0;
  const body: OrganizationBody = { ...unnumbered, number: Math.max(last, nowMs) + 1 };
  return E.right({ act: unsignedAct(organization, body), body, authority, document });
}
