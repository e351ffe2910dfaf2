/** Keys that stand twice in a JSON object: JSON.parse keeps the last and says nothing, so what a person read need not be what counts. */

/** An object or a list that is being read. */
interface Open {
  /** Undefined for a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the index of what comes next in it. */
  at: string | number;
}

/** The path of the first key that stands a second time in its object. @param text - valid JSON. */
export function repeatedKey(text: string): string | undefined {
  const open: Open[] = [];
  let last = '';
  for (const found of tokensOf(text)) {
    const here = open.at(-1);
    if (found === ':' && here?.keys !== undefined) {
      here.at = JSON.parse(last) as string;
      if (here.keys.has(here.at)) return `/${open.map(({ at }) => at).join('/')}`;
      here.keys.add(here.at);
    } else if (found === ',' && here !== undefined && typeof here.at === 'number') here.at += 1;
    else if (found === '{') open.push({ keys: new Set(), at: '' });
    else if (found === '[') open.push({ keys: undefined, at: 0 });
    else if (found === '}' || found === ']') open.pop();
    last = found;
  }
  return undefined;
}

/** Its strings and punctuation marks. Strings are scanned by hand: a pattern for them overflows the stack on long ones. */
function* tokensOf(text: string): Generator<string> {
  const mark = /["{}[\],:]/gu;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') mark.lastIndex = endOfString(text, found.index);
    yield text.slice(found.index, mark.lastIndex);
  }
}

/** Just behind the closing quotation mark. @param start - where the opening one is. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
