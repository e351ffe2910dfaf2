/** A log of one server that runs membership, and the keys of all who speak in it: what clients of management talk to in tests. */
import { fromUtf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { applyControl, type EpochChange, noEpochChange } from '../../../src/consensus/epoch-change.js';
import type { AdministratorKey } from '../../../src/client/governance/act-signing.js';
import { type Executing, GovernanceClient } from '../../../src/client/governance/governance-client.js';
import { OrganizationVoice } from '../../../src/client/governance/organization-voice.js';
import type { ExecutionOutcome } from '../../../src/client/proposals.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import { ed25519Sign, ed25519Verify } from '../../../src/schemes/ed25519/ed25519.js';
import { actCommands } from '../../../src/services/membership/commands.js';
import { Membership } from '../../../src/services/membership/membership.js';
import { decodeResult } from '../../../src/services/membership/result-codec.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { secret, World } from '../../management/governance/world.js';

/** The key of an administrator of the tests' alliances. */
export function administrator(organization: string, name = 'ann'): AdministratorKey {
  const seed = secret(`administrator ${organization} ${name}`);
  return { name: name as ProcessId, sign: (statement) => ed25519Sign(seed, statement) };
}

export class GovernedLog implements Executing {
  readonly membership: Membership;
  /** Through which servers speak, and whoever else is not asked about here. */
  readonly world: World;
  readonly client = new GovernanceClient(this);
  nowMs = 5_000;
  /** What is done with a command before it is executed; what it returns takes the place of its outcome. */
  interfere: (command: Uint8Array) => ExecutionOutcome | undefined = () => undefined;
  private change: EpochChange = noEpochChange;
  private slot = 0;
  private sequence = 0;

  constructor(readonly founding: Alliance = fixedAlliance()) {
    this.world = new World(founding);
    this.membership = new Membership({ founding: this.world.governance, verify: ed25519Verify });
    this.world.take = (act) => {
      const results = actCommands(act).map((command) => this.apply(command, 'd/1'));
      const result = decodeResult(fromUtf8(present(results.at(-1), 'an act has a piece')) ?? '');
      const error = result?._tag === 'refused' ? { error: { _tag: result.error } as never } : {};
      return { governance: this.membership.governance, events: [], ...error };
    };
    this.world.enact();
    this.world.read();
  }

  execute(command: Uint8Array): Promise<ExecutionOutcome> {
    const instead = this.interfere(command);
    if (instead !== undefined) return Promise.resolve(instead);
    const result = this.apply(command, 'a/app');
    return Promise.resolve({ _tag: 'executed', slot: this.slot, result });
  }

  voice(organization: string, keys: readonly AdministratorKey[] = [administrator(organization)]): OrganizationVoice {
    return new OrganizationVoice({ client: this.client, organization, keys, now: () => this.nowMs });
  }

  /** From a change that is prepared to its epoch, seen to work. */
  goThrough(): void {
    const { change } = this.membership.governance;
    if (change?.state !== 'prepared') throw new Error(`the change is ${change?.state ?? 'none'}`);
    for (const id of change.next.trust.system.processes) this.world.sayReady(id);
    this.change = noEpochChange;
    this.membership.beginEpoch(this.membership.governance.document.epoch + 1);
    this.world.governance = this.membership.governance;
    this.world.enact();
    this.world.read();
  }

  private apply(command: Uint8Array, client: string): Uint8Array {
    this.slot += 1;
    this.sequence += 1;
    const result = this.membership.apply({
      slot: this.slot,
      index: 0,
      client,
      session: 1,
      sequence: this.sequence,
      command,
    });
    let controls = this.membership.controlsOf();
    while (controls.length > 0) {
      for (const control of controls) {
        const { document } = this.membership.governance;
        this.change = applyControl(this.change, this.slot, control, {
          allianceId: allianceIdOf(this.founding),
          epoch: document.epoch,
          windowSlots: 16,
          checkpointInterval: 4,
          configurationOf: (digest) => this.membership.configurationOf(document.epoch, digest),
        });
      }
      controls = this.membership.see(this.slot, this.change);
    }
    this.world.governance = this.membership.governance;
    return result;
  }
}
