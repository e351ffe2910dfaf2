/** `koinon key reshare`: the same key for other members, or along another policy. */
import { type Command, Option } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { Universe } from '../../../prelude/process.js';
import { lackOf } from '../../../quorum/policy/missing.js';
import { describeMissing } from '../../../quorum/policy/missing-description.js';
import { isQualified, type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import type { AlliancePublicKey } from '../../../schemes/registry.js';
import { describeOfflineError } from '../../key/move/ceremony-errors.js';
import type { DealtShares } from '../../key/dealing/key-dealing.js';
import {
  approximateWeightsOption,
  type ShareablePolicy,
  shareablePolicy,
  type WeightOptions,
} from '../../key/dealing/shareable-policy.js';
import { type Holding, moveKey } from '../../key/move/key-move.js';
import { describeMove } from '../../key/move/move-description.js';
import { holdOffline, type OfflineKind } from '../../key/move/offline-ceremony.js';
import { type PassphraseOptions, passphraseFileOption } from '../../key/files/passphrase.js';
import { jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded, unavailable } from '../../outcome.js';
import { policyOf } from '../../policy-argument.js';
import type { Session } from '../../session.js';

const help = `
Examples:
  koinon key reshare league --policy '3 of (acme, globex, initech, umbrella, stark)'
  koinon key reshare league --policy '2 of (acme, globex, initech)'     also gives whoever lost its share a new one

Key shares of enough members have to be in the directory's shares/. The public key stays. The new shares take the place
of all old ones, which are overwritten; the two never combine.

--method says how RSA shares are moved: "quotient" (the default where it is offered) keeps them as short as they were;
"plain" needs no more than enough members, but lengthens them each time.`;

interface KeyReshareOptions extends PassphraseOptions, WeightOptions {
  readonly policy: string;
  readonly method?: 'quotient' | 'plain';
  readonly json?: boolean;
}

export function registerKeyReshare(key: Command, session: Session): void {
  key
    .command('reshare')
    .description('give a key to other members, or along another policy; the public key stays')
    .argument('<directory>', 'of the key, with the shares of enough of its members')
    .requiredOption('--policy <text-or-file>', 'who may act together from now on')
    .addOption(new Option('--method <method>', 'how RSA shares are moved').choices(['quotient', 'plain']))
    .addOption(approximateWeightsOption())
    .addOption(passphraseFileOption())
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((directory: string, options: KeyReshareOptions) => reshare(directory, options, session)));
}

async function reshare(directory: string, options: KeyReshareOptions, session: Session): Promise<Outcome> {
  const policy = await policyOf(options.policy);
  if (E.isLeft(policy)) return policy;
  let kind: OfflineKind = 'reshare-plain';
  let notes: ShareablePolicy | undefined;
  const moved = await moveKey(directory, options, session, (holding) => {
    if (options.method !== undefined && holding.key._tag !== 'shoup-rsa') {
      return badInput(`--method: only for keys of scheme shoup-rsa, and this one is of ${holding.key._tag}`);
    }
    const shareable = shareablePolicy(policy.right, holding.key._tag, options);
    if (E.isLeft(shareable)) return shareable;
    kind = kindOf(holding.key, options);
    notes = shareable.right;
    return hold(holding, shareable.right.policy, kind);
  });
  if (E.isLeft(moved)) return moved;
  session.print(describeMove(directory, kind, moved.right, notes), options.json);
  return succeeded;
}

/** Masked quotients where they are offered and nothing else is asked for. */
function kindOf(key: AlliancePublicKey, { method }: KeyReshareOptions): OfflineKind {
  const isExact = key._tag === 'shoup-rsa' && key.provenSafePrimes && key.ranges._tag === 'integers';
  return (method ?? (isExact ? 'quotient' : 'plain')) === 'quotient' ? 'reshare-quotient' : 'reshare-plain';
}

function hold(
  { directory, key, shares }: Holding,
  nextPolicy: Policy,
  kind: OfflineKind,
): Either<Failure, DealtShares> {
  const present = new Universe(policyMembers(key.policy)).of(shares.keys());
  if (key._tag !== 'multisig' && !isQualified(key.policy, present)) {
    const missing = describeMissing(lackOf(key.policy, present, present.universe.none));
    return unavailable(`${directory}: too few key shares are at hand: still needed: ${missing}`);
  }
  const held = holdOffline(key, { kind, shares, nextPolicy });
  return E.isLeft(held) ? badInput(`${directory}: ${describeOfflineError(held.left)}`) : held;
}
