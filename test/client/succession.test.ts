/** From epoch to epoch by HANDOFF alone, whoever tells of it; and under which key what slot is certified. */
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/prelude/codec.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { KeyLine } from '../../src/client/key-line.js';
import { followSuccession, type Succession } from '../../src/client/succession.js';
import type { Alliance } from '../../src/management/alliance.js';
import { allianceIdOf, encodeAlliance } from '../../src/management/alliance-codec.js';
import type { HistoryEntry } from '../../src/management/alliance-history.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import { madeHistory } from '../management/made-history.js';
import { right } from '../support/right.js';

const entries = madeHistory();
const entry = (epoch: number): HistoryEntry => present(entries[epoch - 1], 'an epoch');
const document = (epoch: number): Alliance => entry(epoch).document;

/** What an honest server says of the end of an epoch. */
function told(epoch: number, next = document(epoch + 1)): Succession {
  const handoff = present(entry(epoch).handoff, 'a HANDOFF');
  return { epoch, ...handoff, document: canonicalJson(encodeAlliance(next)) };
}

async function refusal(now: Alliance, said: Succession): Promise<string> {
  const followed = await followSuccession(now, said);
  return E.isLeft(followed) ? followed.left : 'believed';
}

describe('a succession', () => {
  it('leads from each epoch to the next, whatever its key', async () => {
    for (const epoch of [1, 2, 3]) {
      const next = right(await followSuccession(document(epoch), told(epoch)));
      expect(next).toEqual(document(epoch + 1));
    }
  });

  it('of another epoch, or of a document that is none, leads nowhere', async () => {
    expect(await refusal(document(2), told(1))).toBe('it tells of the end of epoch 1 where epoch 2 is known');
    expect(await refusal(document(1), { ...told(1), document: '{}' })).toMatch(/^the next document is none: /u);
    expect(await refusal(document(1), told(1, document(3)))).toBe('the document does not follow the one that is known');
    expect(await refusal({ ...document(1), epoch: 2 }, { ...told(2) })).toBe(
      'the document does not follow the one that is known',
    );
  });

  it('is believed for the known key alone, and for exactly what it signed', async () => {
    const said = told(1);
    const signature = Uint8Array.from(said.signature) as Signature;
    signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
    const next = document(2);
    const other = { ...next, parameters: { ...next.parameters, baseTimeoutMs: next.parameters.baseTimeoutMs + 1 } };
    const changed: readonly Succession[] = [
      { ...said, signature },
      { ...said, slot: said.slot + 1 },
      { ...said, chain: said.state },
      { ...said, state: said.chain },
      told(1, other),
      { ...said, signature: present(entry(2).handoff, 'a HANDOFF').signature },
    ];
    for (const each of changed)
      expect(await refusal(document(1), each)).toBe('its HANDOFF is not signed by the alliance key that is known');
  });
});

describe('the keys of a log', () => {
  const anchors = [1, 2, 4].map((epoch) => ({
    allianceId: allianceIdOf(document(1)),
    allianceKey: document(epoch).allianceKey,
  }));
  const [first, second, third] = anchors as [(typeof anchors)[0], (typeof anchors)[0], (typeof anchors)[0]];

  it('hold each for the slots of its epochs, and for none that came later', () => {
    const line = new KeyLine(first);
    line.follow(100, second);
    line.follow(200, third);
    expect([1, 100, 101, 200, 201, 9999].map((slot) => anchors.indexOf(line.of(slot).anchor as never))).toEqual([
      0, 0, 1, 1, 2, 2,
    ]);
  });

  it('stay where the key stays, and where an epoch is told twice', () => {
    const line = new KeyLine(first);
    line.follow(100, first);
    line.follow(200, second);
    line.follow(100, third);
    expect([150, 201].map((slot) => anchors.indexOf(line.of(slot).anchor as never))).toEqual([0, 1]);
  });
});
