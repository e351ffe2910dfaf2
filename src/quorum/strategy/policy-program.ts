/** Policies as integer programs: a column is 1 for each member that is chosen and each gate that they satisfy. Any policy, members repeated or not. */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { totalWeight, weightAt } from '../tree/weights.js';
import type { ProgramBuilder } from './program-builder.js';

/** Beyond this weight the solver's rounding could be taken for a vote. */
const maxGateWeight = 1_000_000;

/** Whether the weights are small enough for the solver. */
export function isProgrammable(policy: Policy): boolean {
  if (policy._tag === 'member') return true;
  return totalWeight(policy) <= maxGateWeight && policy.of.every(isProgrammable);
}

/** Adds rows that hold exactly if the chosen members satisfy `policy`; returns the column of each member. */
export function addQuorum(
  builder: ProgramBuilder,
  policy: Policy,
  cost: (id: ProcessId) => number,
): ReadonlyMap<ProcessId, number> {
  const columnOf = new Map(
    policyMembers(policy).map((id) => {
      const column = builder.column({ upper: 1, integer: true });
      builder.add(column, [], cost(id));
      return [id, column];
    }),
  );
  const root = addGate(builder, policy, columnOf);
  builder.add(root, [{ row: builder.row({ lower: 1, upper: 1 }), value: 1 }]);
  return columnOf;
}

/** The column that may be 1 only where the children that are 1 weigh at least k. */
function addGate(builder: ProgramBuilder, policy: Policy, columnOf: ReadonlyMap<ProcessId, number>): number {
  if (policy._tag === 'member') return present(columnOf.get(policy.id), 'every member has a column');
  const { k, of } = policy;
  const gate = builder.column({ upper: 1, integer: true });
  const row = builder.row({ lower: 0, upper: Infinity });
  builder.add(gate, [{ row, value: -1 }]);
  for (const [index, child] of of.entries())
    builder.add(addGate(builder, child, columnOf), [{ row, value: Math.min(weightAt(policy, index), k) / k }]);
  return gate;
}
