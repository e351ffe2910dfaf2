/** What an offline ceremony has done, for people and as JSON. */
import { join } from 'node:path';
import { toHex } from '../../../prelude/bytes.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { keyIdOf } from '../../../schemes/registry.js';
import type { Printable } from '../../session.js';
import { keyFileNames } from '../files/key-layout.js';
import { policyNotes, type ShareablePolicy } from '../dealing/shareable-policy.js';
import type { Moved } from './key-move.js';
import type { OfflineKind } from './offline-ceremony.js';

/** Of RSA keys the method matters: it says whether shares grow. */
function verbOf(kind: OfflineKind, { _tag }: Moved['after']): string {
  if (kind === 'refresh') return 'Refreshed';
  if (_tag === 'bls') return 'Reshared';
  return kind === 'reshare-plain' ? 'Reshared (plainly)' : 'Reshared (by masked quotients)';
}

/** @param shareable - the new policy, where it may be another. */
export function describeMove(
  directory: string,
  kind: OfflineKind,
  { before, after, isSealed, files }: Moved,
  shareable?: ShareablePolicy,
): Printable {
  const keyId = toHex(keyIdOf(after));
  const policy = printPolicy(after.policy);
  const members = policyMembers(after.policy);
  const lines = [
    `${verbOf(kind, after)} the key in ${directory}: epoch ${before.epoch} is over, epoch ${after.epoch} begins.`,
    `  policy   ${policy}`,
    ...(shareable === undefined ? [] : policyNotes(shareable)),
    `  key id   ${keyId}, as before`,
    `  shares   ${members.length} new ones in ${join(directory, keyFileNames.shares)}; the old ones are overwritten`,
    ...(isSealed ? ['  sealed   each is now under the passphrase'] : []),
    'Have every copy of an old share destroyed: enough of them still sign.',
  ];
  return {
    json: {
      directory,
      kind,
      keyId,
      epochBefore: before.epoch,
      epoch: after.epoch,
      policy,
      weights: shareable?.weights ?? [],
      warnings: shareable?.warnings ?? [],
      members,
      sealed: isSealed,
      files,
    },
    lines,
  };
}
