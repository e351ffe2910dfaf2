/** What organizations decide on: typed actions, which together make a draft of the next document, or take effect at once. */
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import type { BlsSuite } from '../../schemes/bls/ciphersuite.js';
import type { AlliancePublicKey } from '../../schemes/public-key.js';
import type {
  AllianceParameters,
  ApplicationEntry,
  GovernanceLengths,
  GovernanceLimits,
  OrganizationEntry,
} from '../alliance.js';
import type { ActionKind } from './action-kinds.js';

/** A policy over organizations that a document may state. Without a policy it is the derived one again. */
export type PolicySubject =
  | { readonly _tag: 'amendment' }
  | { readonly _tag: 'amendment-of'; readonly kind: ActionKind }
  | { readonly _tag: 'emergency' }
  | { readonly _tag: 'recovery' }
  | { readonly _tag: 'approval'; readonly key: string };

/** A key that an alliance shares among its servers. */
export type KeyRole =
  | { readonly _tag: 'alliance' }
  | { readonly _tag: 'slow' }
  | { readonly _tag: 'document'; readonly name: string };

/** Where a new key comes from. */
export type KeySource =
  /** Every server brings a key of its own. */
  | { readonly _tag: 'multisig' }
  /** All who will hold it generate it. */
  | { readonly _tag: 'bls'; readonly suite: BlsSuite }
  /** A dealer made it, and could keep it; `organization` names who that was. */
  | { readonly _tag: 'dealt'; readonly publicKey: AlliancePublicKey; readonly organization: string };

export type Action =
  | { readonly _tag: 'admit'; readonly organization: OrganizationEntry }
  | { readonly _tag: 'remove'; readonly organization: string }
  /** In the place of the entry of the same name. `lost` names those of its servers whose old keys an attacker may have. */
  | { readonly _tag: 'organization'; readonly organization: OrganizationEntry; readonly lost: readonly ProcessId[] }
  /** `structure` over organizations; the derived one if absent. */
  | { readonly _tag: 'trust'; readonly trust: TrustModel; readonly structure?: TrustModel }
  | { readonly _tag: 'policy'; readonly subject: PolicySubject; readonly policy?: Policy }
  | { readonly _tag: 'enrol'; readonly application: ApplicationEntry }
  | { readonly _tag: 'dismiss'; readonly application: ProcessId }
  | {
      readonly _tag: 'parameters';
      readonly parameters: AllianceParameters;
      readonly terms: GovernanceLengths;
      readonly limits: GovernanceLimits;
    }
  /** A new key for a role that has one. `distrust`: the present one is known to an attacker. */
  | { readonly _tag: 'scheme'; readonly role: KeyRole; readonly source: KeySource; readonly distrust: boolean }
  | { readonly _tag: 'document-key'; readonly name: string; readonly source: KeySource; readonly approval?: Policy }
  | { readonly _tag: 'drop-document-key'; readonly name: string }
  /** `lost` names servers that have lost their shares. */
  | { readonly _tag: 'refresh'; readonly lost: readonly ProcessId[] }
  | { readonly _tag: 'suspend'; readonly organization: string; readonly lengthMs: number }
  | { readonly _tag: 'restore'; readonly organization: string }
  | { readonly _tag: 'sign'; readonly key: string; readonly document: Uint8Array }
  /** The change of this number. */
  | { readonly _tag: 'abandon'; readonly change: number };
