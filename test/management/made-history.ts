/** Four epochs of one alliance, under multisignatures, BLS, the same BLS key again, and RSA, with what servers sign of them. */
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { epochEndStatement } from '../../src/prelude/handoff-statement.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Alliance } from '../../src/management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../src/management/alliance-codec.js';
import type { HistoryEntry } from '../../src/management/alliance-history.js';
import { enactedStatement } from '../../src/management/alliance-statements.js';
import { vouchPolicy } from '../../src/quorum/trust/derived-policy.js';
import { dealBls } from '../../src/schemes/bls/dealer.js';
import { loadBackends } from '../../src/schemes/bls/load-backends.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import { dealMultisig } from '../../src/schemes/multisig/policy-key.js';
import { type AllianceKeyShare, type AlliancePublicKey, keyIdOf, makeSigner } from '../../src/schemes/registry.js';
import { dealShoupRsa } from '../../src/schemes/shoup-rsa/dealer.js';
import { right } from '../support/right.js';
import { safePrimes1024 } from '../support/rsa-keys.js';
import { seededRandom } from '../support/seeded-random.js';
import { fixedAlliance } from './fixed-alliance.js';

await loadBackends();

export interface DealtKey {
  readonly publicKey: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

const founding = fixedAlliance();
const { universe } = founding.trust.system.processes;
const policy = vouchPolicy(founding.trust);

export function multisigKey(epoch: number, seed: number): DealtKey {
  return dealMultisig({ usage: 'statement', epoch, policy }, seededRandom(seed));
}

export function blsKey(epoch: number, seed: number): DealtKey {
  return right(dealBls({ policy, universe, usage: 'statement', epoch, random: seededRandom(seed) }));
}

function rsaKey(epoch: number, seed: number): DealtKey {
  const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
  return right(dealShoupRsa({ material, policy, universe, usage: 'statement', epoch, random: seededRandom(seed) }));
}

/** What two of four servers sign together. */
function signedBy({ publicKey, shares }: DealtKey, statement: Uint8Array): Signature {
  const signers = universe.ids
    .slice(0, 2)
    .map((id) => right(makeSigner(publicKey, present(shares.get(id), 'a share'), universe)));
  const signed = new Map(signers.map((signer) => [signer.me, right(signer.signShare(statement))]));
  return right(present(signers[0], 'a signer').combine(statement, signed)).signature;
}

/** @param keys - one an epoch; `change` counts on by two; later documents have `more`. */
export function makeHistory(
  keys: readonly DealtKey[],
  first: Alliance = founding,
  more: Partial<Alliance> = {},
): readonly HistoryEntry[] {
  const documents: Alliance[] = [];
  for (const [index, { publicKey }] of keys.entries()) {
    const [founded] = documents;
    const before = documents[index - 1];
    documents.push({
      ...first,
      ...(founded === undefined || before === undefined
        ? {}
        : {
            allianceId: configurationDigestOf(founded),
            previous: configurationDigestOf(before),
            change: 2 * index,
            ...more,
          }),
      epoch: index + 1,
      allianceKey: publicKey,
    });
  }
  const allianceId = allianceIdOf(present(documents[0], 'a founding document'));
  return documents.map((document, index) => {
    const key = present(keys[index], 'a key');
    const context = { allianceId, keyId: keyIdOf(key.publicKey), epoch: index + 1 };
    const enacted = signedBy(key, enactedStatement(context, configurationDigestOf(document)));
    const next = documents[index + 1];
    if (next === undefined) return { document, enacted };
    const [chain, state] = [digest(utf8(`chain ${index}`)), digest(utf8(`state ${index}`))];
    const end = { slot: 512 * (index + 1), chain, state };
    const statement = epochEndStatement(context, { ...end, configuration: configurationDigestOf(next) });
    return { document, enacted, handoff: { ...end, signature: signedBy(key, statement) } };
  });
}

/** Of the epochs of {@link madeHistory}; the third is the second, shared anew. */
export const historyKeys: readonly DealtKey[] = [multisigKey(1, 1), blsKey(2, 2), sameBls(3), rsaKey(4, 4)];

function sameBls(epoch: number): DealtKey {
  const { publicKey, shares } = blsKey(epoch, 2);
  return { publicKey, shares };
}

export function madeHistory(): readonly HistoryEntry[] {
  return makeHistory(historyKeys);
}
