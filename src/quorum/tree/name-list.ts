/** Names in a sentence. */

/** `a, b, c`; of more than `most` the first, and how many more. */
export function listNames(names: readonly string[], most = 12): string {
  if (names.length <= most) return names.join(', ');
  const named = names.slice(0, most - 1);
  return `${named.join(', ')} and ${names.length - named.length} more`;
}
