/** What was said while keys moved leads anybody to the next document, and no other does. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { replayTranscript, transcriptDigest } from '../../../src/management/governance/transcript.js';
import { transcriptPath } from '../../../src/server/directory/layout.js';
import { right } from '../../support/right.js';
import { calm, type Simulation } from './simulation.js';
import { begin, change, refresh } from './trial.js';

vi.mock('node:fs', async (original) => {
  const { failing } = await import('./failing-disk.js');
  return failing(await original());
});

/** What the server keeps of a change. */
function kept({ files }: Simulation, id: string, number: number): Uint8Array | undefined {
  const path = transcriptPath(files.path(id as never), number);
  return existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined;
}

/** The documents of the epochs, from the first. */
async function documentsOf(simulation: Simulation, changes: number): Promise<readonly Alliance[]> {
  const documents = [simulation.governance.document];
  for (let count = 0; count < changes; count++) {
    await change(simulation, calm);
    documents.push(simulation.governance.document);
  }
  return documents;
}

describe('a transcript', () => {
  it.each(['bls', 'rsa', 'apart'] as const)(
    'leads from document to document, and is the same at every server: %s',
    async (keys) => {
      const simulation = await begin(31, keys);
      const documents = await documentsOf(simulation, 2);
      for (const [index, after] of documents.slice(1).entries()) {
        const before = present(documents[index], 'a document');
        const transcripts = simulation.servers.map(({ id }) => kept(simulation, id, after.change));
        const first = present(transcripts[0], 'a transcript');
        expect(transcripts).toEqual(transcripts.map(() => first));
        const { actions, moves } = right(
          replayTranscript(first, { before, after, earlier: documents.slice(0, index) }),
        );
        expect(actions).toEqual([refresh]);
        expect(moves.outcome.keys.get('alliance')).toEqual(after.allianceKey);
      }
    },
  );

  it('names who cheated, with what they said', async () => {
    const simulation = await begin(6, 'bls', 'bad deals');
    const [before, after] = await documentsOf(simulation, 1);
    const { moves } = right(
      replayTranscript(present(kept(simulation, 'a/1', 1), 'a transcript'), {
        before: present(before, 'a document'),
        after: present(after, 'a document'),
        earlier: [],
      }),
    );
    expect(moves.outcome.culprits.map(({ process }) => process)).toContain(simulation.liar?.id);
  });

  it('is believed for no other document, and none is where something was left out or added', async () => {
    const simulation = await begin(32, 'bls');
    const [before, after] = (await documentsOf(simulation, 1)) as [Alliance, Alliance];
    const whole = present(kept(simulation, 'a/1', 1), 'a transcript');
    const replay = (transcript: Uint8Array, named: Alliance) =>
      replayTranscript(transcript, { before, after: named, earlier: [] });
    const unnamed = (({ transcript: _, ...document }: Alliance): Alliance => document)(after);
    expect(replay(whole, unnamed)).toEqual(E.left({ _tag: 'NoTranscript', epoch: 2 }));
    for (let at = 0; at < whole.length; at += 997) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(replay(changed, after)).toEqual(E.left({ _tag: 'OtherTranscript', epoch: 2 }));
      // Even where the document would name it.
      expect(E.isLeft(replay(changed, { ...after, transcript: transcriptDigest(changed) }))).toBe(true);
    }
    const { parameters } = after;
    const other = { ...after, parameters: { ...parameters, baseTimeoutMs: parameters.baseTimeoutMs + 1 } };
    expect(replay(whole, other)).toMatchObject(E.left({ _tag: 'OtherDocument' }));
  });
});
