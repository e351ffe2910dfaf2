/** Whether a RESTART is believed: one judgement, for servers, clients and whoever reads a history (spec/management.md, "Recovery"). */
import { equalBytes } from '../../prelude/bytes.js';
import { decidedStatement } from '../../prelude/decided-statement.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { type ProcessId, Universe } from '../../prelude/process.js';
import { stateDigest } from '../../prelude/state-digest.js';
import { isQualified, policyMembers } from '../../quorum/policy/policy.js';
import { printPolicy } from '../../quorum/policy/policy-text.js';
import type { Signature } from '../../schemes/contract/distributed-signer.js';
import type { Ed25519Verify } from '../../schemes/ed25519/encoding.js';
import { type AlliancePublicKey, keyIdOf } from '../../schemes/public-key.js';
import type { Alliance } from '../alliance.js';
import { allianceIdOf, configurationDigestOf } from '../alliance-codec.js';
import { recoveryOf } from '../proposals/governing-policies.js';
import { type Restart, type RestartFile, restartStatement } from './restart.js';
import { findForeignPart } from './restart-document.js';
import type { RestartError } from './restart-errors.js';

/** After which slot an epoch began, and with what. */
export interface EpochBeginning {
  readonly slot: number;
  readonly chain: Digest;
  readonly state: Digest;
}

/** What is known of the epoch that ends. */
export interface EndingEpoch {
  readonly document: Alliance;
  /** `undefined` for the first, and where it is not known. */
  readonly began: EpochBeginning | undefined;
}

/** A signature that whoever judges has still to verify: DECIDED. */
export interface RestartClaim {
  readonly key: AlliancePublicKey;
  readonly bytes: Uint8Array;
  readonly signature: Signature;
}

/** Right is what is left to verify, if anything; where that does not hold the error is `NotCertified`. */
export function judgeRestart(
  ending: EndingEpoch,
  { restart, document: next }: RestartFile,
  verify: Ed25519Verify,
): Either<RestartError, RestartClaim | undefined> {
  const { document } = ending;
  const error =
    findForeignPart(document, next) ??
    findWrongPlace(ending, restart) ??
    findBadSignature(document, restart, configurationDigestOf(next), verify) ??
    findLackOfSigners(document, restart);
  return error === undefined ? E.right(decidedClaim(document, restart)) : E.left(error);
}

/** @param document - of the epoch that ends. */
export function decidedClaim(document: Alliance, { slot, chain, decided }: Restart): RestartClaim | undefined {
  if (decided === undefined) return undefined;
  const { allianceKey: key } = document;
  const bytes = decidedStatement({ allianceId: allianceIdOf(document), keyId: keyIdOf(key) }, { slot, chain });
  return { key, bytes, signature: decided };
}

function findWrongPlace({ began }: EndingEpoch, restart: Restart): RestartError | undefined {
  const { slot, chain, manifest, decided } = restart;
  if (decided !== undefined)
    return began === undefined || slot > began.slot ? undefined : { _tag: 'BeforeItsEpoch', slot, began: began.slot };
  const isThere =
    began?.slot === slot && equalBytes(began.chain, chain) && equalBytes(began.state, stateDigest(slot, manifest));
  return isThere ? undefined : { _tag: 'NotWhereItBegan', slot };
}

function findBadSignature(
  document: Alliance,
  restart: Restart,
  configuration: Digest,
  verify: Ed25519Verify,
): RestartError | undefined {
  let last = '';
  for (const { organization, signature } of restart.signatures) {
    if (organization <= last) return { _tag: 'SignedTwice', organization };
    last = organization;
    const key = document.organizations.find(({ name }) => name === organization)?.recoveryKey;
    if (key === undefined) return { _tag: 'NoRecoveryKey', organization };
    const statement = restartStatement(document, restart, configuration, { organization, key });
    if (!verify(key, statement, signature)) return { _tag: 'BadRecoverySignature', organization };
  }
  return undefined;
}

function findLackOfSigners(document: Alliance, { signatures }: Restart): RestartError | undefined {
  const policy = recoveryOf(document);
  const universe = new Universe(policyMembers(policy));
  const signed = signatures.map(({ organization }) => organization);
  const counted = signed.filter((name) => universe.has(name as ProcessId)) as ProcessId[];
  if (isQualified(policy, universe.of(counted))) return undefined;
  return { _tag: 'TooFewOrganizations', signed, policy: printPolicy(policy) };
}
