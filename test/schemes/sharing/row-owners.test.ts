import { expect, it } from 'vitest';
import { compile } from '../../../src/schemes/sharing/compile.js';
import { integers } from '../../../src/schemes/sharing/ring.js';
import { ownersOf, rowsByOwner } from '../../../src/schemes/sharing/row-owners.js';
import { right } from '../../support/right.js';
import { gate } from './policies.js';

it('the owners of rows stand in the order of their first ones, each with all of its own', () => {
  const sharing = right(compile(gate(2, gate(2, 'c', 'a', 'b'), gate(1, 'a', 'd'), 'c'), integers));
  expect(ownersOf(sharing)).toEqual(['c', 'a', 'b', 'd']);
  expect([...rowsByOwner(sharing)]).toEqual([
    ['c', [0, 5]],
    ['a', [1, 3]],
    ['b', [2]],
    ['d', [4]],
  ]);
});
