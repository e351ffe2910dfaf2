/** Moving the key of a directory to its next epoch: shares read, ceremony held, files replaced together. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../../../schemes/registry.js';
import { describeSuccessionError, Succession } from '../../../server/directory/directory-succession.js';
import { badInput, type Failure } from '../../outcome.js';
import type { Session } from '../../session.js';
import { endingBetweenTurns } from '../../signals.js';
import { readHeldShares } from '../files/held-shares.js';
import type { DealtShares } from '../dealing/key-dealing.js';
import { keyEntries } from '../files/key-directory.js';
import { isDirectory, readPublicKey } from '../files/key-files.js';
import { keyFileNames } from '../files/key-layout.js';
import { Passphrase, type PassphraseOptions } from '../files/passphrase.js';

/** What is at hand when a ceremony is to be held. */
export interface Holding {
  readonly directory: string;
  readonly key: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

/** A key before and after. */
export interface Moved {
  readonly before: AlliancePublicKey;
  readonly after: AlliancePublicKey;
  /** The new shares are under a passphrase, wherever the old ones were. */
  readonly isSealed: boolean;
  /** What was written. */
  readonly files: readonly string[];
}

/**
 * Holds `ceremony` and puts its shares in the place of the old ones, which are overwritten. Whatever ends it in between, the
 * directory has the shares of one epoch, all of them, or has them again when the next ceremony begins.
 */
export async function moveKey(
  directory: string,
  options: PassphraseOptions,
  session: Session,
  ceremony: (holding: Holding) => Either<Failure, DealtShares>,
): Promise<Either<Failure, Moved>> {
  if (directory === '-') return badInput('-: name the directory of the key: its shares are replaced there');
  // Before anything is written there: it must be a key's directory.
  if (!(await isDirectory(directory))) return badInput(`${directory}: no directory; name that of the key`);
  const found = await readPublicKey(directory);
  if (E.isLeft(found)) return found;
  const succession = Succession.begin(directory);
  if (E.isLeft(succession)) return badInput(describeSuccessionError(succession.left));
  const passphrase = new Passphrase(options, session.io);
  try {
    return await endingBetweenTurns(() => moveWith(directory, passphrase, succession.right, ceremony));
  } finally {
    await passphrase.erase();
    succession.right.end();
  }
}

async function moveWith(
  directory: string,
  passphrase: Passphrase,
  succession: Succession,
  ceremony: (holding: Holding) => Either<Failure, DealtShares>,
): Promise<Either<Failure, Moved>> {
  const key = await readPublicKey(directory);
  if (E.isLeft(key)) return key;
  const shares = await readHeldShares(directory, key.right, passphrase);
  if (E.isLeft(shares)) return shares;
  const moved = ceremony({ directory, key: key.right, shares: shares.right });
  for (const share of shares.right.values()) share.erase();
  if (E.isLeft(moved)) return moved;
  const master = await passphrase.toSeal(randomBytes);
  if (E.isLeft(master)) return master;
  // The PEM says what does not change.
  const entries = keyEntries(moved.right.key, moved.right.shares, master.right).filter(
    ({ path }) => path !== keyFileNames.pem,
  );
  for (const share of moved.right.shares.values()) share.erase();
  const replaced = succession.replace(entries);
  if (E.isLeft(replaced)) return badInput(describeSuccessionError(replaced.left));
  const files = entries.map(({ path }) => join(directory, path));
  return E.right({ before: key.right, after: moved.right.key, isSealed: master.right !== undefined, files });
}
