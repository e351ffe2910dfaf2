/** The HANDOFFs of all epochs that have ended, kept for ever: whoever is behind is told by them. */
import { type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Handoff, handoffStatement, readHandoff, writeHandoff } from '../../consensus/handoff.js';
import type { AllianceDocument } from '../directory/directory-documents.js';
import { makeVerifier } from '../../schemes/registry.js';
import { type StorageError, StorageFailure } from '../../storage/errors.js';
import type { LogStore } from '../../storage/storage.js';

export class Handoffs {
  private readonly known = new Map<number, Handoff>();

  constructor(
    private readonly store: Pick<LogStore, 'get' | 'put'>,
    /** What holds them, for messages. */
    private readonly path: string,
  ) {}

  /** The HANDOFF with which `epoch` ended; `undefined` where that is not known here. */
  of(epoch: number): Either<StorageError, Handoff | undefined> {
    const known = this.known.get(epoch);
    if (known !== undefined) return E.right(known);
    try {
      const bytes = this.store.get(nameOf(epoch));
      if (bytes === undefined) return E.right(undefined);
      const handoff = this.decode(bytes, readHandoff);
      this.known.set(epoch, handoff);
      return E.right(handoff);
    } catch (error) {
      if (error instanceof StorageFailure) return E.left(error.fact);
      throw error;
    }
  }

  /**
   * The last slot of the epoch of `slot`, where it has ended; infinite where it has not, or that is not known here.
   *
   * @param epoch - the newest that may have ended.
   */
  endOf(slot: number, epoch: number): number {
    let end = Number.POSITIVE_INFINITY;
    for (let each = epoch; each >= 1; each--) {
      const ended = this.of(each);
      if (E.isLeft(ended) || ended.right === undefined) continue;
      if (ended.right.slot < slot) break;
      end = ended.right.slot;
    }
    return end;
  }

  /** Resolves when it is durable. */
  async put(handoff: Handoff): Promise<void> {
    const writer = new Writer();
    writeHandoff(writer, handoff);
    await this.store.put(nameOf(handoff.epoch), writer.finish());
  }

  private decode<A>(bytes: Uint8Array, read: (reader: Reader) => A): A {
    const decoded = readAll(bytes, read);
    if (E.isRight(decoded)) return decoded.right;
    throw new StorageFailure({
      _tag: 'Corrupt',
      path: this.path,
      offset: decoded.left.offset,
      detail: 'a HANDOFF is malformed',
    });
  }
}

function nameOf(epoch: number): string {
  return `handoff/${epoch}`;
}

/** Whether a HANDOFF from `from` is signed by the alliance key of the epoch that it ends, whose document is `ended`. */
export function isSigned(handoff: Handoff, { alliance, allianceId }: AllianceDocument): boolean {
  const { universe } = alliance.trust.system.processes;
  const verifier = makeVerifier(alliance.allianceKey, universe);
  if (E.isLeft(verifier)) return false;
  const context = { allianceId, keyId: verifier.right.keyId, epoch: handoff.epoch };
  return verifier.right.verify(handoffStatement(context, handoff), handoff.signature);
}

/** Whether `process` is a server of a document's epoch. */
export function isServerOf({ alliance }: AllianceDocument, process: ProcessId): boolean {
  return alliance.trust.system.processes.universe.indexOf(process) !== undefined;
}
