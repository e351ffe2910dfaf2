/** Changes to valid texts: to the values of a JSON document, to the words of a notation, and to the characters of either. */
import type { Prng } from '../support/simulation/random.js';

const scalars: readonly unknown[] = [
  ...[0, -0, 1, -1, 0.5, 1e21, 2 ** 31, 2 ** 53, 1e308, -1e308],
  ...[null, true, false, '', 'x', '__proto__', 'a'.repeat(70_000), '\u0000', '\ud800', '00', 'ff'.repeat(40)],
  ...[[], {}, [[]], [null], { length: 2 ** 32 }, { __proto__: null }],
];

const keys = ['__proto__', 'constructor', 'toString', 'version', '_tag', 'of', 'x'];

/** Every object and list inside a value, itself included. */
function containersOf(root: unknown): readonly (unknown[] | Record<string, unknown>)[] {
  if (typeof root !== 'object' || root === null) return [];
  return [root as unknown[] | Record<string, unknown>, ...Object.values(root).flatMap(containersOf)];
}

/** Stands for a value so deep that whoever recurses without a bound runs out of stack. */
const abyss = 'the abyss';

function withAbyss(text: string, random: Prng): string {
  const [open, close] = random.pick(depths);
  return text.replace(`"${abyss}"`, () => nested(open, close, random.pick([40, 200, 20_000])));
}

const depths = [
  ['[', ']'],
  ['{"of":', '}'],
  ['{"threshold":1,"of":[', ']}'],
  ['{"org":"a","policy":', '}'],
  ['{"org":"a","tree":', '}'],
  ['{"f":0,"of":[', ']}'],
  ['{"f":0,"weighted":[{"weight":1,"of":', '}]}'],
] as const;

function nested(open: string, close: string, depth: number): string {
  return `${open.repeat(depth)}0${close.repeat(depth)}`;
}

/** What every reader of texts is fed with once, whatever it reads. */
export const abysses: readonly string[] = [
  ...depths.flatMap(([open, close]) => {
    const deep = nested(open, close, 5_000);
    return [deep, `{"tree":${deep}}`, `{"trust":{"tree":${deep}}}`, `{"key":{"policy":${deep}}}`];
  }),
  ...['2 of (', 'a and (', '(', 'f=1 of (', 'x: ', 'not ', 'any of orgs ('].map((words) => words.repeat(5_000)),
];

function changedValue(value: unknown, random: Prng): unknown {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return random.pick<() => unknown>([
    () => random.pick(scalars),
    () => (typeof value === 'number' ? value + random.pick([1, -1, 0.5]) : random.pick(scalars)),
    () => (typeof value === 'string' ? value.toUpperCase() : [value]),
    () => (typeof value === 'string' ? value.slice(random.between(0, 2)) : value),
    () => [...list, ...list],
    () => [...list].reverse(),
    () => Array.from({ length: Math.ceil(200_000 / (20 + JSON.stringify(list).length)) }, () => list[0]),
    () => abyss,
  ])();
}

/** A document with one value changed, dropped, added or moved. */
function changedDocument(document: unknown, random: Prng): unknown {
  const copy = structuredClone(document);
  const containers = containersOf(copy);
  if (containers.length === 0) return changedValue(copy, random);
  const container = random.pick(containers);
  const names = Object.keys(container);
  const name = names.length === 0 || random.chance(0.1) ? random.pick(keys) : random.pick(names);
  if (random.chance(0.2)) Reflect.deleteProperty(container, name);
  else {
    const old: unknown = Object.hasOwn(container, name) ? Reflect.get(container, name) : undefined;
    const value = random.chance(0.2) ? random.pick<unknown>(containers) : changedValue(old, random);
    // A copy, so that nothing contains itself; and an own property, whatever it is called.
    Object.defineProperty(container, name, {
      value: structuredClone(value),
      ...{ enumerable: true, configurable: true, writable: true },
    });
  }
  return copy;
}

const fragments = [
  ...[
    '(',
    ')',
    ',',
    ':',
    '*',
    '=',
    '>=',
    ' of ',
    ' and ',
    ' or ',
    'weight ',
    'majority',
    'all',
    'any',
    '2 of (',
    'f=1 t=1 of (',
  ],
  ...[
    '0',
    '1',
    '-1',
    '99999999999999999999',
    '\u0000',
    '\ud800',
    'é',
    '/',
    '"',
    '\\',
    '{',
    '[',
    '}',
    ']',
    '\n',
    '\r',
    '',
  ],
];

function changedText(text: string, others: readonly string[], random: Prng): string {
  const at = random.between(0, text.length);
  const to = Math.min(text.length, at + random.between(0, 12));
  const other = random.pick(others);
  return random.pick([
    () => text.slice(0, at) + text.slice(to),
    () => text.slice(0, at) + random.pick(fragments) + text.slice(random.chance(0.5) ? at : to),
    () => text.slice(0, to) + text.slice(at, to) + text.slice(to),
    () => text.slice(0, at) + other.slice(random.between(0, other.length)),
    () => random.pick(fragments).repeat(random.pick([2, 50, 30_000])) + text,
    () => text + random.pick(fragments).repeat(random.pick([1, 50, 30_000])),
    () => random.pick(['2 of (', 'a and (', '{"of":[', '[']).repeat(random.pick([60, 5_000])) + text,
  ])();
}

/** Longer texts are cut: whoever reads a file has bounded it before. */
const maxLength = 1_000_000;

/** One to three changes to one of the texts. @param isJson - whether they are documents. */
export function mutatedText(texts: readonly string[], isJson: boolean, random: Prng): string {
  let text = random.pick(texts);
  const isWhole = isJson && random.chance(0.7);
  if (isWhole) {
    let document = JSON.parse(text) as unknown;
    for (let changes = random.pick([1, 1, 2]); changes > 0; changes--) document = changedDocument(document, random);
    text = withAbyss(JSON.stringify(document), random).slice(0, maxLength);
  }
  const changes = isWhole && random.chance(0.9) ? 0 : random.pick([1, 1, 2, 3]);
  for (let left = changes; left > 0; left--) text = changedText(text, texts, random).slice(0, maxLength);
  return text;
}
