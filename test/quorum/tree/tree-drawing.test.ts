import { describe, expect, it } from 'vitest';
import { drawTree, type TreeStyle } from '../../../src/quorum/tree/tree-drawing.js';

interface Node {
  readonly name: string;
  readonly kind: string;
  readonly of: readonly Node[];
}

const style: TreeStyle<Node> = {
  childrenOf: ({ of }) => of,
  label: ({ name, kind }) => `${name}${kind}`,
  traits: ({ kind }) => kind,
  foldLeaves: (leaves) => `${leaves.length} leaves`,
  foldGates: (first, others) => `${others.length} like ${first.name}`,
};

const leaf = (name: string, kind = ''): Node => ({ name, kind, of: [] });
const gate = (name: string, ...of: readonly Node[]): Node => ({ name, kind: '', of });
const drawn = (node: Node): readonly string[] => drawTree(node, style).map(({ text }) => text);

describe('a drawn tree', () => {
  it('has a line a node', () => {
    expect(drawn(leaf('a'))).toEqual(['a']);
    expect(drawn(gate('r', gate('x', leaf('a')), leaf('b')))).toEqual(['r', '├─ x', '│  └─ a', '└─ b']);
    expect(drawTree(leaf('a'), style)[0]?.node?.name).toBe('a');
  });

  it('folds neighbours that are alike, and only those', () => {
    expect(drawn(gate('r', leaf('a'), leaf('b'), leaf('c', '!'), leaf('d')))).toEqual([
      'r',
      '├─ 2 leaves',
      '├─ c!',
      '└─ d',
    ]);
    expect(drawn(gate('r', gate('x', leaf('a')), gate('y', leaf('b')), gate('z', leaf('c', '!'))))).toEqual([
      'r',
      '├─ x',
      '│  └─ a',
      '├─ 1 like x',
      '└─ z',
      '   └─ c!',
    ]);
  });

  it('takes a tree of the greatest depth and of many alike branches', () => {
    let tree = leaf('a');
    for (let depth = 0; depth < 31; depth++) tree = gate(`g${depth}`, tree);
    expect(drawn(tree)).toHaveLength(32);
    let wide: Node = leaf('a');
    for (let depth = 0; depth < 11; depth++) wide = gate(`g${depth}`, wide, { ...wide });
    expect(drawn(wide)).toHaveLength(22);
  });
});
