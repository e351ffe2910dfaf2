/** Small keys of each scheme, with the share of one member, for tests of files. */
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { policyMembers } from '../../../src/quorum/policy/policy.js';
import type { KeyShareFile } from '../../../src/schemes/key-file/key-file.js';
import { dealMultisig } from '../../../src/schemes/multisig/policy-key.js';
import { dealShoupRsa } from '../../../src/schemes/shoup-rsa/dealer.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { seededRandom } from '../../support/seeded-random.js';

const policy = right(parsePolicy('2 of (acme/1, acme/2, globex)'));
const member = 'acme/1' as ProcessId;

export function multisigShare(): KeyShareFile {
  const { publicKey, shares } = dealMultisig({ usage: 'document', epoch: 0, policy }, seededRandom(1));
  return { _tag: 'key-share', key: publicKey, share: present(shares.get(member), 'a share of every member') };
}

export function rsaShare(): KeyShareFile {
  const dealt = dealShoupRsa({
    material: { _tag: 'safe-primes', ...safePrimes1024 },
    policy,
    universe: new Universe(policyMembers(policy)),
    usage: 'document',
    epoch: 0,
    random: seededRandom(2),
  });
  const { publicKey, shares } = right(dealt);
  return { _tag: 'key-share', key: publicKey, share: present(shares.get(member), 'a share of every member') };
}
