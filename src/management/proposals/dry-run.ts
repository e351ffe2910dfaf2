/**
 * What actions would do, as it is signed, and what stands against it: from the document alone, so that whoever is about to propose
 * something sees on its own machine what every server will compute (spec/management.md, "Effect").
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { Alliance } from '../alliance.js';
import type { Action } from './action.js';
import { encodeActions } from './action-codec.js';
import { mixtureComplaint, needsChange } from './action-mixture.js';
import { type Requirement, requirementsOf } from './approval.js';
import { type Draft, makeDraft } from './draft.js';
import { type Effect, effectDigest, effectOf } from './effect.js';
import type { ActionRefused } from './errors.js';
import { type GateName, isDocumentGate } from './gate-names.js';
import type { StandingGate } from './gates.js';

export interface Examination {
  /** What ballots are about. */
  readonly effect: Digest;
  /** Gates of the document, overridden or not. */
  readonly gates: readonly StandingGate[];
  /** What its ballots have to satisfy. */
  readonly requirements: readonly Requirement[];
  /** Where it takes a change of epoch. */
  readonly draft?: Draft;
  readonly effectValue?: Effect;
}

export interface DryRunWish {
  /** Those of the proposal; the draft names those that are gates of it. */
  readonly overrides: readonly GateName[];
  /** The number of the change that the draft is for; only the draft depends on it. */
  readonly change: number;
  /** Whether the change that is to be abandoned came from a proposal that was voted for. */
  readonly abandonsVoted?: boolean;
}

/** Of actions that take effect at once it is not judged whether they can: that depends on more than the document. */
export function dryRun(
  document: Alliance,
  actions: readonly Action[],
  { overrides, change, abandonsVoted = false }: DryRunWish,
): Either<ActionRefused, Examination> {
  if (!needsChange(actions)) {
    const mixed = mixtureComplaint(actions);
    if (mixed !== undefined) return E.left(mixed);
    const requirements = requirementsOf(document, actions, { draft: undefined, overrides, abandonsVoted });
    return E.right({ effect: immediateEffect(actions), gates: [], requirements });
  }
  const draft = makeDraft(document, actions, change, overrides.filter(isDocumentGate));
  if (E.isLeft(draft)) return draft;
  const effectValue = effectOf(document, draft.right);
  const { gates } = effectValue;
  const requirements = requirementsOf(document, actions, { draft: draft.right, overrides });
  return E.right({ effect: effectDigest(effectValue), gates, requirements, draft: draft.right, effectValue });
}

/** Of actions that take effect at once: what they say. */
function immediateEffect(actions: readonly Action[]): Digest {
  return digest(new Writer().text('koinon immediate effect v1').bytes(encodeActions(actions)).finish());
}
