/** Proposing something, from the command line: the dry run is shown first, always. */
import { E, type Either } from '../../prelude/fp.js';
import { formComplaint, gatesInTheWay, type Seen } from '../../client/governance/intentions.js';
import { describeManagementError, type ManagementError } from '../../management/governance/errors.js';
import type { Action } from '../../management/proposals/action.js';
import { checkImmediate } from '../../management/governance/immediate.js';
import { needsChange } from '../../management/proposals/action-mixture.js';
import { dryRun } from '../../management/proposals/dry-run.js';
import type { GateName } from '../../management/proposals/gate-names.js';
import { exitCodes, type Failure, type Outcome, succeeded } from '../outcome.js';
import type { Printable, Session } from '../session.js';
import { type Examined, showExamination } from './examination-showing.js';
import { GovernanceSession } from './governance-session.js';
import type { SpeakingOptions } from './options.js';
import { closing, showUttered, utter } from './speaking.js';

export interface ProposingOptions extends SpeakingOptions {
  readonly override?: readonly GateName[];
  /** In milliseconds. */
  readonly term?: number;
  readonly dryRun?: boolean;
  /** Whether the organization votes yes as well. */
  readonly vote?: boolean;
}

/** What is to be proposed, as things are. */
export type ActionsWanted = (seen: Seen) => Promise<Either<Failure, readonly Action[]>>;

/** The number of the proposal, where there is one now. */
export interface Proposed {
  readonly number?: number;
}

/** All of a command that proposes something. */
export async function proposing(
  path: string,
  options: ProposingOptions,
  session: Session,
  wanted: ActionsWanted,
): Promise<Outcome> {
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  const report = new Report(session, options.json === true);
  const proposed = await closing(governance.right, proposeActions(governance.right, options, report, wanted));
  report.end();
  return E.isLeft(proposed) ? proposed : succeeded;
}

export async function proposeActions(
  governance: GovernanceSession,
  options: ProposingOptions,
  report: Report,
  wanted: ActionsWanted,
): Promise<Either<Failure, Proposed>> {
  const seen = await governance.look();
  if (E.isLeft(seen)) return seen;
  const actions = await wanted(seen.right);
  if (E.isLeft(actions)) return actions;
  const examined = examine(seen.right, actions.right, options, governance.organization);
  if (E.isLeft(examined)) return examined;
  report.add('dryRun', showExamination(examined.right));
  const gates = gatesInTheWay(examined.right.examination, examined.right.overrides);
  if (gates !== undefined) return E.left(refusal(gates));
  const refused = refusedAtPresent(seen.right, actions.right);
  if (refused !== undefined) return E.left(refusal(refused));
  if (options.dryRun === true) return E.right({});
  return sayProposal(governance, { seen: seen.right, actions: actions.right, options }, report);
}

/** What servers would refuse: it would count against what the organization may propose in an hour. */
export function refusedAtPresent(
  { document, overview }: Seen,
  actions: readonly Action[],
): ManagementError | undefined {
  if (needsChange(actions)) return undefined;
  return checkImmediate({ document, suspensions: suspendedIn(overview), change: overview.change }, actions);
}

function suspendedIn({ organizations }: Seen['overview']): ReadonlySet<string> {
  const suspended = organizations.filter(
    ({ state, suspendedUntilMs }) => state === 'suspended' || suspendedUntilMs !== undefined,
  );
  return new Set(suspended.map(({ name }) => name));
}

/** What a command has to tell, part by part: in JSON one line with everything, otherwise as it comes. */
export class Report {
  private readonly parts: Record<string, unknown> = {};
  private isBegun = false;

  constructor(
    private readonly session: Session,
    private readonly asJson: boolean,
  ) {}

  add(name: string, { json, lines }: Printable): void {
    this.parts[name] = json;
    if (!this.asJson) this.session.print({ json, lines: this.isBegun ? ['', ...lines] : lines }, false);
    this.isBegun = true;
  }

  end(): void {
    if (this.asJson && this.isBegun) this.session.print({ json: this.parts, lines: [] }, true);
  }
}

/** What actions would do, and who would have to agree; shown to whoever asks. */
export function examine(
  { document, overview }: Seen,
  actions: readonly Action[],
  { override: overrides = [] }: Pick<ProposingOptions, 'override'>,
  author: string | undefined,
): Either<Failure, Examined> {
  const complaint = formComplaint(actions);
  if (complaint !== undefined) return E.left(refusal(complaint));
  const under = overview.proposals.find(({ number }) => number === overview.change?.proposal);
  const abandonsVoted = under?.isAutonomous === false;
  const examination = dryRun(document, actions, { overrides, change: overview.changeCount + 1, abandonsVoted });
  if (E.isLeft(examination)) return E.left(refusal(examination.left));
  return E.right({
    document,
    actions,
    overrides,
    examination: examination.right,
    author,
    suspended: suspendedIn(overview),
  });
}

function refusal(error: ManagementError): Failure {
  return { exitCode: exitCodes.no, message: `${describeManagementError(error)}${remedyFor(error)}` };
}

function remedyFor(error: ManagementError): string {
  if (error._tag !== 'GateStands') return '';
  const named = error.against.map(({ gate }) => `--override ${gate}`).join(' ');
  return ` If the alliance is to bear that, and the emergency policy agrees: ${named}`;
}

interface Wanted {
  readonly seen: Seen;
  readonly actions: readonly Action[];
  readonly options: ProposingOptions;
}

async function sayProposal(
  governance: GovernanceSession,
  { seen, actions, options }: Wanted,
  report: Report,
): Promise<Either<Failure, Proposed>> {
  const voice = await governance.voice(options.key, seen);
  if (E.isLeft(voice)) return voice;
  const { override: overrides = [], term, out, vote } = options;
  const wish = { actions, overrides, ...(term === undefined ? {} : { lengthMs: term }) };
  const proposed = await utter(governance, voice.right, { _tag: 'propose', ...wish }, out);
  if (E.isLeft(proposed)) return proposed;
  report.add('proposed', showUttered(proposed.right, `${voice.right.organization} has proposed it`));
  if (proposed.right._tag === 'written') return E.right({});
  const opened = proposed.right.events.find(({ event }) => event === 'proposal-opened')?.proposal?.number;
  if (opened === undefined) return E.right({});
  const isOver = proposed.right.events.some(({ event }) => event === 'proposal-accepted');
  if (vote !== true || isOver) return E.right({ number: opened });
  const voted = await utter(
    governance,
    voice.right,
    { _tag: 'ballot', proposal: opened, accepts: true, overrides },
    undefined,
  );
  if (E.isLeft(voted)) return voted;
  report.add('voted', showUttered(voted.right, `${voice.right.organization} has voted yes`));
  return E.right({ number: opened });
}
