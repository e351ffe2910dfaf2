/** Trees of gates drawn with figures beside every gate; alike servers, and alike organizations, share a line. */
import { organizationOfAll } from './membership.js';
import { type AnyTree, membersOf } from './tree-check.js';
import { drawTree, type TreeStyle } from './tree-drawing.js';

type AnyGate = Exclude<AnyTree, { readonly _tag: 'member' }>;

/** A figure of every gate; empty where there is none. */
export interface GateColumn<G = AnyGate> {
  readonly title: string;
  readonly figureOf: (gate: G) => string;
}

/** @param headOf - what stands before the list of a gate. */
export function drawGates<T extends AnyTree>(
  tree: T,
  columns: readonly GateColumn<Exclude<T, { readonly _tag: 'member' }>>[],
  headOf: (gate: Exclude<T, { readonly _tag: 'member' }>) => string,
): readonly string[] {
  // Every gate below is of the kind of the tree's own.
  return drawAny(tree, columns as unknown as readonly GateColumn[], headOf as unknown as (gate: AnyGate) => string);
}

function drawAny(tree: AnyTree, columns: readonly GateColumn[], headOf: (gate: AnyGate) => string): readonly string[] {
  const lines = drawTree(placed(tree), styleOf(columns, headOf));
  const width = Math.max(...lines.map(({ text }) => text.length));
  const row = (text: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => cell.padStart(Math.max(4, columns[index]?.title.length ?? 0)));
    return [text.padEnd(width), ...padded].join('  ').trimEnd();
  };
  const titles = columns.map(({ title }) => title);
  const header = titles.length === 0 ? [] : [row('', titles)];
  return [...header, ...lines.map(({ text, node }) => row(text, node === undefined ? [] : figuresOf(node, columns)))];
}

function figuresOf({ tree }: DrawnNode, columns: readonly GateColumn[]): readonly string[] {
  return tree._tag === 'member' ? [] : columns.map(({ figureOf }) => figureOf(tree));
}

/** A node where it stands. */
interface DrawnNode {
  readonly tree: AnyTree;
  /** In its parent's list, if that has weights. */
  readonly weight: number | undefined;
  /** To which all members below belong, if it is one. */
  readonly organization: string | undefined;
  /** Whether its organization is named above it. */
  readonly isScoped: boolean;
  readonly children: readonly DrawnNode[];
}

function placed(tree: AnyTree, weight?: number, isScoped = false): DrawnNode {
  const organization = organizationOfAll(tree);
  if (tree._tag === 'member') return { tree, weight, organization, isScoped, children: [] };
  const isNamed = isScoped || organization !== undefined;
  const children = tree.of.map((child, index) => placed(child, tree.weights?.[index], isNamed));
  return { tree, weight, organization, isScoped, children };
}

function styleOf(columns: readonly GateColumn[], headOf: (gate: AnyGate) => string): TreeStyle<DrawnNode> {
  const limitsOf = ({ tree }: DrawnNode): string => (tree._tag === 'member' ? '' : headOf(tree));
  return {
    childrenOf: ({ children }) => children,
    label: (node) => `${titleOf(node, limitsOf(node))}${weightOf(node)}`,
    // Of a group without a name only its members tell which it is.
    traits: (node) => [nameless(node), limitsOf(node), weightOf(node), ...figuresOf(node, columns)].join(' '),
    foldLeaves: (leaves) => {
      const isLong = leaves.length > maxListed;
      const names = isLong ? `${leaves.length} servers (${ends(leaves)})` : leaves.map(nameOf).join(', ');
      const [first] = leaves;
      return first?.weight === undefined ? names : `${names}, each${weightOf(first)}`;
    },
    foldGates: (first, others) => `${others.length} more like ${nameOf(first)} (${ends(others)})`,
  };
}

function nameless({ tree, organization }: DrawnNode): string {
  return tree._tag === 'member' || organization !== undefined ? '' : membersOf(tree).join();
}

/** No line lists more leaves. */
const maxListed = 8;

function titleOf(node: DrawnNode, head: string): string {
  const { tree } = node;
  if (tree._tag === 'member') return nameOf(node);
  return node.isScoped || node.organization === undefined ? head : `${node.organization}: ${head}`;
}

function weightOf({ weight }: DrawnNode): string {
  return weight === undefined ? '' : ` *${weight}`;
}

/** Short below its organization. */
function nameOf({ tree, organization, isScoped }: DrawnNode): string {
  if (tree._tag !== 'member') return organization ?? `the group of ${tree.of.length}`;
  return isScoped ? tree.id.slice(tree.id.indexOf('/') + 1) : tree.id;
}

/** The first and the last name. */
function ends(nodes: readonly DrawnNode[]): string {
  const names = nodes.map(nameOf);
  return names.length === 1 ? names.join('') : [names[0], names.at(-1)].join(' … ');
}
