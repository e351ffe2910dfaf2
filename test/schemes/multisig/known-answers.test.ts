/** Our own known answers (spec/vectors/multisig.json): key ids and certificates, as another implementation would need them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { policyMembers } from '../../../src/quorum/policy/policy.js';
import type { Signature } from '../../../src/schemes/contract/distributed-signer.js';
import { multisigKeyShareCodec, multisigPublicKeyCodec } from '../../../src/schemes/multisig/key-codec.js';
import { makeMultisigSigner, makeMultisigVerifier } from '../../../src/schemes/multisig/policy-key.js';
import { right } from '../../support/right.js';

interface Answer {
  readonly name: string;
  readonly publicKey: unknown;
  readonly keyShares: readonly unknown[];
  readonly keyId: string;
  readonly message: string;
  readonly signers: readonly string[];
  readonly signature: string;
}

const file = new URL('../../../spec/vectors/multisig.json', import.meta.url);
const { answers } = JSON.parse(readFileSync(file, 'utf8')) as { readonly answers: readonly Answer[] };
const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');

describe.each(answers)('known answers, $name', (answer) => {
  const publicKey = right(decode(multisigPublicKeyCodec, answer.publicKey));
  const universe = new Universe(policyMembers(publicKey.policy));
  const verifier = right(makeMultisigVerifier(publicKey, universe));
  const message = bytes(answer.message);

  it('the id of the key', () => {
    expect(toHex(verifier.keyId)).toBe(answer.keyId);
    expect(multisigPublicKeyCodec.encode(publicKey)).toEqual(answer.publicKey);
  });

  it('the certificate of those who sign', () => {
    const shares = answer.keyShares.map((json) => {
      const signer = right(makeMultisigSigner(publicKey, right(decode(multisigKeyShareCodec, json)), universe));
      return [signer.me, right(signer.signShare(message))] as const;
    });
    const used = shares.filter(([process]) => answer.signers.includes(process));
    const { signature } = right(verifier.combine(message, new Map<ProcessId, (typeof used)[number][1]>(used)));
    expect(toHex(signature)).toBe(answer.signature);
    expect(verifier.verify(message, bytes(answer.signature) as Signature)).toBe(true);
  });
});
