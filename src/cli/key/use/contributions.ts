/** Shares of a result as people bring them: which belong to this key and input, and what is wrong with the others. */
import { equalBytes, toHex } from '../../../prelude/bytes.js';
import type { Digest } from '../../../prelude/digest.js';
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import type { ContributionFile } from '../../../schemes/key-file/key-file.js';
import { sharingNameOf } from '../../../schemes/key-file/sharing-name.js';
import { type AlliancePublicKey, keyIdOf } from '../../../schemes/public-key.js';
import type { Failure } from '../../outcome.js';
import { readContribution } from '../files/key-files.js';

/** One file that somebody sent. */
export interface Brought {
  readonly path: string;
  readonly file: ContributionFile;
}

/** A file that is of no use here, and why. */
export interface LeftOut {
  readonly path: string;
  /** Absent where the file does not tell. */
  readonly process?: ProcessId;
  readonly reason: string;
}

interface Sorted {
  /** Those that may be used, by their sender; several where files in one name differ. */
  readonly usable: ReadonlyMap<ProcessId, readonly Brought[]>;
  readonly leftOut: readonly LeftOut[];
}

interface Readable {
  readonly brought: readonly Brought[];
  readonly unreadable: readonly LeftOut[];
}

/** A failure where none of the files can be read: the first one's. */
export async function readContributions(paths: readonly string[]): Promise<Either<Failure, Readable>> {
  const brought: Brought[] = [];
  const unreadable: LeftOut[] = [];
  const failures: Either<Failure, never>[] = [];
  for (const path of paths) {
    const file = await readContribution(path);
    if (E.isRight(file)) {
      brought.push({ path, file: file.right });
      continue;
    }
    failures.push(file);
    unreadable.push({ path, reason: file.left.message.replace(`${path}: `, '') });
  }
  return brought.length === 0 && failures[0] !== undefined ? failures[0] : E.right({ brought, unreadable });
}

/** Sorts out what says of itself that it is for another key, epoch, member or input. */
export function sortContributions(brought: readonly Brought[], key: AlliancePublicKey, input: Digest): Sorted {
  const usable = new Map<ProcessId, Brought[]>();
  const leftOut: LeftOut[] = [];
  const seen = new Set<string>();
  const misfitOf = misfitsFor(key, input);
  for (const { path, file } of brought) {
    const { process } = file;
    const reason = misfitOf(file);
    const name = `${process} ${toHex(file.contribution)}`;
    if (reason !== undefined) leftOut.push({ path, process, reason });
    else if (!seen.has(name)) usable.set(process, [...(usable.get(process) ?? []), { path, file }]);
    seen.add(name);
  }
  return { usable, leftOut };
}

/** What the key is named by takes long to compute, and is the same for all files. */
function misfitsFor(key: AlliancePublicKey, input: Digest): (file: ContributionFile) => string | undefined {
  const [ownId, ownSharing] = [keyIdOf(key), sharingNameOf(key)];
  const members = new Set(policyMembers(key.policy));
  return ({ scheme, keyId, epoch, sharing, process, usage, input: answered }) => {
    if (scheme !== key._tag || usage !== key.usage || !equalBytes(keyId, ownId)) return 'made with another key';
    if (epoch !== key.epoch) {
      return `made in epoch ${epoch}, but the key is in epoch ${key.epoch}: old and new shares never combine`;
    }
    if (!equalBytes(sharing, ownSharing)) {
      return 'made in another sharing of the same key (dealt twice, or refreshed in two places): the two never combine';
    }
    if (!members.has(process)) return `${process} is no member of the policy`;
    return equalBytes(answered, input) ? undefined : 'made for another input';
  };
}
