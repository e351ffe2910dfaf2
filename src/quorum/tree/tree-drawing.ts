/** Trees drawn with lines, one node a line; neighbours that are alike are drawn once and counted. */
import { present } from '../../prelude/invariant.js';

/** What a drawing asks about nodes of its tree. */
export interface TreeStyle<N> {
  readonly childrenOf: (node: N) => readonly N[];
  readonly label: (node: N) => string;
  /** What is shown of a node but its name: neighbours in which it and all below them are equal are alike. */
  readonly traits: (node: N) => string;
  /** Stands for two or more alike leaves: "15 servers". */
  readonly foldLeaves: (leaves: readonly N[]) => string;
  /** Stands for the alike gates that follow `first`: "49 more like acme". */
  readonly foldGates: (first: N, others: readonly N[]) => string;
}

export interface DrawnLine<N> {
  readonly text: string;
  /** Undefined for a line that stands for several. */
  readonly node: N | undefined;
}

export function drawTree<N>(root: N, style: TreeStyle<N>): readonly DrawnLine<N>[] {
  return drawNode(root, style, kindsBelow(root, style));
}

/** Numbers such that alike nodes have the same. */
type Kinds<N> = ReadonlyMap<N, number>;

function kindsBelow<N>(root: N, style: TreeStyle<N>): Kinds<N> {
  const kinds = new Map<N, number>();
  const numbers = new Map<string, number>();
  const visit = (node: N): number => {
    const traits = JSON.stringify([style.traits(node), ...style.childrenOf(node).map(visit)]);
    const kind = numbers.get(traits) ?? numbers.size;
    numbers.set(traits, kind);
    kinds.set(node, kind);
    return kind;
  };
  visit(root);
  return kinds;
}

function drawNode<N>(node: N, style: TreeStyle<N>, kinds: Kinds<N>): readonly DrawnLine<N>[] {
  const blocks = runsOf(style.childrenOf(node), kinds).flatMap((run) => drawRun(run, style, kinds));
  const indented = blocks.flatMap((block, index) => {
    const isLast = index === blocks.length - 1;
    return block.map(({ text, ...line }, row) => {
      const lead = row === 0 ? (isLast ? '└─ ' : '├─ ') : isLast ? '   ' : '│  ';
      return { ...line, text: `${lead}${text}` };
    });
  });
  return [{ text: style.label(node), node }, ...indented];
}

/** Neighbours that are alike, in their order. */
function runsOf<N>(nodes: readonly N[], kinds: Kinds<N>): readonly (readonly N[])[] {
  const runs: N[][] = [];
  for (const node of nodes) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && kinds.get(last) === kinds.get(node)) run.push(node);
    else runs.push([node]);
  }
  return runs;
}

/** The blocks of lines that stand for a run. */
function drawRun<N>(run: readonly N[], style: TreeStyle<N>, kinds: Kinds<N>): readonly (readonly DrawnLine<N>[])[] {
  const [head, ...others] = run;
  const first = present(head, 'a run has a first node');
  if (others.length === 0) return [drawNode(first, style, kinds)];
  if (style.childrenOf(first).length === 0) return [[{ text: style.foldLeaves(run), node: undefined }]];
  return [drawNode(first, style, kinds), [{ text: style.foldGates(first, others), node: undefined }]];
}
