/** Whatever is said, in whatever order, good or bad: governance goes on, within its bounds, and a snapshot of it does as it does. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { serversOf } from '../../../src/management/alliance.js';
import type { GovernanceEvent } from '../../../src/management/governance/event.js';
import { type Governance, governanceLimits } from '../../../src/management/governance/governance.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { enrol, hourMs, refresh, restored, World, written } from './world.js';
import { gatesNotOverridden } from '../../../src/management/proposals/gates.js';

/** What went into the log; `undefined` where the epoch of the change began. */
type Log = (Uint8Array | undefined)[];

class RecordedWorld extends World {
  readonly log: Log = [];

  override take(act: Uint8Array) {
    this.log.push(act);
    return super.take(act);
  }

  override beginEpoch(): void {
    this.log.push(undefined);
    super.beginEpoch();
  }
}

interface Step {
  readonly kind: number;
  /** Which organization or server, which proposal, which action: each taken as far as there are some. */
  readonly who: number;
  readonly which: number;
  readonly yes: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.nat(20),
  // Often the same: bounds are of an organization.
  who: fc.oneof(fc.constant(0), fc.nat(3)),
  which: fc.nat(7),
  yes: fc.boolean(),
});

function at<A>(items: readonly A[], index: number): A | undefined {
  return items[index % Math.max(1, items.length)];
}

function actionsOf(world: World, { who, which, yes }: Step): readonly Action[] {
  const name = at(world.organizations, who + 1) ?? '';
  const [{ applications, parameters, governance }, own] = [world.document, at(world.organizations, who) ?? ''];
  const application = (at(applications, which)?.id ?? 'a/app') as ProcessId;
  const { terms, limits } = governance;
  const lists: readonly (readonly Action[])[] = [
    [refresh],
    [{ _tag: 'suspend', organization: name, lengthMs: yes ? hourMs : 10 * hourMs }],
    [{ _tag: 'restore', organization: name }],
    [enrol(`${own}/x${yes ? 1 : 2}`)],
    [{ _tag: 'dismiss', application }],
    [{ _tag: 'abandon', change: world.governance.changeCount + (yes ? 0 : 1) }],
    [{ _tag: 'parameters', parameters: { ...parameters, baseTimeoutMs: yes ? 2000 : 3000 }, terms, limits }],
    [refresh, { _tag: 'remove', organization: name }],
  ];
  return lists[which] ?? [refresh];
}

function say(world: RecordedWorld, { kind, who, which, yes }: Step): void {
  const { governance, log } = world;
  const name = at(world.organizations, who) ?? '';
  const { id } = at(serversOf(world.document), who) ?? { id: 'x/1' as ProcessId };
  const number = at([...governance.proposals.values()], which)?.number;
  const earlier = at(
    log.filter((act) => act !== undefined),
    who + 8 * which,
  );
  if (kind < 6) {
    world.propose(name, actionsOf(world, { kind, who, which, yes }), yes ? {} : { lengthMs: hourMs });
    const newest = [...world.governance.proposals.values()].at(-1);
    if (yes && newest !== undefined) world.vote(newest.number, world.organizations.slice(1));
  } else if (kind < 10 && number !== undefined) world.vote(number, yes ? world.organizations : [name], kind < 9);
  else if (kind < 12 && number !== undefined)
    world.say(yes ? (world.proposal(number)?.author ?? name) : name, {
      _tag: 'withdraw',
      proposal: world.proposal(number)?.id ?? governance.history,
    });
  else if (kind < 14) world.read(yes ? 1000 : 3 * which * hourMs);
  else if (kind < 16) for (const server of yes ? serversOf(world.document) : [{ id }]) world.sayReady(server.id);
  else if (kind === 16 && governance.enacted.signature === undefined) world.enact();
  else if (kind === 17 && earlier !== undefined) world.take(earlier);
  else if (kind === 18 && earlier !== undefined)
    world.take(earlier.map((byte, index) => (index === (31 * which) % earlier.length ? byte ^ 1 : byte)));
  else if (kind === 19) world.shareEnacted(id);
  else if (kind === 20 && governance.change?.state === 'activated') world.beginEpoch();
}

