/** A trust tree drawn with the slack of every gate under each condition. */
import type { ProcessId } from '../../prelude/process.js';
import { totalWeight } from '../tree/tree-check.js';
import { drawTree, type TreeStyle } from '../tree/tree-drawing.js';
import { c1Faults, c2Faults, c2FaultsOf, type TrustAssumption } from './conditions.js';
import { type GateSlack, gateSlack, organizationBelow } from './gate-slack.js';
import { OrganizationSystem } from './organizations.js';
import type { TrustTree } from './trust-tree.js';

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
  const figures = columns.map(({ slack }) => new Map(slack.map((one) => [one.gate, shownSlack(one)])));
  const figuresOf = ({ tree }: DrawnNode): readonly string[] =>
    tree._tag === 'member' ? [] : figures.map((column) => column.get(tree) ?? '');
  const lines = drawTree(placed(system.tree), styleOf(figuresOf));
  const width = Math.max(...lines.map(({ text }) => text.length));
  const row = (text: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => cell.padStart(Math.max(4, columns[index]?.title.length ?? 0)));
    return [text.padEnd(width), ...padded].join('  ').trimEnd();
  };
  return [
    row(
      '',
      columns.map(({ title }) => title),
    ),
    ...lines.map(({ text, node }) => row(text, node === undefined ? [] : figuresOf(node))),
  ];
}

function shownSlack({ slack }: GateSlack): string {
  if (slack === undefined) return 'lost';
  return slack > 0 ? `+${slack}` : String(slack);
}

/** A node where it stands. */
interface DrawnNode {
  readonly tree: TrustTree;
  /** In its parent's list, if that has weights. */
  readonly weight: number | undefined;
  /** The organization to which the parent belongs. */
  readonly within: string | undefined;
  readonly children: readonly DrawnNode[];
}

function placed(tree: TrustTree, weight?: number, within?: string): DrawnNode {
  if (tree._tag === 'member') return { tree, weight, within, children: [] };
  const own = within ?? organizationBelow(tree);
  const children = tree.of.map((child, index) => placed(child, tree.weights?.[index], own));
  return { tree, weight, within, children };
}

function styleOf(figuresOf: (node: DrawnNode) => readonly string[]): TreeStyle<DrawnNode> {
  return {
    childrenOf: ({ children }) => children,
    label: (node) => `${titleOf(node)}${weightOf(node)}`,
    traits: (node) => [limitsOf(node.tree), weightOf(node), ...figuresOf(node)].join(' '),
    foldLeaves: (leaves) => {
      const isLong = leaves.length > maxListed;
      const names = isLong ? `${leaves.length} servers (${ends(leaves)})` : leaves.map(nameOf).join(', ');
      const [first] = leaves;
      return first?.weight === undefined ? names : `${names}, each${weightOf(first)}`;
    },
    foldGates: (first, others) => `${others.length} more like ${nameOf(first)} (${ends(others)})`,
  };
}

/** No line lists more leaves. */
const maxListed = 8;

function titleOf(node: DrawnNode): string {
  const { tree } = node;
  if (tree._tag === 'member') return nameOf(node);
  const organization = node.within === undefined ? organizationBelow(tree) : undefined;
  return `${organization === undefined ? '' : `${organization}: `}${limitsOf(tree)}`;
}

function limitsOf(tree: TrustTree): string {
  if (tree._tag === 'member') return '';
  const { f, t, of, weights } = tree;
  const total = weights === undefined ? '' : ` weighing ${totalWeight(tree)}`;
  return `f=${f} t=${t} of ${of.length}${total}`;
}

function weightOf({ weight }: DrawnNode): string {
  return weight === undefined ? '' : ` *${weight}`;
}

/** Short below its organization. */
function nameOf({ tree, within }: DrawnNode): string {
  if (tree._tag === 'gate') return organizationBelow(tree) ?? `the group of ${tree.of.length}`;
  return within === undefined ? tree.id : tree.id.slice(tree.id.indexOf('/') + 1);
}

/** The first and the last name. */
function ends(nodes: readonly DrawnNode[]): string {
  const names = nodes.map(nameOf);
  return names.length === 1 ? names.join('') : [names[0], names.at(-1)].join(' … ');
}
