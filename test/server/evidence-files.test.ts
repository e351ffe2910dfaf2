/** Evidence on disk: the first record of each process and kind, found again after a restart; and the mark of a server that halted. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { Universe } from '../../src/prelude/process.js';
import { decodeEvidence } from '../../src/consensus/evidence-codec.js';
import type { EvidenceRecord } from '../../src/consensus/evidence-record.js';
import { EvidenceFiles } from '../../src/server/evidence-files.js';
import { findHaltMark, markHalted } from '../../src/server/halt-mark.js';
import { describeFault, describeStop, isHalt } from '../../src/server/replica/stop-reason.js';
import { names } from '../support/scene.js';
import { temporaryDirectory } from './temporary-directory.js';

const universe = new Universe(names('acme/1 globex/1'));
const half = (text: string) => ({ digest: digest(utf8(text)), signature: new Uint8Array(64) });

function reported(view: number, index = 1): EvidenceRecord {
  const process = universe.ids[index] as never;
  return { _tag: 'DoubleReport', epoch: 2, process, view, first: half('x'), second: half('y') };
}

describe('evidence', () => {
  it('is kept once a process and kind, the first, across restarts', () => {
    const path = temporaryDirectory();
    const files = new EvidenceFiles(path);
    expect(files.proven).toEqual([]);
    for (const record of [reported(3), reported(4), reported(5, 0)]) files.keep(universe, record);
    const again = new EvidenceFiles(path);
    again.keep(universe, reported(6));
    const proven = [
      { process: 'acme/1', kind: 'DoubleReport' },
      { process: 'globex/1', kind: 'DoubleReport' },
    ];
    for (const each of [files, again]) expect(each.proven).toEqual(proven);
    const directory = join(path, 'evidence');
    expect(readdirSync(directory).sort()).toEqual(['acme-1-DoubleReport', 'globex-1-DoubleReport']);
    const bytes = new Uint8Array(readFileSync(join(directory, 'globex-1-DoubleReport')));
    expect(decodeEvidence(universe, bytes)).toEqual(E.right(reported(3)));
  });

  it('is told from other files', () => {
    const path = temporaryDirectory();
    const { proven } = new EvidenceFiles(path);
    for (const name of ['.globex-1-DoubleReport.partial-00', 'globex-1-Nonsense', 'notes.txt'])
      writeFileSync(join(path, 'evidence', name), '');
    expect(new EvidenceFiles(path).proven).toEqual(proven);
  });

  it('is put in words', () => {
    expect(describeFault({ _tag: 'Proven', record: reported(3) })).toBe('it reported two things for view 3');
  });
});

describe('B23: a server that was shown what its disk does not know', () => {
  it.each([
    [{ what: 'accepted', view: 2, slot: 7 }, 'ACCEPTED in slot 7, view 2'],
    [{ what: 'commit', view: 2, slot: 7 }, 'COMMIT in slot 7, view 2'],
    [{ what: 'report', view: 4 }, 'a REPORT for view 4'],
  ] as const)('is marked so that nobody starts it again: %j', (forgotten, words) => {
    const path = temporaryDirectory();
    const reason = { _tag: 'Amnesia', ...forgotten } as const;
    expect(isHalt(reason)).toBe(true);
    markHalted(path, describeStop(reason));
    expect(findHaltMark(path)?.reason).toContain(words);
    expect(findHaltMark(path)?.reason).toContain('new keys');
  });
});
