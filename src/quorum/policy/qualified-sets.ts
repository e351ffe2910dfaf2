/** What trackers and explanations need of an access structure, whatever it is made of. */
import type { ProcessSet } from '../../prelude/process.js';

export interface QualifiedSets {
  readonly processes: ProcessSet;
  isQualified(set: ProcessSet): boolean;
}
