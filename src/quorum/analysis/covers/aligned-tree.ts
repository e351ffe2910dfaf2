/** Several families laid over one another, as far as their trees have the same shape: the same members below corresponding gates. */
import type { ProcessId } from '../../../prelude/process.js';
import { membersOf } from '../../tree/tree-check.js';
import { weightAt, withoutCommonFactor } from '../../tree/weights.js';
import { type Family, type FamilyGate, isReadOnce } from './set-family.js';

export type AlignedTree =
  | { readonly _tag: 'member'; readonly id: ProcessId; readonly familyCount: number }
  | AlignedGate
  | MixedTree;

export interface AlignedGate {
  readonly _tag: 'gate';
  readonly children: readonly AlignedTree[];
  /** For each child its weight in each family. */
  readonly weights: readonly (readonly number[])[];
  /** Of each family. */
  readonly limits: readonly number[];
}

/** Where the trees differ, or a member stands in one twice. */
export interface MixedTree {
  readonly _tag: 'mixed';
  readonly members: readonly ProcessId[];
  readonly families: readonly Family[];
}

/** Lays families over the same members, at least one, over one another. Linear in the trees where all are one tree. */
export function align(families: readonly Family[]): AlignedTree {
  const known = new Map<Family, Family>();
  const plain = families.map((family) => {
    const done = known.get(family) ?? withoutSingles(family);
    known.set(family, done);
    return done;
  });
  return [...known.values()].every(isReadOnce) ? alignPlain(plain) : mixed(plain);
}

/** Without gates of one child, which allow what the child allows. */
function withoutSingles(family: Family): Family {
  if (family._tag === 'member') return family;
  const of = family.of.map(withoutSingles);
  const [only] = of;
  return only !== undefined && of.length === 1 && family.limit < weightAt(family, 0) ? only : { ...family, of };
}

function alignPlain(families: readonly Family[]): AlignedTree {
  const [head] = families;
  if (head !== undefined && families.every((family) => family === head)) return alignCopies(head, families.length);
  const gates = families.filter((family) => family._tag === 'gate');
  const [first] = gates;
  if (first === undefined) {
    const id = membersOf(families[0] ?? { _tag: 'gate', of: [] })[0];
    return id === undefined ? mixed(families) : { _tag: 'member', id, familyCount: families.length };
  }
  if (gates.length < families.length) return mixed(families);
  const places = new Map(gates.map((gate) => [gate, placesIn(gate, first)]));
  if (![...places.values()].every((place) => place !== undefined)) return mixed(families);
  const columns = gates.map((gate) => columnOf(gate, places.get(gate) ?? []));
  return {
    _tag: 'gate',
    children: first.of.map((_, at) => alignPlain(columns.flatMap(({ children }) => children[at] ?? []))),
    weights: first.of.map((_, at) => columns.map(({ weights }) => weights[at] ?? 1)),
    limits: columns.map(({ limit }) => limit),
  };
}

/** One family as often as `count` says. */
function alignCopies(family: Family, count: number): AlignedTree {
  if (family._tag === 'member') return { _tag: 'member', id: family.id, familyCount: count };
  const { children, weights, limit } = columnOf(family, [...family.of.keys()]);
  const rows = new Map(weights.map((weight) => [weight, copies(weight, count)]));
  return {
    _tag: 'gate',
    children: children.map((child) => alignCopies(child, count)),
    weights: weights.map((weight) => rows.get(weight) ?? []),
    limits: copies(limit, count),
  };
}

function copies<A>(value: A, count: number): readonly A[] {
  return Array.from({ length: count }, () => value);
}

function mixed(families: readonly Family[]): MixedTree {
  return { _tag: 'mixed', members: families[0] === undefined ? [] : [...new Set(membersOf(families[0]))], families };
}

/**
 * For each child of `model` the place of the child of `gate` with the same members; undefined unless all have one. As many children
 * over the same members, each within one child of the other gate, are the same children.
 */
function placesIn(gate: FamilyGate, model: FamilyGate): readonly number[] | undefined {
  if (gate === model) return model.of.map((_, index) => index);
  if (gate.of.length !== model.of.length) return undefined;
  const placeOf = new Map(gate.of.flatMap((child, place) => membersOf(child).map((id) => [id, place] as const)));
  const places: number[] = [];
  for (const child of model.of) {
    const found = new Set(membersOf(child).map((id) => placeOf.get(id)));
    const [place] = found;
    if (place === undefined || found.size !== 1) return undefined;
    places.push(place);
  }
  return places;
}

/** One family's children and weights in the order of `places`; weights without their common factor, so that equal ones are 1. */
function columnOf(
  gate: FamilyGate,
  places: readonly number[],
): { readonly children: readonly Family[]; readonly weights: readonly number[]; readonly limit: number } {
  const { factor } = withoutCommonFactor(gate.weights ?? []);
  return {
    children: places.flatMap((place) => gate.of[place] ?? []),
    weights: places.map((place) => (gate.weights?.[place] ?? 1) / factor),
    limit: Math.floor(gate.limit / factor),
  };
}
