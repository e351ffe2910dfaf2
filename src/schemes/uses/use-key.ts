/**
 * Which keys serve which use: those whose usage says so, and no others, whatever their owners ask for (spec/uses.md). Every use asks here before it loads a key.
 */
import { E, type Either } from '../../prelude/fp.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import type { AllianceKeyShare, AlliancePublicKey, KeyError, SchemeId } from '../registry.js';

/** Why a key, or a share of it, does not serve a use. */
export type UseKeyError =
  /** The key was dealt for something else. */
  | { readonly _tag: 'KeyOfAnotherUsage'; readonly usage: KeyUsage; readonly needed: KeyUsage }
  /** The use cannot be made of keys of this scheme. */
  | { readonly _tag: 'UnsuitableScheme'; readonly scheme: SchemeId; readonly suitable: readonly SchemeId[] }
  | KeyError;

type KeyOf<Scheme extends SchemeId> = Extract<AlliancePublicKey, { readonly _tag: Scheme }>;
type ShareOf<Scheme extends SchemeId> = Extract<AllianceKeyShare, { readonly _tag: Scheme }>;

/** The key, if it is for `needed` and of one of the `suitable` schemes. */
export function keyFor<Scheme extends SchemeId>(
  publicKey: AlliancePublicKey,
  needed: KeyUsage,
  suitable: readonly Scheme[],
): Either<UseKeyError, KeyOf<Scheme>> {
  const { _tag: scheme, usage } = publicKey;
  if (usage !== needed) return E.left({ _tag: 'KeyOfAnotherUsage', usage, needed });
  const isSuitable = (key: AlliancePublicKey): key is KeyOf<Scheme> => suitable.some((name) => name === key._tag);
  return isSuitable(publicKey) ? E.right(publicKey) : E.left({ _tag: 'UnsuitableScheme', scheme, suitable });
}

/** The share, if it is of the scheme of its key. */
export function shareFor<Scheme extends SchemeId>(
  share: AllianceKeyShare,
  scheme: Scheme,
): Either<UseKeyError, ShareOf<Scheme>> {
  const isOfScheme = (other: AllianceKeyShare): other is ShareOf<Scheme> => other._tag === scheme;
  return isOfScheme(share) ? E.right(share) : E.left({ _tag: 'ShareOfAnotherScheme', key: scheme, share: share._tag });
}
