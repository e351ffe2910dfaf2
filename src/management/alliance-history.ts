/**
 * The history of an alliance: the documents of its epochs, chained both ways, and what the alliance key of each says of them. Whoever
 * knows the key of any epoch, or the id of the alliance, can check all of it (spec/management.md, "Documents").
 */
import { equalBytes } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { epochEndStatement, type EpochEnd } from '../prelude/handoff-statement.js';
import { stateDigest } from '../prelude/state-digest.js';
import type { KeyId, Signature } from '../schemes/contract/distributed-signer.js';
import type { Ed25519Verify } from '../schemes/ed25519/encoding.js';
import { type AlliancePublicKey, keyIdOf } from '../schemes/public-key.js';
import type { Alliance } from './alliance.js';
import { allianceIdOf, configurationDigestOf } from './alliance-codec.js';
import type { HistoryError } from './alliance-history-errors.js';
import { type Consent, organizationsWithoutConsent } from './founding-consent.js';
import { enactedStatement } from './alliance-statements.js';
import { findReusedKey } from './alliance-succession.js';
import type { Restart } from './recovery/restart.js';
import { decidedClaim, type EpochBeginning, judgeRestart } from './recovery/restart-judgement.js';

/** HANDOFF of an epoch to the next of the history, whose document it names. */
export interface RecordedHandoff extends Omit<EpochEnd, 'configuration'> {
  readonly signature: Signature;
}

/** One epoch. */
export interface HistoryEntry {
  readonly document: Alliance;
  /** FOUNDED by all organizations; in the first epoch, where the history has it. */
  readonly founded?: readonly Consent[];
  /** ENACTED; not yet there, perhaps, in the last epoch. */
  readonly enacted?: Signature;
  /** In every epoch but the last, unless it was restarted. */
  readonly handoff?: RecordedHandoff;
  /** In its place: the epoch could not end by itself. */
  readonly restart?: Restart;
}

/** Where whoever checks a history begins. */
export type TrustedOrigin =
  | { readonly _tag: 'alliance'; readonly allianceId: Digest }
  /** The alliance key of any epoch. */
  | { readonly _tag: 'key'; readonly keyId: KeyId };

/** A signature that has to be verified. */
interface HistoryClaim {
  readonly epoch: number;
  readonly statement: 'ENACTED' | 'HANDOFF' | 'DECIDED';
  readonly key: AlliancePublicKey;
  /** What it is over. */
  readonly bytes: Uint8Array;
  readonly signature: Signature;
}

export interface HistoryEpoch {
  readonly epoch: number;
  readonly document: Alliance;
  readonly configurationDigest: Digest;
  /** Of its alliance key. */
  readonly keyId: KeyId;
  readonly isEnacted: boolean;
}

export interface History {
  readonly allianceId: Digest;
  /** From the first; at least one. */
  readonly epochs: readonly HistoryEpoch[];
}

/** A history that holds if all of its claims do. */
export interface ExaminedHistory extends History {
  readonly claims: readonly HistoryClaim[];
}

/**
 * Checks all of a history but the signatures of alliance keys.
 *
 * @param entries - of consistent documents, from epoch 1 on.
 * @param verify - of recovery keys.
 */
export function examineHistory(
  entries: readonly HistoryEntry[],
  origin: TrustedOrigin,
  verify: Ed25519Verify,
): Either<HistoryError, ExaminedHistory> {
  const [first] = entries;
  if (first === undefined) return E.left({ _tag: 'NoEpochs' });
  const allianceId = allianceIdOf(first.document);
  const epochs = entries.map(({ document, enacted }) => ({
    epoch: document.epoch,
    document,
    configurationDigest: configurationDigestOf(document),
    keyId: keyIdOf(document.allianceKey),
    isEnacted: enacted !== undefined,
  }));
  const history = { allianceId, epochs };
  const error =
    findBreak(history) ??
    findGap(entries) ??
    findStrayConsent(entries) ??
    findDoubt(history, origin) ??
    findBadRestart(entries, verify);
  return error === undefined ? E.right({ ...history, claims: claimsOf(entries, history) }) : E.left(error);
}

/** Each document follows the one before. */
function findBreak({ allianceId, epochs }: History): HistoryError | undefined {
  for (const [index, { epoch, document }] of epochs.entries()) {
    const before = epochs[index - 1];
    if (epoch !== index + 1) return { _tag: 'WrongEpoch', expected: index + 1, found: epoch };
    if (!equalBytes(allianceIdOf(document), allianceId)) return { _tag: 'OtherAlliance', epoch };
    if (before === undefined) continue;
    if (document.previous === undefined || !equalBytes(document.previous, before.configurationDigest))
      return { _tag: 'BrokenChain', epoch };
    if (document.change <= before.document.change) return { _tag: 'ChangeNotLater', epoch };
    const earlier = epochs.slice(0, index).map((one) => one.document);
    if (findReusedKey(document, earlier) !== undefined) return { _tag: 'SlowKeyAgain', epoch };
  }
  return undefined;
}

