/**
 * ACCEPTED and COMMIT as their sender alone can have made them (spec/consensus.md, "Evidence"). In multisignatures a share is
 * a signature. A share of a linear scheme shows nothing about its maker: from those of a qualified set anyone computes every
 * other's. With such a key the sender's identity signs for its share; that signature is ATTRIBUTED.
 */
import { concatBytes } from '../prelude/bytes.js';
import { type Digest, digest, digestLength } from '../prelude/digest.js';
import { E } from '../prelude/fp.js';
import { present } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import type { StatementContext } from '../prelude/statement.js';
import type { DistributedVerifier, SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Configuration } from './configuration.js';
import {
  acceptedStatement,
  attributedStatement,
  type Ballot,
  type BallotKind,
  commitStatement,
  type KindOfBallot,
} from './statement.js';

/** Bytes of what shows who has sent a ballot: a signature, or a digest and a signature. */
export const maxProofBytes = 96;

/** A ballot with what shows who has sent it: the share itself, or its digest and the signature over ATTRIBUTED. */
export interface SignedBallot extends KindOfBallot {
  readonly proof: Uint8Array;
}

/** A share of the slow key; with its maker's signature over ATTRIBUTED, where the share alone shows nothing about its maker. */
export interface AttributedShare {
  readonly share: SignatureShare;
  readonly attribution?: Uint8Array;
}

/** What anyone can know of an epoch's processes and their keys. */
export interface PublicKeys extends Pick<Configuration, 'allianceId' | 'epoch'> {
  readonly identities: Pick<Configuration['identities'], 'keyId' | 'verify'>;
  readonly keys: { readonly slow: DistributedVerifier };
}

/** Whether the holder of a key share alone can make shares of a signature with it. */
export function isShareSignature(slow: DistributedVerifier): boolean {
  return slow.schemeId === 'multisig';
}

function slowContext({ allianceId, epoch, keys }: PublicKeys): StatementContext {
  return { allianceId, epoch, keyId: keys.slow.keyId };
}

function identityContext({ allianceId, epoch, identities }: PublicKeys): StatementContext {
  return { allianceId, epoch, keyId: identities.keyId };
}

/** What a share of the slow key under a ballot of this kind signs. */
export function ballotStatement(keys: PublicKeys, { kind, ...ballot }: KindOfBallot): Uint8Array {
  return (kind === 'accepted' ? acceptedStatement : commitStatement)(slowContext(keys), ballot);
}

/** This process's share for a ballot, attributed if it must be. */
export function shareBallot(
  config: Configuration,
  kind: BallotKind,
  { view, slot, digest: value }: Ballot,
): AttributedShare {
  const ballot = { kind, view, slot, digest: value };
  const signed = config.keys.slow.signShare(ballotStatement(config, ballot));
  const share = present(E.isRight(signed) ? signed.right : undefined, 'the slow key signs statements');
  if (isShareSignature(config.keys.slow)) return { share };
  return {
    share,
    attribution: config.identities.sign(attributedStatement(identityContext(config), ballot, digest(share))),
  };
}

/** Whether an attribution is there exactly where it is needed; and the share, where it is a signature, no longer than one. */
export function isFullyShared({ keys }: PublicKeys, { share, attribution }: AttributedShare): boolean {
  if (!isShareSignature(keys.slow)) return attribution !== undefined;
  return attribution === undefined && share.length <= maxProofBytes;
}

/** A ballot as it can be shown to others; nothing is checked. */
export function signedBallot(kind: BallotKind, ballot: Ballot & AttributedShare): SignedBallot {
  const { view, slot, digest: value, share, attribution } = ballot;
  const proof = attribution === undefined ? share : concatBytes(digest(share), attribution);
  return { kind, view, slot, digest: value, proof };
}

/** Whether `process` has sent this ballot. */
export function isSentBy(keys: PublicKeys, process: ProcessId, { proof, ...ballot }: SignedBallot): boolean {
  const { slow } = keys.keys;
  if (isShareSignature(slow))
    return slow.verifyShare(ballotStatement(keys, ballot), process, proof as SignatureShare) === 'valid';
  const [shareDigest, signature] = [proof.slice(0, digestLength) as Digest, proof.subarray(digestLength)];
  return shareDigest.length === digestLength && isAttributed(keys, process, { ballot, shareDigest, signature });
}

interface Attribution {
  readonly ballot: KindOfBallot;
  readonly shareDigest: Digest;
  readonly signature: Uint8Array;
}

/** Whether `process` has signed for a share with this digest. */
export function isAttributed(
  keys: PublicKeys,
  process: ProcessId,
  { ballot, shareDigest, signature }: Attribution,
): boolean {
  const statement = attributedStatement(identityContext(keys), ballot, shareDigest);
  return keys.identities.verify(process, statement, signature);
}
