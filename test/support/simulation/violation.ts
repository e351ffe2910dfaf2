/** What a checker throws: the name of the property that does not hold, and how it was seen. */
export type Property =
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I4'
  | 'I5'
  | 'I6'
  | 'I8'
  | 'I9'
  | 'I10'
  | 'I11'
  | 'I12'
  | 'I13'
  | 'I14'
  | 'I15'
  | 'I16'
  | 'I17'
  | 'I18'
  | 'L1'
  | 'L2'
  | 'L3'
  | 'L6'
  | 'L7';

export class Violation extends Error {
  constructor(
    readonly property: Property,
    what: string,
  ) {
    super(`${property}: ${what}`);
  }
}

export function fail(property: Property, what: string): never {
  throw new Violation(property, what);
}
