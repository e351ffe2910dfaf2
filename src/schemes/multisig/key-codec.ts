/** Multisignature keys and key shares as JSON. */
import * as t from 'io-ts';
import { hexBytes, integer, list, record, refined } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { processCodec } from '../../prelude/process-codec.js';
import { type Policy, policyMembers } from '../../quorum/policy/policy.js';
import { policyCodec } from '../../quorum/policy/policy-codec.js';
import {
  type Ed25519PublicKey,
  ed25519PublicKey,
  ed25519Seed,
  type Ed25519Seed,
  publicKeyLength,
  seedLength,
} from '../ed25519/encoding.js';
import { usageCodec } from '../contract/usage-codec.js';
import { MultisigKeyShare, type MultisigPublicKey } from './key.js';
import { multisigSchemeId, orderedHolders } from './multisig-verifier.js';

const maxHolders = 10_000;

const ed25519PublicKeyCodec: t.Type<Ed25519PublicKey, unknown> = refined(
  hexBytes(publicKeyLength),
  'an Ed25519 public key: canonical, not of small order',
  ed25519PublicKey,
);

const seedCodec: t.Type<Ed25519Seed, unknown> = refined(hexBytes(seedLength), 'a seed of 32 bytes', ed25519Seed);

interface Holder {
  readonly process: ProcessId;
  readonly key: Ed25519PublicKey;
}

const holderCodec: t.Type<Holder, unknown> = record('a holder {process, key}', {
  process: processCodec,
  key: ed25519PublicKeyCodec,
});

const publicKeyJson = record('a multisignature key', {
  _tag: t.literal(multisigSchemeId),
  usage: usageCodec(['statement', 'document']),
  epoch: integer(0),
  policy: policyCodec,
  holders: list(holderCodec, maxHolders, 1),
});

/** Holders stand in ascending order of their ids (code units), so that a key has one form. */
export const multisigPublicKeyCodec: t.Type<MultisigPublicKey, unknown> = new t.Type(
  'a multisignature key',
  (value): value is MultisigPublicKey => isTagged(value) && 'publicKeys' in value,
  (value, context) => {
    const form = publicKeyJson.validate(value, context);
    if (E.isLeft(form)) return form;
    const { holders, ...terms } = form.right;
    const expected = holdersExpected(holders, terms.policy);
    if (expected !== undefined)
      return t.failure(value, [...context, { key: 'holders', type: publicKeyJson }], expected);
    return t.success({ ...terms, publicKeys: new Map(holders.map(({ process, key }) => [process, key])) });
  },
  ({ publicKeys, ...terms }) => {
    const holders = orderedHolders(publicKeys).map(([process, key]) => ({ process, key }));
    return publicKeyJson.encode({ ...terms, holders });
  },
);

const keyShareJson = record('a multisignature key share', {
  _tag: t.literal(multisigSchemeId),
  process: processCodec,
  seed: seedCodec,
});

/** Writes the seed out: only for a file that its owner alone can read. */
export const multisigKeyShareCodec: t.Type<MultisigKeyShare, unknown> = new t.Type(
  'a multisignature key share',
  (value): value is MultisigKeyShare => value instanceof MultisigKeyShare,
  (value, context) => {
    const form = keyShareJson.validate(value, context);
    return E.isLeft(form) ? form : t.success(new MultisigKeyShare(form.right.process, form.right.seed));
  },
  ({ _tag, process, seed }) => keyShareJson.encode({ _tag, process, seed }),
);

function isTagged(value: unknown): value is { readonly _tag: 'multisig' } {
  return typeof value === 'object' && value !== null && '_tag' in value && value._tag === multisigSchemeId;
}

/** What the holders should have been; `undefined` where they are that. */
function holdersExpected(holders: readonly Holder[], policy: Policy): string | undefined {
  const processes = holders.map(({ process }) => process);
  const isAscending = processes.every(
    (id, index) => index === 0 || present(processes[index - 1], 'a predecessor') < id,
  );
  if (!isAscending) return 'holders in ascending order of process, each once';
  const holding = new Set(processes);
  const keyless = policyMembers(policy).find((id) => !holding.has(id));
  return keyless === undefined ? undefined : `a key for every member of the policy (none for ${keyless})`;
}
