/** What a simulated alliance that governs itself has besides its servers: organizations, one of them perhaps hostile, and judges. */
import { E } from '../../../../src/prelude/fp.js';
import { organizationOf, type ProcessId } from '../../../../src/prelude/process.js';
import type { Delivered } from '../../../../src/consensus/delivery.js';
import type { Request } from '../../../../src/consensus/batch.js';
import { decodeAct } from '../../../../src/management/acts/act.js';
import type { Alliance } from '../../../../src/management/alliance.js';
import type { GovernanceEvent } from '../../../../src/management/governance/event.js';
import type { Governance } from '../../../../src/management/governance/governance.js';
import { Wholes } from '../../../../src/services/membership/pieces.js';
import { readServiceCommand } from '../../../../src/services/service-command.js';
import type { Coverage } from '../coverage.js';
import type { LogChecker, LogListener } from '../log-checker.js';
import type { Prng } from '../random.js';
import type { Governed, Scenario } from '../scenario.js';
import type { Schedule } from '../schedule.js';
import type { SimulatedServer } from '../server.js';
import { fail } from '../violation.js';
import { ApprovalChecker } from './approval-checker.js';
import { DocumentChecker } from './document-checker.js';
import { Hostile } from './hostile.js';
import { Organizations } from './organizations.js';
import { ShareChecker } from './share-checker.js';

interface RunParts {
  readonly scenario: Scenario;
  readonly governed: Governed;
  /** Of the epochs that the log has come to: they are added here. */
  readonly documents: Alliance[];
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly coverage: Coverage;
  readonly submit: (request: Request) => void;
  readonly log: () => LogChecker;
  readonly onDone: () => void;
}

export class GovernedRun implements LogListener {
  organizations: Organizations | undefined;
  private hostile: Hostile | undefined;
  private readonly approvals: ApprovalChecker;
  private readonly documents: DocumentChecker;
  private readonly shares = new ShareChecker();
  private readonly wholes = new Wholes();

  constructor(private readonly parts: RunParts) {
    const [founding] = parts.documents;
    if (founding === undefined) throw new Error('a founding document');
    this.approvals = new ApprovalChecker(founding);
    this.documents = new DocumentChecker(parts.documents);
  }

  /** Once there is a log. */
  begin(): void {
    const { parts } = this;
    const { scenario, governed, schedule, coverage } = parts;
    const governance = (): Governance => this.governance;
    const organizations = new Organizations({
      ...{ scenario, governed, schedule, coverage, governance },
      random: parts.random.fork(),
      isDelivered: (request) => parts.log().isDelivered(request),
      submit: parts.submit,
      onDone: parts.onDone,
    });
    this.organizations = organizations;
    if (!governed.isHostile || scenario.byzantine.length === 0) return;
    this.hostile = new Hostile({
      ...{ byzantine: scenario.byzantine, schedule, coverage, governance },
      random: parts.random.fork(),
      bring: (act) => {
        organizations.bring(act);
      },
      isOver: () => organizations.isDone,
    });
  }

  get isDone(): boolean {
    return this.organizations?.isDone === true;
  }

  get governance(): Governance {
    const { governance } = this.parts.log();
    if (governance === undefined) throw new Error('the log governs itself');
    return governance;
  }

  onDelivered(delivered: Delivered): void {
    this.approvals.onDelivered(delivered);
    if (this.hostile === undefined) return;
    const body = readServiceCommand(delivered.command)?.body;
    if (body?.[0] !== 0) return;
    const whole = this.wholes.take(delivered.client, delivered.session, body.subarray(1));
    if (whole._tag === 'whole' && E.isRight(decodeAct(whole.bytes))) this.hostile.hear(whole.bytes);
  }

  onEvents(governance: Governance, events: readonly GovernanceEvent[]): void {
    this.approvals.onEvents(governance, events);
    for (const event of events) this.note(governance, event);
  }

  private note(governance: Governance, event: GovernanceEvent): void {
    const { coverage, documents } = this.parts;
    if (event._tag === 'activated' && governance.change?.state === 'activated') documents.push(governance.change.next);
    if (event._tag === 'change-abandoned') coverage.add('abandoned change');
    if (event._tag === 'moved-on') coverage.add('ceremony');
    if (event._tag === 'change-opened')
      coverage.add(event.origin._tag === 'repair' ? 'repair' : 'change of epoch by vote');
  }

  /** A correct server has executed something, or installed a state. */
  onExecuted({ me, slot, membership }: SimulatedServer): void {
    this.documents.onExecuted(me, slot, membership.governance);
  }

  onEntered({ me, steward }: SimulatedServer): void {
    if (steward !== undefined) this.shares.onEntered(me, steward.disk);
  }

  saying({ me, steward, membership }: SimulatedServer, act: Uint8Array): readonly Uint8Array[] {
    if (this.parts.scenario.byzantine.includes(me)) return this.hostile?.saying(me, act) ?? [act];
    const violation = steward && this.shares.onSaid(me, steward.disk, act, membership.governance.sharings);
    // An agent takes what is thrown inside it for a failure of its disk.
    if (violation !== undefined) this.parts.schedule.after(0, () => fail('I17', violation));
    return [act];
  }

  /** All is done. */
  finish(correct: readonly SimulatedServer[]): void {
    for (const { me, state } of correct) this.documents.checkHistory(me, state.store.view.handoffs);
    this.shares.finish(({ trust }, ids: readonly ProcessId[]) =>
      trust.system.canBeFaulty(trust.system.processes.universe.of(ids)),
    );
  }

  describe(): string {
    const byzantine = [...new Set(this.parts.scenario.byzantine.map(organizationOf))];
    return `${this.organizations?.describe() ?? 'no organizations'}; Byzantine: ${byzantine.join(' ')}`;
  }
}
