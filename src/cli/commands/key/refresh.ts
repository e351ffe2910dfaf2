/** `koinon key refresh`: new shares of the same key for the same members, so that stolen old ones are worth nothing. */
import type { Command } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { policyMembers } from '../../../quorum/policy/policy.js';
import { listNames } from '../../../quorum/tree/name-list.js';
import { describeOfflineError } from '../../key/move/ceremony-errors.js';
import type { DealtShares } from '../../key/dealing/key-dealing.js';
import { type Holding, moveKey } from '../../key/move/key-move.js';
import { describeMove } from '../../key/move/move-description.js';
import { holdOffline } from '../../key/move/offline-ceremony.js';
import { type PassphraseOptions, passphraseFileOption } from '../../key/files/passphrase.js';
import { jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

const help = `
Example:
  koinon key refresh league

All key shares have to be in the directory's shares/. The public key stays. New shares take the place of the old ones,
which are overwritten; the two never combine. Whoever kept enough copies of old shares can still sign with those: have
every member destroy its own. An interrupted refresh is finished, or taken back, by the next command.

An RSA key whose primes are not known to be safe (deal --from … --unsafe-primes) cannot be refreshed: nobody could be proven
wrong. koinon key reshare --method plain along the same policy gives it new shares, somewhat longer each time.`;

interface KeyRefreshOptions extends PassphraseOptions {
  readonly json?: boolean;
}

export function registerKeyRefresh(key: Command, session: Session): void {
  key
    .command('refresh')
    .description('give the members of a key new shares of it; the public key stays')
    .argument('<directory>', 'of the key, with all of its shares')
    .addOption(passphraseFileOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((directory: string, options: KeyRefreshOptions) => refresh(directory, options, session)));
}

async function refresh(directory: string, options: KeyRefreshOptions, session: Session): Promise<Outcome> {
  const moved = await moveKey(directory, options, session, hold);
  if (E.isLeft(moved)) return moved;
  session.print(describeMove(directory, 'refresh', moved.right), options.json);
  return succeeded;
}

function hold({ directory, key, shares }: Holding): Either<Failure, DealtShares> {
  const missing = policyMembers(key.policy).filter((member) => !shares.has(member));
  if (key._tag !== 'multisig' && missing.length > 0) {
    const mend = 'koinon key reshare along the same policy gives them new ones, if those at hand suffice';
    return badInput(
      `${directory}: the key shares of ${listNames(missing)} are missing: bring them; if they are lost, ${mend}`,
    );
  }
  const held = holdOffline(key, { kind: 'refresh', shares, nextPolicy: key.policy });
  return E.isLeft(held) ? badInput(`${directory}: ${describeOfflineError(held.left)}`) : held;
}
