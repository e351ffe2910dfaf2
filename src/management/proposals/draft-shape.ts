/** What a draft of a next document is. */
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { Alliance } from '../alliance.js';
import type { KeyMove } from './key-roles.js';

export interface Draft {
  /** The document that it was made from. */
  readonly base: Alliance;
  /** Of the next epoch; its keys are those in force still. */
  readonly document: Alliance;
  /** One for each key that the next document has, in the order of the names of their roles. */
  readonly moves: readonly KeyMove[];
  /** Keys that `document` cannot list yet, in the order of their names. */
  readonly newDocumentKeys: readonly NewDocumentKey[];
  /** Servers, sorted. */
  readonly joining: readonly ProcessId[];
  readonly leaving: readonly ProcessId[];
  /** Under the same name with another identity. */
  readonly replaced: readonly ProcessId[];
  /** Of which an attacker may have the old keys. */
  readonly lost: readonly ProcessId[];
  /** Organizations, sorted. */
  readonly admitted: readonly string[];
  readonly removed: readonly string[];
}

interface NewDocumentKey {
  readonly name: string;
  readonly approval?: Policy;
}
