/** Options of the form `name=number`, with commas between several. */
import { InvalidArgumentError } from 'commander';

/** Parses assignments to some of `names`, each once. */
export function assignmentsTo<N extends string>(
  names: readonly N[],
): (text: string, before?: Partial<Record<N, number>>) => Partial<Record<N, number>> {
  return (text, before = {}) => {
    const found: Partial<Record<N, number>> = { ...before };
    for (const part of text.split(',')) {
      const [, left, right] = /^\s*(\w+)=(\d{1,15})\s*$/.exec(part) ?? [];
      const name = names.find((one) => one === left);
      if (name === undefined)
        throw new InvalidArgumentError(`Expected name=number of ${names.join(', ')}; not ${part.trim()}.`);
      if (found[name] !== undefined) throw new InvalidArgumentError(`${name} is given twice.`);
      found[name] = Number(right);
    }
    return found;
  };
}
