/** What members and combiners do with a key for each kind of request, behind one interface. */
import { toHex, utf8 } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { assertNever } from '../../../prelude/invariant.js';
import { type ProcessId, Universe } from '../../../prelude/process.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import type { ShareVerdict, SignatureShare, SignRefused } from '../../../schemes/contract/distributed-signer.js';
import type { KeyShareFile } from '../../../schemes/key-file/key-file.js';
import { type AlliancePublicKey, makeSigner, makeVerifier } from '../../../schemes/registry.js';
import { beaconMember, randomBeacon } from '../../../schemes/uses/beacon.js';
import { coinMember, commonCoin } from '../../../schemes/uses/common-coin.js';
import { beaconCodec } from '../../../schemes/uses/drand-chain-codec.js';
import { interopDecrypter, interopDecryptionMember } from '../../../schemes/uses/interop-decrypter.js';
import { timeLock, timeLockMember } from '../../../schemes/uses/time-lock-member.js';
import type { Use, UseError, UseHolder, UseResult } from '../../../schemes/uses/use.js';
import { describeKeyError, type LoadError } from '../key-errors.js';
import type { KeyRequest } from './key-request.js';

/** What a combiner hands out: a file's content. */
export interface Delivery {
  readonly content: Uint8Array | string;
  /** `a signature of 256 bytes`. */
  readonly what: string;
  readonly isSecret: boolean;
  /** The random value that came out, in hexadecimal. */
  readonly value?: string;
}

/** Combining for one key and request. */
export interface Combiner {
  judge(from: ProcessId, contribution: SignatureShare): ShareVerdict;
  combine(contributions: ReadonlyMap<ProcessId, SignatureShare>): Either<UseError, UseResult<Delivery>>;
}

export function combinerOf(key: AlliancePublicKey, request: KeyRequest): Either<string, Combiner> {
  const universe = new Universe(policyMembers(key.policy));
  switch (request._tag) {
    case 'document':
      return documentCombiner(key, universe, request.message);
    case 'ciphertext':
      return useCombiner(interopDecrypter(key, universe), request.ciphertext, plaintext);
    case 'round':
      return useCombiner(randomBeacon(key, request.scheme, universe), request.round, (beacon) => {
        const json = beaconCodec.encode(beacon) as { readonly randomness: string };
        return { ...open(`${JSON.stringify(json)}\n`, `round ${beacon.round} of the beacon`), value: json.randomness };
      });
    case 'coin':
      return useCombiner(commonCoin(key, universe), utf8(request.name), ({ signature, value }) => ({
        ...open(signature, `the coin ${request.name}`),
        value: toHex(value),
      }));
    case 'time-lock':
      return useCombiner(timeLock(key, universe), request.target, (signature) =>
        open(signature, `what opens the time-lock, ${signature.length} bytes,`),
      );
    default:
      return assertNever(request);
  }
}

function documentCombiner(key: AlliancePublicKey, universe: Universe, message: Uint8Array): Either<string, Combiner> {
  const verifier = makeVerifier(key, universe);
  if (E.isLeft(verifier)) return E.left(describeKeyError(verifier.left));
  return E.right({
    judge: (from, share) => verifier.right.verifyShare(message, from, share),
    combine: (shares) =>
      E.map(
        ({
          signature,
          invalid,
        }: {
          readonly signature: Uint8Array;
          readonly invalid: UseResult<unknown>['invalid'];
        }) => {
          return { output: open(signature, `a signature of ${signature.length} bytes`), invalid };
        },
      )(verifier.right.combine(message, shares)),
  });
}

function useCombiner<Request, Output>(
  use: Either<LoadError, Use<Request, Output>>,
  request: Request,
  deliver: (output: Output) => Delivery,
): Either<string, Combiner> {
  if (E.isLeft(use)) return E.left(describeKeyError(use.left));
  return E.right({
    judge: (from, partial) => use.right.verifyPartial(request, from, partial),
    combine: (partials) =>
      E.map(({ output, invalid }: UseResult<Output>) => ({ output: deliver(output), invalid }))(
        use.right.combine(request, partials),
      ),
  });
}

function open(content: Uint8Array | string, what: string): Delivery {
  return { content, what, isSecret: false };
}

function plaintext(content: Uint8Array): Delivery {
  return { content, what: `the plaintext, ${content.length} bytes,`, isSecret: true };
}

/** Why a member contributes nothing. */
export type ContributionRefused =
  /** The share does not fit its key, or the key not the request. */
  | { readonly _tag: 'BadKey'; readonly reason: string }
  | SignRefused
  /** No such round, label or name, or no ciphertext of this key. */
  | { readonly _tag: 'BadRequest' };

/** A member's part of the answer. */
export function contributionTo(
  request: KeyRequest,
  { key, share }: KeyShareFile,
): Either<ContributionRefused, SignatureShare> {
  const universe = new Universe(policyMembers(key.policy));
  switch (request._tag) {
    case 'document': {
      const signer = makeSigner(key, share, universe);
      return E.isLeft(signer) ? badKey(signer.left) : signer.right.signShare(request.message);
    }
    case 'ciphertext':
      return partialOf(interopDecryptionMember(key, share, universe), request.ciphertext);
    case 'round':
      return partialOf(beaconMember(key, share, request.scheme, universe), request.round);
    case 'coin':
      return partialOf(coinMember(key, share, universe), utf8(request.name));
    case 'time-lock':
      return partialOf(timeLockMember(key, share, universe), request.target);
    default:
      return assertNever(request);
  }
}

function partialOf<Request, Output>(
  member: Either<LoadError, UseHolder<Request, Output>>,
  request: Request,
): Either<ContributionRefused, SignatureShare> {
  return E.isLeft(member) ? badKey(member.left) : member.right.partial(request);
}

function badKey(error: LoadError): Either<ContributionRefused, never> {
  return E.left({ _tag: 'BadKey', reason: describeKeyError(error) });
}
