/** Faults that can be put into the rules of the model, one at a time, and where they make no difference. */
import type { Setting } from './setting.js';

/** With what each does. The first eight are faults of selection. */
export const mutants = {
  'certificate first': 'the highest commit certificate is picked, whatever was voted for in later views',
  plurality: 'of two values, the one with the most reporters is picked; of equal ones, any',
  'forgotten accused': 'nobody counts as Byzantine for having signed two values',
  'unique value free': 'a value that alone is voted for, but can no longer be decided fast, is not picked',
  'no commit certificate': 'commit certificates are ignored',
  'wait taken as free': 'of two candidates, any value is permitted instead of waiting for another report',
  'votes of all views counted': 'votes count whatever their view, as FaB was published',
  'w from votes only': 'the highest view is that of votes, and a certificate counts only in it',
  'certify without checking': 'a Byzantine leader gets what it asks for certified',
  'view certificate not required': 'a report is valid though no progress certificate permits its vote',
  'leader signature not required': 'a report is valid though the leader has not signed its vote',
  'own copy of the certificate': 'a vote that the reader’s own certificate of its view does not permit counts as none',
  'earlier report reused': 'the report for an earlier view serves again',
  'decided slot not reported': 'who has decided reports nothing',
  'late commit': 'COMMIT is sent after a higher view was promised',
  'late accept': 'ACCEPTED is sent after a higher view was promised',
  'certificate not durable': 'a commit certificate is forgotten after COMMIT',
  'vote not durable': 'a vote is forgotten after ACCEPTED',
  'leader proposes twice': 'a correct leader signs two values, as after a restart',
} as const;

export type Mutant = keyof typeof mutants | 'none';

export const mutantNames = Object.keys(mutants) as readonly (keyof typeof mutants)[];

/** Faults inside selection. */
export const selectionMutants: ReadonlySet<Mutant> = new Set<Mutant>(mutantNames.slice(0, 8));

/** Faults by which a correct leader may be accused: it is then told from the other correct processes. */
export const accusingMutants: ReadonlySet<Mutant> = new Set<Mutant>([
  'votes of all views counted',
  'view certificate not required',
  'leader signature not required',
  'leader proposes twice',
]);

const needTwoCandidates: ReadonlySet<Mutant> = new Set<Mutant>([
  'plurality',
  'forgotten accused',
  'wait taken as free',
]);
const needCertificates: ReadonlySet<Mutant> = new Set<Mutant>([
  'certificate first',
  'no commit certificate',
  'late commit',
  'certificate not durable',
]);

/** Why a mutant breaks nothing in a setting; `undefined` where it does. */
export function equivalenceOf(mutant: Mutant, { system, isSlow, isFast }: Setting): string | undefined {
  if (mutant === 'w from votes only') return 'a slow quorum and a recovery quorum share a correct voter';
  const isC2 = !system.isCoveredBy(system.processes, { byzantine: 3, slow: 2 });
  if (isC2 && needTwoCandidates.has(mutant)) return 'C2: at most one value may have been decided, and most report it';
  const isAlwaysFast = isSlow.every((isQuorum, set) => isQuorum === isFast[set]);
  if (isAlwaysFast && needCertificates.has(mutant))
    return 'every slow quorum is fast: what is certified is decided by its votes';
  return undefined;
}
