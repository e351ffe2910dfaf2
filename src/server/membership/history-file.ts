/**
 * `history.json` of a server: the documents of all epochs with what the alliance key of each has signed of them, extended whenever an
 * epoch is enacted. Whoever is given it verifies it by a public key (`koinon alliance verify`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printedJson } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import type { Handoff } from '../../consensus/handoff.js';
import { stateDigest } from '../../consensus/manifest.js';
import type { Alliance } from '../../management/alliance.js';
import type { HistoryEntry, RecordedHandoff } from '../../management/alliance-history.js';
import { decodeHistoryText, describeHistoryFormError, encodeHistory } from '../../management/alliance-history-codec.js';
import type { Signature } from '../../schemes/contract/distributed-signer.js';
import { fileModes, replaceFile } from '../directory/durable-files.js';
import { fileNames } from '../directory/layout.js';
import type { ServerDirectory } from '../directory/server-directory.js';

export interface HistorySources {
  readonly directory: Pick<ServerDirectory, 'path' | 'alliance' | 'former'>;
  readonly handoffOf: (epoch: number) => Handoff | undefined;
  /** ENACTED of the directory's document. */
  readonly enacted: Signature;
}

/** Brings the file up to date. The error is one line for people: the file lacks something that this server has not seen. */
export function keepHistory({ directory, handoffOf, enacted }: HistorySources): Either<string, void> {
  const path = join(directory.path, fileNames.history);
  const before = existsSync(path) ? decodeHistoryText(readFileSync(path, 'utf8')) : E.right([]);
  if (E.isLeft(before)) return E.left(`${path}: ${describeHistoryFormError(before.left)}`);
  const { epoch } = directory.alliance;
  if (before.right[epoch - 1]?.enacted !== undefined) return E.right(undefined);
  const entries: HistoryEntry[] = [];
  for (let each = 1; each <= epoch; each++) {
    const entry = before.right[each - 1];
    const document = entry?.document ?? documentOf(directory, each);
    if (document === undefined) return E.left(lacking(path, `the document of epoch ${each}`));
    const signature = each === epoch ? enacted : entry?.enacted;
    if (signature === undefined) return E.left(lacking(path, `what was signed of the document of epoch ${each}`));
    const handoff = each === epoch ? undefined : (entry?.handoff ?? recorded(handoffOf(each)));
    if (each < epoch && handoff === undefined) return E.left(lacking(path, `how epoch ${each} ended`));
    entries.push({ ...entry, document, enacted: signature, ...(handoff === undefined ? {} : { handoff }) });
  }
  replaceFile(path, printedJson(encodeHistory(entries)), fileModes.public);
  return E.right(undefined);
}

function documentOf({ alliance, former }: HistorySources['directory'], epoch: number): Alliance | undefined {
  return alliance.epoch === epoch ? alliance : former.get(epoch)?.alliance;
}

function recorded(handoff: Handoff | undefined): RecordedHandoff | undefined {
  if (handoff === undefined) return undefined;
  const { slot, chain, manifest, signature } = handoff;
  return { slot, chain, state: stateDigest(slot, manifest), signature };
}

function lacking(path: string, what: string): string {
  return `${path} lacks ${what}, which passed while this server was away: put the history.json of another server there`;
}
