/** Slots in their order, as a server executes them, as far as membership and epochs have to do with it: one act each, or nothing. */
import { concatBytes, toHex } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import {
  applyControl,
  type Boundary,
  type Control,
  type EpochChange,
  noEpochChange,
} from '../../../src/consensus/epoch-change.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import type { GovernanceEvent } from '../../../src/management/governance/event.js';
import { foundGovernance } from '../../../src/management/governance/founding.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import { bodyKinds, Membership, membershipName } from '../../../src/services/membership/membership.js';
import { cutIntoPieces } from '../../../src/services/membership/pieces.js';
import { encodeServiceCommand } from '../../../src/services/service-command.js';
import type { Ed25519Verify } from '../../../src/schemes/ed25519/encoding.js';
import { ed25519Verify } from '../../../src/schemes/ed25519/ed25519.js';

export interface LoggedAct {
  readonly from: ProcessId;
  readonly act: Uint8Array;
}

/** What another server can go on from. */
export interface ExecutedState {
  readonly slot: number;
  readonly epoch: number;
  readonly change: EpochChange;
  readonly state: Uint8Array;
}

const verified = new Map<string, boolean>();

/** Every server judges the same acts. */
const verifyOnce: Ed25519Verify = (key, message, signature) => {
  const name = `${toHex(key)} ${toHex(signature)} ${toHex(digest(message))}`;
  const known = verified.get(name) ?? ed25519Verify(key, message, signature);
  if (verified.size > 20_000) verified.clear();
  verified.set(name, known);
  return known;
};

type OnEvents = (governance: Governance, events: readonly GovernanceEvent[]) => void;

export class SlotExecution {
  readonly membership: Membership;
  slot = 0;
  epoch = 1;
  private change: EpochChange = noEpochChange;

  constructor(
    private readonly founding: Alliance,
    onEvents: OnEvents = () => undefined,
  ) {
    this.membership = new Membership({ founding: foundGovernance(founding), verify: verifyOnce, onEvents });
  }

  get governance(): Governance {
    return this.membership.governance;
  }

  get boundary(): Boundary | undefined {
    return this.change._tag === 'Activated' ? this.change.boundary : undefined;
  }

  /** Whether the epoch of the last slot is over with it. */
  get hasEnded(): boolean {
    return this.boundary?.slot === this.slot;
  }

  execute(logged: LoggedAct | undefined): void {
    if (this.hasEnded) {
      this.epoch += 1;
      this.change = noEpochChange;
      this.membership.beginEpoch(this.epoch);
    }
    this.slot += 1;
    if (logged === undefined) return;
    for (const [index, piece] of cutIntoPieces(logged.act).entries()) {
      const body = concatBytes(Uint8Array.of(bodyKinds.piece), piece);
      const command = encodeServiceCommand({ name: membershipName, body });
      const delivered = {
        slot: this.slot,
        index,
        client: logged.from,
        session: this.slot,
        sequence: index + 1,
        command,
      };
      this.membership.apply(delivered);
      this.applyControls(this.membership.controlsOf());
    }
  }

  get state(): ExecutedState {
    const { slot, epoch, change } = this;
    return { slot, epoch, change, state: this.membership.snapshot() };
  }

  restore({ slot, epoch, change, state }: ExecutedState): void {
    if (!this.membership.restore(state)) throw new Error('a state that was taken is not restored');
    [this.slot, this.epoch, this.change] = [slot, epoch, change];
    this.applyControls(this.membership.see(slot, change));
  }

  private applyControls(first: readonly Control[]): void {
    const { membership, epoch } = this;
    for (let controls = first; controls.length > 0; controls = membership.see(this.slot, this.change)) {
      const { windowSlots, checkpointInterval } = membership.termsOf(epoch);
      const rules = { allianceId: allianceIdOf(this.founding), epoch, windowSlots, checkpointInterval };
      const configurationOf = (digest: Parameters<Membership['configurationOf']>[1]) =>
        membership.configurationOf(epoch, digest);
      for (const control of controls)
        this.change = applyControl(this.change, this.slot, control, { ...rules, configurationOf });
    }
  }
}
