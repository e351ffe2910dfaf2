/** Where in the JSON of a tree stands what a path through the tree itself leads to. */

/**
 * @param json - of the right form, weights in their range.
 * @param path - through nodes, as in complaints about trees: `/of/1/k`.
 * @returns the same through `json`, past what only JSON has: `/weighted/1/of/policy/threshold`. Empty for the root.
 */
export function jsonPathOf(json: unknown, path: string): string {
  if (typeof json !== 'object' || json === null || path === '' || path === '/') return '';
  const inner = 'policy' in json ? 'policy' : 'tree';
  if ('org' in json) return `/${inner}${jsonPathOf(valueAt(json, inner), path)}`;
  const isWeighted = 'weighted' in json;
  const [, step, index = '', rest = ''] = /^\/(of|each)(?:\/(\d+))?(.*)$/s.exec(path) ?? [];
  if (step === 'each') return `/each${jsonPathOf(valueAt(json, 'each'), rest)}`;
  if (step === undefined || index === '') return ownPath(path, isWeighted);
  if (!isWeighted) return `/of/${index}${jsonPathOf(valueAt(json, 'of', index), rest)}`;
  return `/weighted/${index}/of${jsonPathOf(valueAt(json, 'weighted', index, 'of'), rest)}`;
}

function ownPath(path: string, isWeighted: boolean): string {
  if (path === '/k') return '/threshold';
  return path === '/of' && isWeighted ? '/weighted' : path;
}

function valueAt(json: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    json,
  );
}
