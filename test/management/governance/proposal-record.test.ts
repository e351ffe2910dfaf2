/** What is recorded of proposals that have ended holds together, and nothing can be left out of it or changed. */
import { describe, expect, it } from 'vitest';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import { encodeRecord, firstHead, readRecords } from '../../../src/management/governance/proposal-record.js';
import { configurationDigestOf } from '../../../src/management/alliance-codec.js';
import { ed25519Verify } from '../../../src/schemes/ed25519/ed25519.js';
import { right } from '../../support/right.js';
import { hourMs, refresh, World } from './world.js';

/** One is enacted, one rejected, one withdrawn and one expired. */
function eventful(): World {
  const world = World.running().restoring();
  world.propose('a', [refresh]);
  world.vote(1, ['a', 'b', 'c']);
  world.goThrough();
  world.propose('b', [refresh]);
  world.vote(2, ['a', 'c'], false);
  world.propose('c', [refresh]);
  world.say('c', { _tag: 'withdraw', proposal: present(world.proposal(3), 'a proposal').id });
  world.propose('d', [refresh]);
  for (let hours = 0; hours < 200; hours++) world.read(hourMs);
  return world;
}

const world = eventful();
const documents = [world.founding, world.document] as const;
const read = (files: readonly Uint8Array[]) => readRecords(files, documents, ed25519Verify);

describe('records of proposals', () => {
  it('are of all that have ended, in that order, and end with the head that governance has', () => {
    const { records, head } = right(read(world.records));
    expect(head).toEqual(world.governance.history);
    expect(records.map(({ author, ending }) => `${author} ${ending}`)).toEqual(
      world.governance.closed.map(({ author, ending }) => `${author} ${ending}`),
    );
    expect(records.map(({ ending }) => ending)).toEqual(['enacted', 'rejected', 'withdrawn', 'expired']);
    const [first] = records;
    expect(first?.ballots.map(({ organization, said }) => [organization, said.accepts])).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
    ]);
    expect(read([...world.records].reverse())).toEqual(E.right({ records, head }));
  });

  it('say so where one is missing, whichever it is; but for the last, which only the head shows', () => {
    for (const [place] of world.records.slice(0, -1).entries())
      expect(read(world.records.filter((_, other) => other !== place))).toMatchObject(
        E.left({ _tag: 'RecordsMissing' }),
      );
    const shorter = right(read(world.records.slice(0, -1)));
    expect(shorter.head).not.toEqual(world.governance.history);
  });

  it('are believed with no bit changed', () => {
    for (const [place, record] of world.records.entries())
      for (let at = 0; at < record.length; at += 13) {
        const changed = Uint8Array.from(record);
        changed[at] = (changed[at] ?? 0) ^ 4;
        const all = read(world.records.map((each, other) => (other === place ? changed : each)));
        expect(E.isRight(all) && E.isRight(read(world.records)) && all.right.head).not.toEqual(
          world.governance.history,
        );
      }
  });

  it('name whose signature is under no document of the history', () => {
    const stranger = { act: world.organizationAct('a', { _tag: 'withdraw', number: 9, proposal: digest(utf8('x')) }) };
    const head = firstHead(configurationDigestOf(world.founding));
    expect(read([encodeRecord(head, { ...stranger, ballots: new Map() }, 'failed')])).toMatchObject(
      E.left({ _tag: 'NotARecord' }),
    );
    expect(readRecords(world.records, documents, () => false)).toEqual(
      E.left({ _tag: 'NotSigned', organization: 'a' }),
    );
  });
});
