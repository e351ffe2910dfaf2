/** What servers say of their clocks, their shares, and what they have erased. */
import { toHex } from '../../prelude/bytes.js';
import { shortHex } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { rejectedSenders, type SignatureShare } from '../../schemes/contract/distributed-signer.js';
import { makeVerifier } from '../../schemes/registry.js';
import type { ServerBody, Shared } from '../acts/act-body.js';
import type { Decided, Speaker } from './decision.js';
import { keysByRole } from '../proposals/key-roles.js';
import { type Governance, keyOf, type Signing } from './governance.js';
import { withReading } from './agreed-time.js';

type BodyOf<Tag extends ServerBody['_tag']> = Extract<ServerBody, { _tag: Tag }>;

export function reading({ document, time }: Governance, speaker: Speaker, { readMs }: BodyOf<'reading'>): Decided {
  if (!speaker.inDocument) return E.left({ _tag: 'NotJoining', server: speaker.id });
  const next = withReading(time, speaker.id, readMs, document.trust.system);
  return next === time
    ? E.left({ _tag: 'OldReading', server: speaker.id })
    : E.right([{ _tag: 'time-agreed', time: next, reader: speaker.id }]);
}

/** A share is judged when a qualified set might have signed, together with the others: what combines needs no look at each. */
export function share(
  governance: Governance,
  { id, inDocument }: Speaker,
  { of, share: bytes }: BodyOf<'share'>,
): Decided {
  const signing = signingOf(governance, of);
  const what = nameOf(of);
  if (signing === undefined) return E.left({ _tag: 'NothingToSign', of: what });
  if (signing.signature !== undefined) return E.left({ _tag: 'SignedBefore', of: what });
  if (!inDocument) return E.left({ _tag: 'NotAHolder', server: id });
  if (signing.barred.has(id)) return E.left({ _tag: 'ShareBarred', server: id });
  if (signing.shares.has(id)) return E.left({ _tag: 'ShareDuplicate', server: id });
  const { document } = governance;
  const key = keysByRole(document).get(signing.role);
  if (key === undefined) return E.left({ _tag: 'NothingToSign', of: what });
  const { universe } = document.trust.system.processes;
  const verifier = makeVerifier(key, universe);
  if (E.isLeft(verifier)) return E.left({ _tag: 'NothingToSign', of: what });
  const own = Uint8Array.from(bytes) as SignatureShare;
  const taken = { _tag: 'share-taken', of, server: id, share: own } as const;
  const shares = new Map(signing.shares).set(id, own);
  if (!verifier.right.canCombine(universe.of(shares.keys()))) return E.right([{ ...taken, barred: [] }]);
  const combined = verifier.right.combine(signing.message, shares);
  if (E.isRight(combined)) {
    const { signature, invalid } = combined.right;
    return E.right([{ ...taken, signature, barred: [...invalid] }]);
  }
  const rejected = [...rejectedSenders(combined)];
  // Where the scheme cannot tell whose share is bad, all of them may be sent again.
  return combined.left._tag === 'BadShares'
    ? E.right([{ ...taken, barred: [], dropped: rejected }])
    : E.right([{ ...taken, barred: rejected }]);
}

function signingOf({ enacted, signings }: Governance, of: Shared): Signing | undefined {
  return of._tag === 'enacted' ? enacted : signings.get(keyOf(of.proposal));
}

function nameOf(of: Shared): string {
  return of._tag === 'enacted' ? 'the document in force' : `the document of proposal ${shortHex(of.proposal)}`;
}

/** Under the identity that held the share, and under no other. */
export function erased(
  { sharings }: Governance,
  { id, identityKey }: Speaker,
  { sharing: named }: BodyOf<'erased'>,
): Decided {
  const sharing = sharings.find((each) => keyOf(each.id) === keyOf(named));
  if (sharing === undefined) return E.left({ _tag: 'UnknownSharing', sharing: named });
  const holder = toHex(identityKey);
  if (!sharing.holders.some((each) => each.id === id && each.key === holder))
    return E.left({ _tag: 'NotAHolder', server: id });
  if (sharing.erased.has(holder)) return E.left({ _tag: 'AlreadyErased', server: id });
  return E.right([{ _tag: 'erased', sharing: sharing.id, holder }]);
}