/**
 * Every epoch but the last was enacted, and has ended after the one before it. One that was restarted may lack ENACTED, and may have
 * ended where it began.
 */
function findGap(entries: readonly HistoryEntry[]): HistoryError | undefined {
  let slot = 0;
  for (const [index, { enacted, handoff, restart }] of entries.entries()) {
    const epoch = index + 1;
    const isLast = epoch === entries.length;
    const end = handoff ?? restart;
    if (isLast) return end === undefined ? undefined : { _tag: 'NextMissing', epoch };
    if (handoff !== undefined && restart !== undefined) return { _tag: 'EndedTwice', epoch };
    if (enacted === undefined && restart === undefined) return { _tag: 'NotEnacted', epoch };
    if (end === undefined) return { _tag: 'NotHandedOver', epoch };
    if (handoff !== undefined && handoff.slot <= slot) return { _tag: 'SlotNotLater', epoch };
    slot = end.slot;
  }
  return undefined;
}

function findBadRestart(entries: readonly HistoryEntry[], verify: Ed25519Verify): HistoryError | undefined {
  for (const [index, { document, restart }] of entries.entries()) {
    const next = entries[index + 1]?.document;
    if (restart === undefined || next === undefined) continue;
    const judged = judgeRestart({ document, began: endOf(entries[index - 1]) }, { restart, document: next }, verify);
    if (E.isLeft(judged)) return { _tag: 'BadRestart', epoch: index + 1, error: judged.left };
  }
  return undefined;
}

/** Where the epoch of this entry ended, and the next began. */
function endOf(entry: HistoryEntry | undefined): EpochBeginning | undefined {
  if (entry?.restart === undefined) return entry?.handoff;
  const { slot, chain, manifest } = entry.restart;
  return { slot, chain, state: stateDigest(slot, manifest) };
}

/** Organizations found an alliance once. */
function findStrayConsent(entries: readonly HistoryEntry[]): HistoryError | undefined {
  const index = entries.findIndex(({ founded }, position) => position > 0 && founded !== undefined);
  return index === -1 ? undefined : { _tag: 'FoundedTwice', epoch: index + 1 };
}

/**
 * The origin vouches for a document: the id names the first, and a key the one that it has enacted. From there the digests of
 * predecessors lead back, and HANDOFFs forth. That a document lists the key says nothing.
 */
function findDoubt({ allianceId, epochs }: History, origin: TrustedOrigin): HistoryError | undefined {
  if (origin._tag === 'alliance')
    return equalBytes(origin.allianceId, allianceId) ? undefined : { _tag: 'NotThisAlliance', found: allianceId };
  const own = epochs.filter(({ keyId }) => equalBytes(keyId, origin.keyId));
  const [first] = own;
  if (first === undefined) return { _tag: 'KeyOfNoEpoch' };
  return own.some(({ isEnacted }) => isEnacted) ? undefined : { _tag: 'KeyVouchesForNothing', epoch: first.epoch };
}

/** Organizations that have not signed the founding document, of a history that says who has; none of any other. */
export function foundersMissing([first]: readonly HistoryEntry[], verify: Ed25519Verify): readonly string[] {
  if (first?.founded === undefined) return [];
  return organizationsWithoutConsent(first.document, allianceIdOf(first.document), first.founded, verify);
}

function claimsOf(entries: readonly HistoryEntry[], { allianceId, epochs }: History): readonly HistoryClaim[] {
  return epochs.flatMap(({ epoch, document, configurationDigest, keyId }, index): readonly HistoryClaim[] => {
    const { enacted, handoff, restart } = entries[index] ?? {};
    const next = epochs[index + 1];
    const context = { allianceId, keyId, epoch };
    const made: HistoryClaim[] = [];
    const key = document.allianceKey;
    if (enacted !== undefined) {
      const bytes = enactedStatement(context, configurationDigest);
      made.push({ epoch, statement: 'ENACTED', key, bytes, signature: enacted });
    }
    if (handoff !== undefined && next !== undefined) {
      const bytes = epochEndStatement(context, { ...handoff, configuration: next.configurationDigest });
      made.push({ epoch, statement: 'HANDOFF', key, bytes, signature: handoff.signature });
    }
    const claim = restart === undefined ? undefined : decidedClaim(document, restart);
    if (claim !== undefined) made.push({ epoch, statement: 'DECIDED', ...claim });
    return made;
  });
}
