/**
 * The operators of a simulated alliance: they change its epochs with controls, in commands of their own. Where a control had no
 * effect they send it again; now and then they send some that can have none.
 */
import { equalBytes } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { type Control, encodeControl, readyStatement } from '../../../src/consensus/epoch-change.js';
import type { Request } from '../../../src/consensus/batch.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { testAllianceId } from '../cluster.js';
import { configurationDigest, operatorRequest, trustsOf } from './configuration.js';
import type { Coverage } from './coverage.js';
import type { LogChecker } from './log-checker.js';
import { mockIdentities } from './mock-keys.js';
import type { Prng } from './random.js';
import type { Scenario, Succession } from './scenario.js';
import type { Schedule } from './schedule.js';

interface OperatorParts {
  readonly scenario: Scenario;
  readonly succession: Succession;
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly coverage: Coverage;
  readonly log: LogChecker;
  /** Hands a request to servers, again while it is not delivered. */
  submit(request: Request): void;
  /** Whether the machine of an epoch runs on some correct server. */
  hasBegun(epoch: number): boolean;
}

const lookMs = 30;

export class Operators {
  private sessions = 0;
  /** What was sent last and has not been delivered. */
  private pending: Request[] = [];

  constructor(private readonly parts: OperatorParts) {
    parts.schedule.at(parts.succession.fromMs, () => {
      this.look();
    });
  }

  private look(): void {
    const { log, schedule, scenario } = this.parts;
    const { epoch, change } = log.change;
    if (epoch >= trustsOf(scenario).length) return;
    schedule.after(lookMs, () => {
      this.look();
    });
    this.pending = this.pending.filter((request) => !log.isDelivered(request));
    if (this.pending.length > 0 || change._tag === 'Activated' || !this.parts.hasBegun(epoch)) return;
    const configuration = configurationDigest(scenario, epoch + 1);
    if (this.parts.succession.hasVoidControls && this.parts.random.chance(0.3)) this.sendVoid(epoch);
    if (change._tag === 'None' || !equalBytes(change.configuration, configuration)) {
      this.send({ _tag: 'Prepare', configuration });
      return;
    }
    const { universe } = this.systemOf(epoch + 1).processes;
    const ready = universe.of(change.ready.flatMap((position) => universe.at(position) ?? []));
    if (this.systemOf(epoch + 1).isRecoveryQuorum(ready)) this.send({ _tag: 'Activate', configuration });
    else this.sendReady(epoch + 1, change.ready);
  }

  /** Of correct processes, all that are not counted yet, one or some at a time. */
  private sendReady(epoch: number, ready: readonly number[]): void {
    const { scenario, random } = this.parts;
    const { universe } = this.systemOf(epoch).processes;
    const missing = universe.ids.filter((id, at) => !ready.includes(at) && !scenario.byzantine.includes(id));
    for (const process of random.shuffled(missing).slice(0, random.between(1, missing.length)))
      this.send(this.readyOf(epoch, universe.indexOf(process) ?? 0));
  }

  private readyOf(epoch: number, position: number): Control {
    const configuration = configurationDigest(this.parts.scenario, epoch);
    const process = this.systemOf(epoch).processes.universe.at(position);
    if (process === undefined) throw new Error('no such process');
    const identities = mockIdentities(process);
    const { keyId } = identities;
    const signature = identities.sign(readyStatement({ allianceId: testAllianceId, epoch, keyId }, configuration));
    return { _tag: 'Ready', configuration, position, signature };
  }

  /** Regression B22, and an ACTIVATE that comes too early. */
  private sendVoid(epoch: number): void {
    const { scenario, random, coverage } = this.parts;
    coverage.add('void control');
    const unknown = digest(random.bytes(8));
    const given = configurationDigest(scenario, epoch + 1, 'given up');
    const configuration = configurationDigest(scenario, epoch + 1);
    const ready = this.readyOf(epoch + 1, 0);
    const voids: readonly Control[] = [
      { _tag: 'Prepare', configuration: unknown },
      { _tag: 'Prepare', configuration: given },
      { _tag: 'Prepare', configuration: configurationDigest(scenario, epoch) },
      { _tag: 'Activate', configuration: unknown },
      { _tag: 'Activate', configuration: given },
      { ...ready, configuration: given },
      { _tag: 'Ready', configuration, position: random.between(0, 40), signature: random.bytes(64) },
    ];
    for (const control of random.shuffled(voids).slice(0, random.between(1, 3))) this.send(control);
  }

  private send(control: Control): void {
    this.sessions += 1;
    const command = encodeControl(control);
    const request = operatorRequest(this.parts.scenario, this.sessions, [command]);
    this.parts.log.onSent(request);
    this.pending.push(request);
    this.parts.submit(request);
  }

  private systemOf(epoch: number): QuorumSystem {
    const trust = trustsOf(this.parts.scenario)[epoch - 1];
    if (trust === undefined) throw new Error(`no epoch ${epoch}`);
    return trust.system;
  }
}
