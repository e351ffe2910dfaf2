/** Faults that can be put into the rules of the model, one at a time (the amendments to the consensus design, section 2.3). */

export const mutants = [
  'certificate first',
  'plurality',
  'forgotten accused',
  'unique value free',
  'no commit certificate',
  'wait taken as free',
  'votes of all views counted',
  'w from votes only',
  'certify without checking',
  'view certificate not required',
  'leader signature not required',
  'own copy of the certificate',
  'earlier report reused',
  'decided slot not reported',
  'late commit',
  'late accept',
  'certificate not durable',
  'vote not durable',
  'leader proposes twice',
] as const;

export type Mutant = (typeof mutants)[number] | 'none';

/** Faults inside selection. */
export const selectionMutants: ReadonlySet<Mutant> = new Set<Mutant>([
  'certificate first',
  'plurality',
  'forgotten accused',
  'unique value free',
  'no commit certificate',
  'wait taken as free',
  'votes of all views counted',
  'w from votes only',
]);

/** Faults by which a correct leader may be accused: it is then told from the other correct processes. */
export const accusingMutants: ReadonlySet<Mutant> = new Set<Mutant>([
  'votes of all views counted',
  'view certificate not required',
  'leader signature not required',
  'leader proposes twice',
]);
