/** Who speaks in management for a simulated server: the agent and the carrier that ship, over the simulator's disk, clock and requests. */
import { E } from '../../../../src/prelude/fp.js';
import { present } from '../../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { Request } from '../../../../src/consensus/batch.js';
import type { Alliance } from '../../../../src/management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../../../src/management/alliance-codec.js';
import type { DistributedSigner, SignatureShare } from '../../../../src/schemes/contract/distributed-signer.js';
import { ed25519Sign } from '../../../../src/schemes/ed25519/ed25519.js';
import { MembershipAgent } from '../../../../src/server/membership/agent.js';
import { Carrier } from '../../../../src/server/membership/carrier.js';
import type { OwnServer } from '../../../../src/server/membership/own-server.js';
import type { Membership } from '../../../../src/services/membership/membership.js';
import type { Execution } from '../../../../src/server/state/executor.js';
import { readClock, rightClock } from '../clock.js';
import { signedBy } from '../configuration.js';
import type { Coverage } from '../coverage.js';
import type { Prng } from '../random.js';
import type { Scenario } from '../scenario.js';
import type { Schedule } from '../schedule.js';
import { fail } from '../violation.js';
import { allianceSigner } from './alliance-signer.js';
import { SimulatedChangeDisk } from './change-disk.js';
import { foundingOf, identityKey, identitySeed } from './founding.js';

/** Agents are patient: their time goes so much faster than that of consensus. */
const agentSpeed = 50;
const carrierSpeed = 5;
const tickMs = 25;
/** So often files of an epoch are looked for before operators hand some in. */
const looksBeforeOperators = 4;

export interface StewardOwner {
  readonly me: ProcessId;
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  readonly coverage: Coverage;
  readonly random: Prng;
  readonly isUp: boolean;
  readonly membership: Membership;
  /** The last slot that is executed. */
  readonly slot: number;
  /** Whether the power lasts for one more step. */
  step(): boolean;
  takeOwn(request: Request): void;
  /** Where this server is in no epoch: has another bring an act. */
  haveBrought(act: Uint8Array): boolean;
  /** Changes what is said, of whoever is Byzantine; as it is, if it is correct. */
  saying(act: Uint8Array): readonly Uint8Array[];
  /** Whether all is done: agents fall silent, so that the log comes to rest. */
  readonly isOver: boolean;
  /** Something may happen in a later turn. */
  onTurn(): void;
}

export class Steward {
  readonly disk: SimulatedChangeDisk;
  private agent: MembershipAgent | undefined;
  private carrier: Carrier | undefined;
  private seen: unknown;
  private isLooking = false;
  private life = 0;
  private looks = 0;
  private readonly random: Prng;

  constructor(private readonly owner: StewardOwner) {
    this.random = owner.random.fork();
    this.disk = new SimulatedChangeDisk(owner.me);
    const { document, shares } = foundingOf(owner.scenario);
    const share = shares.get(owner.me);
    if (share !== undefined) this.disk.current = { document, shares: new Map([['alliance', share]]) };
  }

  /** Power is there. */
  start(): void {
    this.life += 1;
    const { owner } = this;
    this.carrier = new Carrier({
      me: owner.me,
      session: 1 + Math.floor(owner.schedule.nowMs * 1000) + this.life,
      sign: (request) => signedBy(owner.scenario, owner.me, request),
      submit: (request) => {
        this.soon(() => {
          owner.takeOwn(request);
        });
      },
      clock: () => owner.schedule.nowMs * carrierSpeed,
    });
    this.agent = this.newAgent(this.life);
    this.tick(this.life);
  }

  stop(): void {
    this.life += 1;
    this.agent?.close();
    this.carrier?.close();
  }

  onExecuted({ executed }: Execution): void {
    this.carrier?.onExecuted(executed);
    this.owner.onTurn();
    if (this.owner.membership.governance !== this.seen) this.lookSoon();
  }

  /** Carries what somebody else says. */
  bring(act: Uint8Array): void {
    this.owner.onTurn();
    this.carrier?.bring(act);
  }

  /** The files of an epoch take their place; false where they are not there, and it is to be asked again. */
  enter(document: Alliance): boolean {
    if (this.disk.current?.document.epoch === document.epoch) return true;
    this.looks += 1;
    if (!this.disk.enter(configurationDigestOf(document))) {
      if (this.looks < looksBeforeOperators) return false;
      this.owner.coverage.add('files handed in');
      this.disk.handIn(this.server(), document);
    }
    this.looks = 0;
    this.lookSoon();
    return true;
  }

  /** The alliance key of the epoch whose files lie here. */
  signer(): DistributedSigner {
    const { document, shares } = present(this.disk.current, 'files of an epoch');
    return allianceSigner(document, this.owner.me, shares.get('alliance'));
  }

  private newAgent(life: number): MembershipAgent {
    const { owner, random, disk } = this;
    const { scenario, schedule, me } = owner;
    const clock = scenario.faults.clocks[me] ?? rightClock;
    const elapsedMs = () => readClock({ ...clock, skewMs: 0 }, schedule.nowMs);
    return new MembershipAgent({
      log: {
        get governance() {
          return owner.membership.governance;
        },
        get readyPositions() {
          return owner.membership.readyPositions;
        },
      },
      slot: () => owner.slot,
      server: () => (life === this.life ? this.server() : undefined),
      signShare: (role, message) => Promise.resolve(this.signShare(role, message)),
      tryFiles: () => Promise.resolve(undefined),
      carry: (act) => this.carry(act),
      say: (line) => {
        // Disks of the simulator never fail an agent.
        this.soon(() => fail('L7', `the agent of ${me} says: ${line}`));
      },
      random: (length) => random.bytes(length),
      disk,
      clock: () => schedule.nowMs * agentSpeed,
      now: () => 1_700_000_000_000 + Math.min(clock.skewMs, 500) + elapsedMs() * agentSpeed,
    });
  }

  private server(): OwnServer {
    const { owner, disk } = this;
    const { me } = owner;
    const alliance = disk.current?.document ?? owner.membership.governance.document;
    return {
      path: me,
      id: me,
      identityKey: identityKey(me),
      sign: (statement) => ed25519Sign(identitySeed(me), statement),
      allianceId: allianceIdOf(alliance),
      alliance,
      shares: disk.current?.shares ?? new Map(),
    };
  }

  private signShare(role: string, message: Uint8Array): SignatureShare | undefined {
    if (role !== 'alliance' || this.disk.current === undefined) return undefined;
    const signed = this.signer().signShare(message);
    return E.isRight(signed) ? signed.right : undefined;
  }

  private carry(act: Uint8Array): boolean {
    const { owner } = this;
    if (this.disk.current === undefined) return owner.haveBrought(act);
    return owner
      .saying(act)
      .map((said) => this.carrier?.carry(said) === true)
      .every(Boolean);
  }

  private tick(life: number): void {
    if (life !== this.life || !this.owner.isUp) return;
    this.owner.onTurn();
    this.carrier?.tick();
    this.look();
    this.owner.schedule.after(tickMs, () => {
      this.tick(life);
    });
  }

  private lookSoon(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.soon(() => {
      this.look();
    });
    this.owner.schedule.after(0, () => {
      this.isLooking = false;
    });
  }

  private look(): void {
    this.seen = this.owner.membership.governance;
    this.owner.onTurn();
    if (!this.owner.isOver && this.owner.step()) this.agent?.look();
  }

  private soon(run: () => void): void {
    const { life } = this;
    this.owner.schedule.after(0, () => {
      if (life === this.life && this.owner.isUp) run();
    });
  }
}
