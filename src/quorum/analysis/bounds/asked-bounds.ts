/**
 * Bounds on an access structure that can only be asked: by asking about all small sets, and by drawing who is up. So much at most is
 * asked for one bound, whatever time there is.
 */
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import { type Budget, type Figure, unlimited } from '../../verdict.js';
import type { AskedStructure } from './asked-structure.js';
import { type FailureModel, type Uptime, upWith } from '../availability/failure-model.js';
import { flags, type Property } from './minimal-set-search.js';
import type { Cost } from '../structure-analysis.js';
import type { CostBound, SetBounds, StructureBounds } from './structure-bounds.js';
import type { UptimeMeans } from '../availability/tree-availability.js';
import { drawAt, drawLength, wilsonInterval } from '../availability/uptime-estimate.js';

/** Sets that one bound may ask about. */
const maxAsked = 20_000;

export class AskedBounds implements StructureBounds {
  readonly quorums: SetBounds;
  readonly blockingSets: SetBounds;
  private readonly budget: Budget;

  constructor(
    private readonly structure: AskedStructure,
    private readonly means: UptimeMeans,
  ) {
    const { members, isQualified, isBlocking } = structure;
    this.budget = means.budget ?? unlimited;
    this.quorums = new AskedSetBounds(isQualified, members, this.budget);
    this.blockingSets = new AskedSetBounds(isBlocking, members, this.budget);
  }

  splittingSize(): number {
    return 0;
  }

  isSurelyUncoverable(): boolean {
    return false;
  }

  uptime(model: FailureModel, budget = this.budget): Figure<Uptime> {
    const reason = 'the availability of a predicate over so many members';
    const { random, sampleCount = 10_000 } = this.means;
    if (random === undefined) return { _tag: 'unknown', reason };
    let [drawn, up] = [0, 0];
    while (drawn < sampleCount && (drawn % 16 !== 0 || !budget.isSpent())) {
      drawn += 1;
      if (this.structure.isQualified(drawUp(this.structure.members, model, random))) up += 1;
    }
    if (drawn === 0) return { _tag: 'unknown', reason };
    const { low, high } = wilsonInterval(up / drawn, drawn);
    const method = `${reason}; estimated from ${drawn} samples with 99.9 % confidence`;
    return { _tag: 'unknown', reason: method, atLeast: upWith(low), atMost: upWith(high) };
  }
}

/** No set with the property is cheaper than the cheapest members, as many as it must have. */
class AskedSetBounds implements SetBounds {
  private size: number | undefined;

  constructor(
    private readonly holds: Property,
    private readonly members: readonly ProcessId[],
    private readonly budget: Budget,
  ) {}

  cheapest(cost: Cost): CostBound {
    this.size ??= leastSize(this.holds, this.members.length, this.budget);
    const costs = this.members.map(cost).sort((a, b) => a - b);
    return { atLeast: costs.slice(0, this.size).reduce((sum, one) => sum + one, 0) };
  }

  countAtMost(): undefined {
    return undefined;
  }
}

/** No set with fewer members has the property: those of one size after another are tried, as far as that goes. */
function leastSize(holds: Property, memberCount: number, budget: Budget): number {
  let asked = 0;
  for (let size = 1; size < memberCount; size++) {
    for (const set of setsOfSize(memberCount, size)) {
      asked += 1;
      if (asked > maxAsked || (asked % 64 === 0 && budget.isSpent()) || holds(set)) return size;
    }
  }
  return memberCount;
}

/** Each in turn in the same row of flags. */
function* setsOfSize(
  memberCount: number,
  size: number,
  from = 0,
  set = [...flags(memberCount, false)],
): Generator<readonly boolean[]> {
  if (size === 0) yield set;
  else {
    for (let index = from; index <= memberCount - size; index++) {
      set[index] = true;
      yield* setsOfSize(memberCount, size - 1, index + 1, set);
      set[index] = false;
    }
  }
}

function drawUp(
  members: readonly ProcessId[],
  { server, groups }: FailureModel,
  random: RandomBytes,
): readonly boolean[] {
  const draws = random(drawLength * (members.length + groups.length));
  const down = new Set<ProcessId>();
  for (const [index, { members: group, uptime }] of groups.entries()) {
    if (drawAt(draws, members.length + index) < uptime.down) for (const id of group) down.add(id);
  }
  return members.map((id, index) => !down.has(id) && drawAt(draws, index) >= server(id).down);
}
