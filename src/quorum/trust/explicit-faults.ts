/** Who may fail together, as the list of maximal sets: for alliances whose failures follow no tree. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';

/** Any subset of a listed set may fail together; 𝓣 and 𝓩 have the empty set even where nothing is listed. */
export interface ExplicitFaults {
  readonly _tag: 'explicit';
  /** Every process, also those that never fail. */
  readonly of: readonly ProcessId[];
  /** Sets that may be Byzantine together; none contains another, none is everyone. */
  readonly byzantine: readonly (readonly ProcessId[])[];
  /** Sets whose silence the two-step path survives; each within a Byzantine set. */
  readonly slow: readonly (readonly ProcessId[])[];
}

/** No list of sets is longer. */
export const maxExplicitSets = 256;
/** No explicit model has more processes. */
export const maxExplicitProcesses = 256;

/** Returns `faults` if they are well formed; a slow set that cannot be Byzantine is for the validator to refuse. */
export function checkExplicitFaults(faults: ExplicitFaults): Either<PolicyError, ExplicitFaults> {
  const complaint =
    checkList(faults.of, undefined, '/of') ??
    checkSets(faults.byzantine, faults.of, '/byzantine') ??
    checkSets(faults.slow, faults.of, '/slow');
  return complaint === undefined ? E.right(faults) : E.left(complaint);
}

function checkSets(
  sets: readonly (readonly ProcessId[])[],
  of: readonly ProcessId[],
  path: string,
): PolicyError | undefined {
  if (sets.length > maxExplicitSets) return policyError('TooLarge', path, `at most ${maxExplicitSets} sets`);
  const known = new Set(of);
  for (const [index, set] of sets.entries()) {
    const complaint = checkList(set, known, `${path}/${index}`);
    if (complaint !== undefined) return complaint;
    if (set.length === of.length)
      return policyError('OutOfRange', `${path}/${index}`, 'a set that leaves somebody out');
    const members = new Set(set);
    const twin = sets.findIndex((other, place) => place !== index && other.every((id) => members.has(id)));
    if (twin !== -1) {
      const expected = `maximal sets only (it contains the set at ${path}/${twin})`;
      return policyError('DuplicateMember', `${path}/${index}`, expected);
    }
  }
  return undefined;
}

function checkList(
  ids: readonly ProcessId[],
  known: ReadonlySet<ProcessId> | undefined,
  path: string,
): PolicyError | undefined {
  if (ids.length === 0) return policyError('OutOfRange', path, 'at least one member');
  if (ids.length > maxExplicitProcesses)
    return policyError('TooLarge', path, `at most ${maxExplicitProcesses} members`);
  const seen = new Set<ProcessId>();
  for (const [index, id] of ids.entries()) {
    if (known?.has(id) === false)
      return policyError('UnknownMember', `${path}/${index}`, `a member of the list, not ${id}`);
    if (seen.has(id))
      return policyError('DuplicateMember', `${path}/${index}`, `every server once (${id} stands here a second time)`);
    seen.add(id);
  }
  return undefined;
}
