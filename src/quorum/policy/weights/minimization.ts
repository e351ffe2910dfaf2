/**
 * The smallest whole weights, and a threshold, that accept the same sets as given ones. Candidates come from scaling the
 * weights down and from an integer program whose inequalities are sets that a former candidate judged wrongly. Each is proven
 * by comparing all sums (`weight-sums`): what is returned is always equivalent, and the smallest where the program was solved.
 */
import { sum } from '../../tree/weights.js';
import { classesOf, countsIn, joinedByInfluence, multiples, sharpened, spread, type WeightClass } from './classes.js';
import { type Inequality, IntegerProgram, StepBudget } from './program.js';
import { type Demand, isSeparated, separate, type Separation, type WeightedThreshold } from './sums.js';

interface SmallWeights extends WeightedThreshold {
  /** Whether nothing equivalent weighs less that gives children of one influence one weight. */
  readonly isLeast: boolean;
}

export interface MinimizationLimits {
  /** Weights that sum to more are not looked for. */
  readonly maxTotal: number;
  /** Entries of the integer program that may be computed: 10^7 in a second or two. */
  readonly steps: number;
}

/** With more different weights they are only scaled down. */
const maxClasses = 64;

/** For more children nothing is tried. */
const maxChildren = 1024;

/** What was found; `none` if nothing within the limits exists, `unknown` if that took too many steps to tell. */
export type Minimization = SmallWeights | 'none' | 'unknown';

/**
 * Weights that accept exactly the same sets.
 *
 * @param rule - weights from 1, `k` from 1 to their sum.
 */
export function minimize({ k, weights }: WeightedThreshold, limits: MinimizationLimits): Minimization {
  const capped = weights.map((weight) => Math.min(weight, k));
  const search = searchFor(capped, { refusedBelow: k, acceptedFrom: k }, limits);
  const classes = classesOf(capped);
  const found = least(search, classes);
  return typeof found === 'string' ? found : evened(search, classes, found);
}

/** Weights that meet a demand, as they are where it says nothing; children of one weight get one weight. */
export function minimizeFor(weights: readonly number[], demand: Demand, limits: MinimizationLimits): Minimization {
  return least(searchFor(weights, demand, limits), classesOf(weights));
}

interface Search {
  readonly weights: readonly number[];
  readonly demand: Demand;
  readonly maxTotal: number;
  readonly budget: StepBudget;
}

function searchFor(weights: readonly number[], demand: Demand, { maxTotal, steps }: MinimizationLimits): Search {
  return { weights, demand, maxTotal, budget: new StepBudget(steps) };
}

/** The same with one weight for children of one influence, if the first found has not got that anyway. */
function evened(search: Search, classes: readonly WeightClass[], found: SmallWeights): SmallWeights {
  const joined = joinedByInfluence(search.weights, classes, found);
  const isEven = joined.every(
    ({ positions }) => new Set(positions.map((position) => found.weights[position])).size === 1,
  );
  if (isEven) return found;
  const even = least(search, joined);
  return typeof even === 'string' ? { ...found, isLeast: false } : even;
}

function least(search: Search, classes: readonly WeightClass[]): Minimization {
  if (search.weights.length > maxChildren) return 'unknown';
  const scaled = scaledDown(search, classes);
  if (classes.length > maxClasses) return scaled === undefined ? 'unknown' : { ...scaled, isLeast: false };
  const limit = scaled === undefined ? search.maxTotal + 1 : sum(scaled.weights);
  const found = leastBelow(search, classes, limit);
  if (typeof found !== 'string') return { ...found, isLeast: true };
  return scaled === undefined ? found : { ...scaled, isLeast: found === 'none' };
}

/** The least of all that sum to less than `limit`. */
function leastBelow(
  search: Search,
  classes: readonly WeightClass[],
  limit: number,
): WeightedThreshold | 'none' | 'unknown' {
  const program = programOf(classes);
  for (;;) {
    const outcome = program.solve(limit, search.budget);
    if (outcome._tag !== 'least') return outcome._tag === 'none' ? 'none' : 'unknown';
    const numbers = outcome.values.slice(0, classes.length);
    const separation = judged(search, classes, numbers);
    if (isSeparated(separation)) return ruleOf(classes, numbers, separation);
    for (const inequality of misjudged(search, classes, separation)) program.add(inequality);
  }
}

/** The weights of the classes and, last, the threshold: no lighter class weighs more, and the set of all is accepted. */
function programOf(classes: readonly WeightClass[]): IntegerProgram {
  const sizes = classes.map(({ positions }) => positions.length);
  const program = new IntegerProgram([...sizes, 0]);
  program.add({ coefficients: [...sizes, -1], atLeast: 0 });
  program.add({ coefficients: [...sizes.map(() => 0), 1], atLeast: 1 });
  for (const index of sizes.slice(1).keys()) {
    const coefficients = sizes.map((_, other) => (other === index ? 1 : other === index + 1 ? -1 : 0));
    program.add({ coefficients, atLeast: 0 });
  }
  return program;
}

/** An accepted set that has too few tickets, and a refused one that has too many, as sharp as they can be made. */
function misjudged(
  { demand }: Search,
  classes: readonly WeightClass[],
  { sums, mostRefused, leastAccepted }: Separation,
): readonly Inequality[] {
  const accepted = countsIn(classes, sums.heaviestSet(leastAccepted));
  const refused = countsIn(classes, sums.lightestSet(mostRefused));
  const lightest = sharpened(classes, accepted, -1, (weight) => weight >= demand.acceptedFrom);
  const heaviest = sharpened(classes, refused, 1, (weight) => weight < demand.refusedBelow);
  return [
    { coefficients: [...lightest, -1], atLeast: 0 },
    { coefficients: [...heaviest.map((count) => -count), 1], atLeast: 1 },
  ];
}

/** The first of the rounded multiples of the weights that is equivalent, with each class then made as light as it may be. */
function scaledDown(search: Search, classes: readonly WeightClass[]): WeightedThreshold | undefined {
  let best: WeightedThreshold | undefined;
  for (const halves of [0, 1, 2] as const) {
    for (const numbers of multiples(classes, halves, best === undefined ? search.maxTotal : sum(best.weights) - 1)) {
      if (!isSeparated(judged(search, classes, numbers))) continue;
      best = lightened(search, classes, numbers);
      break;
    }
  }
  return best;
}

/** Class by class as little as possible, over and over until nothing gives way. */
function lightened(search: Search, classes: readonly WeightClass[], start: readonly number[]): WeightedThreshold {
  let numbers = start;
  for (let before: readonly number[] = []; before !== numbers; ) {
    before = numbers;
    for (const index of classes.keys()) {
      for (let number = numbers[index] ?? 0; number > 0; number--) {
        const lighter = numbers.with(index, number - 1);
        if (!isSeparated(judged(search, classes, lighter))) break;
        numbers = lighter;
      }
    }
  }
  return ruleOf(classes, numbers, judged(search, classes, numbers));
}

function judged({ weights, demand }: Search, classes: readonly WeightClass[], numbers: readonly number[]): Separation {
  return separate(weights, spread(classes, numbers), demand);
}

function ruleOf(
  classes: readonly WeightClass[],
  numbers: readonly number[],
  { mostRefused }: Separation,
): WeightedThreshold {
  return { k: mostRefused + 1, weights: spread(classes, numbers) };
}