/** What must hold of any governance. */
function checkBounds({ proposals, proposed, closed, signings, sharings, formerKeys, gone }: Governance): void {
  const all = [...proposals.values()];
  expect(all.length).toBeLessThanOrEqual(governanceLimits.openProposals);
  for (const { author } of all)
    expect(all.filter((each) => each.author === author).length).toBeLessThanOrEqual(
      governanceLimits.openPerOrganization,
    );
  expect(all.map(({ number }) => number)).toEqual(all.map(({ number }) => number).sort((a, b) => a - b));
  for (const [, times] of proposed) expect(times.length).toBeLessThanOrEqual(governanceLimits.proposalsPerHour);
  expect(closed.length).toBeLessThanOrEqual(governanceLimits.closedProposals);
  for (const { why } of closed) expect(why.length).toBeLessThanOrEqual(governanceLimits.whyLength);
  expect(signings.size).toBeLessThanOrEqual(governanceLimits.signings);
  expect(sharings.length).toBeLessThanOrEqual(governanceLimits.sharings);
  expect(formerKeys.length).toBeLessThanOrEqual(governanceLimits.formerKeys);
  expect(gone.organizations.size).toBeLessThanOrEqual(governanceLimits.gone);
}

/** What must hold of what came before, and after. */
function checkStep(before: Governance, after: Governance): void {
  for (const [authority, number] of before.numbers)
    expect(after.numbers.get(authority) ?? -1).toBeGreaterThanOrEqual(number);
  expect(after.proposalCount).toBeGreaterThanOrEqual(before.proposalCount);
  expect(after.changeCount).toBeGreaterThanOrEqual(before.changeCount);
  expect(after.document.epoch - before.document.epoch).toBeOneOf([0, 1]);
  // Whatever was proposed and accepted, the alliance is safe and can be governed, but for what it names.
  if (after.document !== before.document) expect(gatesNotOverridden(after.document)).toEqual([]);
}

/** Never two changes; and nothing but the new epoch ends one that is activated. */
function checkChanges(events: readonly GovernanceEvent[]): void {
  let state: 'none' | 'open' | 'activated' = 'none';
  for (const { _tag } of events) {
    if (_tag === 'change-opened') {
      expect(state).toBe('none');
      state = 'open';
    } else if (_tag === 'activated') {
      expect(state).toBe('open');
      state = 'activated';
    } else if (_tag === 'change-abandoned') {
      expect(state).toBe('open');
      state = 'none';
    } else if (_tag === 'enacted') {
      expect(state).toBe('activated');
      state = 'none';
    }
  }
}

/** The log again, with a snapshot installed before each of these places. */
function replayed(log: Log, places: ReadonlySet<number>): Governance {
  const world = new World();
  for (const [index, act] of log.entries()) {
    if (places.has(index)) world.governance = restored(world.governance);
    if (act === undefined) world.beginEpoch();
    else world.take(act);
  }
  return world.governance;
}

it('goes on whatever is said, within its bounds, and from any snapshot to the same state', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
      fc.array(fc.nat(200)),
      (steps, places) => {
        const world = new RecordedWorld();
        world.enact();
        world.read();
        for (const each of steps) {
          const before = world.governance;
          say(world, each);
          checkStep(before, world.governance);
          checkBounds(world.governance);
        }
        checkChanges(world.events);
        for (const { _tag } of world.events) seen.add(_tag);
        const { length } = world.log;
        const again = replayed(world.log, new Set(places.map((place) => place % length)));
        expect(toHex(written(again))).toBe(toHex(written(world.governance)));
      },
    ),
    // Shrinking says the log again hundreds of times.
    { numRuns: 16, endOnFailure: true },
  );
  // What it is worth depends on what it gets to.
  for (const tag of ['ballot-cast', 'proposal-accepted', 'proposal-ended', 'change-opened'] as const)
    expect(seen).toContain(tag);
});
