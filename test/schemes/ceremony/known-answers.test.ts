/**
 * Our own known answers (spec/vectors/ceremonies.json): whole logs, which a second implementation has to read as we do. What
 * participants draw is their own affair, so nothing is said of how messages come about.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { blsPublicKeyCodec } from '../../../src/schemes/bls/key-codec.js';
import { CeremonyBoard } from '../../../src/schemes/ceremony/board.js';
import { blsGeneration } from '../../../src/schemes/ceremony/moves/bls-ceremony.js';
import { openDeal } from '../../../src/schemes/ceremony/rounds/complaint.js';
import type { CeremonySetting } from '../../../src/schemes/ceremony/setting.js';
import { shoupRsaPublicKeyCodec } from '../../../src/schemes/shoup-rsa/key-codec.js';
import { begun, ceremonyRules } from '../../support/ceremony.js';
import { right } from '../../support/right.js';
import { policy, trust } from '../../support/trust.js';
import { blsSetting, id, type Move, rsaSetting } from './keys.js';

interface Answer {
  readonly name: string;
  readonly scheme: 'shoup-rsa' | 'bls';
  readonly kind: Move['kind'];
  readonly trust: string;
  readonly next: string;
  readonly nextTrust: string;
  readonly context: string;
  /** The public keys before and after; of a generation there is none before, of an attempt that failed none after. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly ceremonyId: string;
  readonly log: readonly { readonly from: string; readonly bytes: string }[];
  /** Boxes of deals, with the private key that opens each and what is in it: by dealing and row of the receiver, in decimal. */
  readonly openings: readonly Opening[];
  readonly named: readonly { readonly process: string; readonly fault: string }[];
  /** Of the key afterwards. */
  readonly dealingDigest?: string;
}

interface Opening {
  readonly dealer: string;
  readonly receiver: string;
  readonly secret: string;
  readonly subShares: readonly (readonly string[])[];
}

const file = new URL('../../../spec/vectors/ceremonies.json', import.meta.url);
const { answers } = JSON.parse(readFileSync(file, 'utf8')) as { readonly answers: readonly Answer[] };
const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');

describe.each(answers)('the log of $name', (answer) => {
  it('names its ceremony, who is proven wrong, and the key', () => {
    const context = bytes(answer.context);
    const move = { ...answer, context };
    if (answer.before === undefined) {
      const terms = { suite: 'min-pk-pop', usage: 'document', epoch: 1, attempt: 1, culprits: [], absent: [] } as const;
      const rules = ceremonyRules(trust(answer.trust), policy(answer.next));
      replay(
        answer,
        begun(blsGeneration({ ...terms, policy: policy(answer.next), context }, rules)),
        blsPublicKeyCodec,
      );
    } else if (answer.scheme === 'bls') {
      replay(answer, blsSetting(right(decode(blsPublicKeyCodec, answer.before)), move), blsPublicKeyCodec);
    } else {
      const key = right(decode(shoupRsaPublicKeyCodec, answer.before));
      replay(answer, rsaSetting(key, move), shoupRsaPublicKeyCodec);
    }
  });
});

function replay<G, Key>(
  answer: Answer,
  setting: CeremonySetting<G, Key>,
  codec: { readonly encode: (key: Key) => unknown },
): void {
  expect(toHex(setting.id)).toBe(answer.ceremonyId);
  const board = new CeremonyBoard(setting);
  for (const { from, bytes: hex } of answer.log) board.receive(id(from), bytes(hex));
  expect(board.culprits.map(({ process, fault }) => ({ process, fault: fault._tag }))).toEqual(answer.named);
  const { state, transcript } = board;
  const key = state._tag === 'committed' ? state.settlement.key : undefined;
  expect(key && codec.encode(key.publicKey)).toEqual(answer.after);
  expect(key && toHex(key.digest)).toBe(answer.dealingDigest);
  for (const { dealer, receiver, secret, subShares } of answer.openings) {
    const rules = present(transcript.rules, 'deals were taken');
    const deal = present(transcript.deals.get(id(dealer)), 'a deal');
    const opened = openDeal(setting, rules, deal, { from: id(dealer), to: id(receiver), secret: bytes(secret) });
    expect(E.isRight(opened) && opened.right.map((row) => [...row.values()].map(String))).toEqual(subShares);
  }
}
