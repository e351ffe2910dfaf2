/** The single-slot model in wider bounds. */
import { expect, it } from 'vitest';
import { explore, Model } from '../../spec/model/explorer.js';
import type { Bounds } from '../../spec/model/setting.js';

const wider: readonly (Bounds & { readonly states: number; readonly transitions: number })[] = [
  { n: 4, f: 1, t: 1, views: 4, values: 2, states: 90_889, transitions: 1_582_258 },
  { n: 4, f: 1, t: 0, views: 4, values: 2, states: 340_244, transitions: 6_970_477 },
  { n: 6, f: 1, t: 1, views: 3, values: 2, states: 32_490, transitions: 1_141_129 },
  { n: 6, f: 1, t: 0, views: 3, values: 2, states: 111_221, transitions: 4_641_490 },
  { n: 4, f: 1, t: 1, views: 4, values: 3, states: 104_567, transitions: 1_755_664 },
  { n: 4, f: 1, t: 1, views: 5, values: 2, states: 903_605, transitions: 23_704_766 },
  { n: 5, f: 1, t: 1, views: 4, values: 2, states: 237_912, transitions: 9_740_590 },
  { n: 7, f: 2, t: 1, views: 2, values: 2, states: 12_986, transitions: 195_501 },
];

it.each(wider)('n = $n, f = $f, t = $t, $views views, $values values', ({ states, transitions, ...bounds }) => {
  const found = explore(new Model(bounds));
  expect([...found.violations]).toEqual([]);
  expect({ states: found.states, transitions: found.transitions }).toEqual({ states, transitions });
});
