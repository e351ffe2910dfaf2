import { describe, expect, it } from 'vitest';
import { concatBytes, fromUtf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { Control, EpochChange } from '../../../src/consensus/epoch-change.js';
import { applyControl, noEpochChange } from '../../../src/consensus/epoch-change.js';
import { serversOf } from '../../../src/management/alliance.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import { bodyKinds, Membership, membershipName } from '../../../src/services/membership/membership.js';
import { cutIntoPieces } from '../../../src/services/membership/pieces.js';
import { encodeQuery, readViewPart } from '../../../src/services/membership/views.js';
import { queryCommand } from '../../../src/services/membership/commands.js';
import { encodeServiceCommand } from '../../../src/services/service-command.js';
import { ed25519Verify } from '../../../src/schemes/ed25519/ed25519.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { World } from '../../management/governance/world.js';

/** A server's executor, as far as membership has to do with it. */
class Executor {
  membership: Membership;
  change: EpochChange = noEpochChange;
  slot = 0;
  private sequence = 0;
  readonly founding = fixedAlliance();

  constructor(readonly world: World) {
    this.membership = this.empty();
  }

  empty(): Membership {
    return new Membership({ founding: new World(this.founding).governance, verify: ed25519Verify });
  }

  send(body: Uint8Array, client = 'a/app'): string {
    this.slot += 1;
    this.sequence += 1;
    const command = encodeServiceCommand({ name: membershipName, body });
    const delivered = { slot: this.slot, index: 0, client, session: 1, sequence: this.sequence, command };
    const result = this.membership.apply(delivered);
    let controls: readonly Control[] = this.membership.controlsOf();
    while (controls.length > 0) {
      for (const control of controls) this.control(control);
      controls = this.membership.see(this.slot, this.change);
    }
    return fromUtf8(result) ?? '';
  }

  act(bytes: Uint8Array): string {
    const results = cutIntoPieces(bytes).map((piece) => this.send(concatBytes(Uint8Array.of(bodyKinds.piece), piece)));
    return present(results.at(-1), 'an act has a piece');
  }

  beginEpoch(): void {
    this.change = noEpochChange;
    this.membership.beginEpoch(this.membership.governance.document.epoch + 1);
  }

  private control(control: Control): void {
    const { document } = this.membership.governance;
    this.change = applyControl(this.change, this.slot, control, {
      allianceId: allianceIdOf(this.founding),
      epoch: document.epoch,
      windowSlots: 16,
      checkpointInterval: 4,
      configurationOf: (digest) => this.membership.configurationOf(document.epoch, digest),
    });
  }
}

/** What the members of the tests' alliance say in one change of epoch, act by act, and the state that it comes to. */
function script(): { readonly acts: readonly Uint8Array[]; readonly end: Governance } {
  const world = new World(fixedAlliance());
  const acts: Uint8Array[] = [];
  const take = world.take.bind(world);
  world.take = (act) => {
    acts.push(act);
    return take(act);
  };
  world.enact();
  world.read();
  world.propose('a', [{ _tag: 'refresh', lost: [] }]);
  world.vote(1, ['a', 'b', 'c']);
  for (const { id } of serversOf(world.document)) world.sayReady(id);
  return { acts, end: world.governance };
}

describe('membership', () => {
  it('tells consensus of a change that the alliance has decided, as one service of every server', () => {
    const executor = new Executor(new World());
    const { acts, end } = script();
    for (const act of acts) expect(executor.act(act)).toContain('"_tag":"taken"');
    expect(executor.change).toMatchObject({ _tag: 'Activated' });
    expect(executor.membership.governance.change?.state).toBe('activated');
    executor.beginEpoch();
    expect(executor.membership.governance.document.epoch).toBe(2);
    expect(executor.membership.governance.document.previous).toEqual(end.configuration);
    const { windowSlots, checkpointInterval } = executor.membership.governance.document.parameters;
    expect(executor.membership.termsOf(2)).toMatchObject({ windowSlots, checkpointInterval });
    expect(() => executor.membership.termsOf(1)).toThrow('the epoch of the log');
  });

  it('takes no step where it is restored: whoever has executed the log took none there', () => {
    const world = World.running();
    world.propose('a', [{ _tag: 'suspend', organization: 'd', lengthMs: 60_000 }]);
    world.propose('b', [{ _tag: 'suspend', organization: 'c', lengthMs: 60_000 }]);
    world.governance = { ...world.governance, unexamined: new Set(world.governance.proposals.keys()), dryRunSlot: 0 };
    const make = () => new Membership({ founding: world.governance, verify: ed25519Verify });
    const state = make().snapshot();
    const restored = new Membership({ founding: new World().governance, verify: ed25519Verify });
    expect(restored.restore(state)).toBe(true);
    restored.restored({ _tag: 'None' });
    expect(restored.snapshot()).toEqual(state);
    const seen = make();
    seen.see(900, { _tag: 'None' });
    expect(seen.snapshot(), 'there was a step to take').not.toEqual(state);
  });

  it('answers so many questions in a slot, and the next slot anew', () => {
    const membership = new Membership({ founding: new World().governance, verify: ed25519Verify });
    const ask = (slot: number, sequence: number) =>
      membership.apply({
        slot,
        index: 0,
        client: 'a/app',
        session: 1,
        sequence,
        command: queryCommand({ kind: 'overview', number: 0, offset: 0 }),
      }).length;
    const answers = Array.from({ length: 40 }, (_, index) => ask(7, index + 1) > 0);
    expect(answers.filter((each) => each)).toHaveLength(32);
    expect(answers.lastIndexOf(true)).toBe(31);
    expect(ask(8, 41)).toBeGreaterThan(0);
  });

  it('goes on from a snapshot at any command as if it had been there', () => {
    const { acts } = script();
    const whole = new Executor(new World());
    const restarted = new Executor(new World());
    for (const act of acts) {
      expect(restarted.act(act)).toEqual(whole.act(act));
      const state = restarted.membership.snapshot();
      expect(state).toEqual(whole.membership.snapshot());
      restarted.membership = restarted.empty();
      expect(restarted.membership.restore(state)).toBe(true);
      restarted.membership.see(restarted.slot, restarted.change);
    }
    expect(restarted.change).toEqual(whole.change);
  });

  it('refuses states that are none, and keeps its own', () => {
    const { membership } = new Executor(new World());
    const state = membership.snapshot();
    for (const bad of [new Uint8Array(), state.subarray(1), state.subarray(0, state.length - 1)])
      expect(membership.restore(Uint8Array.from(bad))).toBe(false);
    expect(membership.snapshot()).toEqual(state);
  });

  it('says of whatever is no act why it is none', () => {
    const executor = new Executor(new World());
    expect(executor.send(new Uint8Array())).toContain('MalformedAct');
    expect(executor.send(Uint8Array.of(0, 1, 2))).toContain('MalformedAct');
    expect(executor.act(Uint8Array.of(1, 2, 3))).toContain('MalformedAct');
  });

  it('shows what it knows, in parts', () => {
    const executor = new Executor(new World());
    const { acts } = script();
    for (const act of acts.slice(0, -4)) executor.act(act);
    const ask = (kind: 'overview' | 'document', offset: number) => {
      const query = concatBytes(Uint8Array.of(bodyKinds.query), encodeQuery({ kind, number: 0, offset }));
      const command = encodeServiceCommand({ name: membershipName, body: query });
      const delivered = { slot: 99, index: 0, client: 'a/app', session: 2, sequence: 1, command };
      return present(readViewPart(executor.membership.apply(delivered)), 'a part of a view');
    };
    const overview = JSON.parse(fromUtf8(ask('overview', 0).bytes) ?? '') as Record<string, unknown>;
    expect(overview).toMatchObject({ epoch: 1, enacted: true, change: { state: 'prepared' } });
    expect(overview['servers']).toContainEqual({ id: 'a/1', state: 'active' });
    const part = ask('document', 10);
    expect(part.totalBytes).toBe(part.bytes.length + 10);
  });
});
