/** From what is meant to a trust model: may consensus run under it, how much silence does its fast path survive, which policies fit it. */
import { E, type Either } from '../../prelude/fp.js';
import { type AlliancePolicies, policiesFrom } from '../trust/derived-policy.js';
import { largestSlow } from '../trust/largest-slow.js';
import { type TrustModel, trustModel } from '../trust/trust-model.js';
import { outOfRange } from './errors.js';
import { type Intent, type IntentError, intendedTrust, largestSurvivable } from './intent.js';

export interface FoundTrust {
  /** With the largest t that it holds with: first at the root, then inside the organizations. */
  readonly model: TrustModel;
  readonly policies: AlliancePolicies;
}

/** The trust model of an intent. */
export function searchTrust(intent: Intent): Either<IntentError, FoundTrust> {
  const tree = intendedTrust(intent);
  if (E.isLeft(tree)) return tree;
  const plain = trustModel(tree.right);
  if (E.isLeft(plain)) return outOfRange('the intent', plain.left.expected);
  const largest = largestSlow(plain.right);
  if (largest === undefined) {
    const instead = largestSurvivable(intent, { trust: tree.right, covers: 3 });
    const reason = 'three fault sets could contain everybody, so quorums need not share a correct server';
    return E.left({ _tag: 'NotSurvivable', reason, instead });
  }
  const made = trustModel(largest.tree);
  if (E.isLeft(made)) return outOfRange('the intent', made.left.expected);
  return E.right({ model: made.right, policies: policiesFrom(made.right) });
}
