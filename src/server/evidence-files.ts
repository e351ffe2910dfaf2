/**
 * What proves other servers Byzantine, kept for their operators and for third parties: the first record of each process and
 * kind, in a file of its own (`evidence/<organization>-<server>-<kind>`), whose bytes are those of spec/wire.md.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileNameOf, type Universe } from '../prelude/process.js';
import { encodeEvidence } from '../consensus/evidence-codec.js';
import { type EvidenceRecord, isEvidenceKind } from '../consensus/evidence-record.js';
import type { ProvenFault } from '../client/protocol.js';
import { fileModes, replaceFile } from './directory/durable-files.js';

export class EvidenceFiles {
  private readonly path: string;
  private readonly names: Set<string>;

  /** What is already there is found again. Throws what the file system does. */
  constructor(dataPath: string) {
    this.path = join(dataPath, 'evidence');
    mkdirSync(this.path, { recursive: true });
    this.names = new Set(readdirSync(this.path).filter((name) => faultNamed(name) !== undefined));
  }

  /** Makes a record durable, unless one of its process and kind is there. Throws what the file system does. */
  keep(universe: Universe, record: EvidenceRecord): void {
    const name = `${fileNameOf(record.process)}-${record._tag}`;
    if (this.names.has(name)) return;
    replaceFile(join(this.path, name), encodeEvidence(universe, record), fileModes.public);
    this.names.add(name);
  }

  /** Who is proven to be what. */
  get proven(): readonly ProvenFault[] {
    return [...this.names].sort().flatMap((name) => faultNamed(name) ?? []);
  }
}

/** Names of processes hold no `-`. */
function faultNamed(name: string): ProvenFault | undefined {
  const match = /^(.+)-([A-Za-z]+)$/.exec(name);
  const [, process, kind] = match ?? [];
  if (process === undefined || kind === undefined || !isEvidenceKind(kind)) return undefined;
  return { process: process.replace('-', '/'), kind };
}
