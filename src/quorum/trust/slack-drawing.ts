/** A trust tree drawn with the slack of every gate under each condition. */
import type { ProcessId } from '../../prelude/process.js';
import { drawGates } from '../tree/gate-drawing.js';
import { totalWeight } from '../tree/weights.js';
import { c1Faults, c2Faults, c2FaultsOf, type TrustAssumption } from './conditions.js';
import { type GateSlack, gateSlack } from './gate-slack.js';
import { OrganizationSystem } from './organizations.js';
import type { TrustGate } from './trust-tree.js';

/** The slack of every gate under one condition. */
export interface SlackColumn {
  readonly condition: 'C1' | 'C2' | 'C2l';
  readonly title: string;
  readonly slack: readonly GateSlack[];
}

/** Under C1, C2, and where C2 does not hold C2ℓ of `leader`. */
export function slackColumns({ system, leaders }: TrustAssumption, leader: ProcessId): readonly SlackColumn[] {
  const c2 = gateSlack(system, c2Faults);
  const columns: readonly SlackColumn[] = [
    { condition: 'C1', title: 'C1', slack: gateSlack(system, c1Faults) },
    { condition: 'C2', title: 'C2', slack: c2 },
  ];
  if (c2[0]?.covering !== 'covered') return columns;
  const slack = gateSlack(system, c2FaultsOf(leaders.universe.of([leader])));
  return [...columns, { condition: 'C2l', title: `C2ℓ of ${leader}`, slack }];
}

/** One line a node below the titles; alike servers, and organizations, share one. None for a system without a tree. */
export function drawSlack({ system }: TrustAssumption, columns: readonly SlackColumn[]): readonly string[] {
  if (!(system instanceof OrganizationSystem)) return [];
  const drawn = columns.map(({ title, slack }) => {
    const shown = new Map(slack.map((one) => [one.gate, shownSlack(one)]));
    return { title, figureOf: (gate: TrustGate) => shown.get(gate) ?? '' };
  });
  return drawGates(system.tree, drawn, limitsOf);
}

export function shownSlack({ slack }: GateSlack): string {
  if (slack === undefined) return 'lost';
  return slack > 0 ? `+${slack}` : String(slack);
}

function limitsOf({ f, t, of, weights }: TrustGate): string {
  const total = weights === undefined ? '' : ` weighing ${totalWeight({ of, weights })}`;
  return `f=${f} t=${t} of ${of.length}${total}`;
}
