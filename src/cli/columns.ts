/** Texts in columns for a terminal. */

/** `text` as wide as its column, and wider rather than without two spaces behind it. */
export function inColumn(text: string, width: number): string {
  return `${text}  `.padEnd(width);
}
