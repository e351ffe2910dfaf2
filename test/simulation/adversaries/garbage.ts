/** Sends its messages with any field changed: numbers, bytes, lists, tags of inner unions, on top of the true ones. */
import type { Message } from '../../../src/consensus/message.js';
import type { Prng } from '../../support/simulation/random.js';
import type { MakeAdversary } from './adversary.js';

export const garbage: MakeAdversary = ({ config, random }) => ({
  outgoing: (to, message) => {
    if (to === config.me) return [message];
    const changed = mutate(message, random) as Message;
    return random.chance(0.5) ? [changed] : [changed, message];
  },
});

const numbers = [0, 1, 2, 3, 255, 65_536, 2 ** 31, 2 ** 32, 2 ** 53 - 1];

/** A copy with about one field in five changed; never its outermost tag. */
function mutate(value: unknown, random: Prng): unknown {
  if (value instanceof Uint8Array) return random.chance(0.2) ? mutateBytes(value, random) : value;
  if (Array.isArray(value)) return mutateList(value, random);
  if (typeof value === 'number') return random.chance(0.2) ? mutateNumber(value, random) : value;
  if (typeof value === 'boolean') return random.chance(0.2) ? !value : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mutate(inner, random)]));
}

function mutateNumber(value: number, random: Prng): number {
  return random.chance(0.5) ? random.pick(numbers) : Math.max(0, value + random.between(-2, 2));
}

function mutateBytes(bytes: Uint8Array, random: Prng): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length === 0) return random.bytes(random.between(0, 8));
  const index = random.between(0, copy.length - 1);
  copy[index] = (copy[index] ?? 0) ^ random.between(1, 255);
  return copy;
}

function mutateList(list: readonly unknown[], random: Prng): readonly unknown[] {
  const changed = list.map((item) => mutate(item, random));
  if (changed.length === 0 || !random.chance(0.2)) return changed;
  const item = random.pick(changed);
  return random.chance(0.5) ? [...changed, item] : changed.filter((other) => other !== item);
}
