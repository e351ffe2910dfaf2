/** The files of the epoch that a server is in, those prepared for epochs to come, and the step from the one to the other. */
import { equalBytes } from '../../prelude/bytes.js';
import { shortHex } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Handoff } from '../../consensus/handoff.js';
import { keyIdOf } from '../../schemes/registry.js';
import type { AllianceDocument } from '../directory/directory-documents.js';
import { describeDirectoryError } from '../directory/errors.js';
import { folderNames } from '../directory/layout.js';
import { loadServerDirectory, type ServerDirectory } from '../directory/server-directory.js';
import type { ServerError } from '../server-errors.js';
import { isServerOf } from './handoffs.js';
import { enterEpoch, findPrepared, isConfiguration, type PreparedConfiguration } from './succession.js';

export class EpochFiles {
  private prepared: readonly PreparedConfiguration[] = [];

  constructor(
    private now: ServerDirectory,
    private readonly say: (line: string) => void,
  ) {}

  get directory(): ServerDirectory {
    return this.now;
  }

  get epoch(): number {
    return this.now.alliance.epoch;
  }

  /** Of the epochs before and after whose servers are to be met. */
  get neighbours(): readonly AllianceDocument[] {
    const former = this.now.former.get(this.epoch - 1);
    return [...(former === undefined ? [] : [former]), ...this.prepared];
  }

  /** Whether the alliance key is that of the epoch before. */
  get keepsKey(): boolean {
    const former = this.now.former.get(this.epoch - 1);
    const key = this.now.alliance.allianceKey;
    return former !== undefined && equalBytes(keyIdOf(former.alliance.allianceKey), keyIdOf(key));
  }

  /** Whether `process` is a server of `epoch`; of epoch 0, or of one whose servers are not known here: of any that is known. */
  isServerOf(epoch: number, process: ProcessId): boolean {
    const known: readonly AllianceDocument[] = [this.now, ...this.now.former.values(), ...this.prepared];
    const own = known.filter(({ alliance }) => alliance.epoch === epoch);
    return (own.length > 0 ? own : known).some((document) => isServerOf(document, process));
  }

  /** Looks what the operators have prepared. */
  async look(): Promise<void> {
    this.prepared = await findPrepared(this.now, (error) => {
      this.say(describeDirectoryError(error));
    });
  }

  /**
   * Enters the epoch that follows the one which ended; false where that cannot be, or not yet.
   *
   * @param last - the highest slot that is held: who has not come to the end of the epoch makes the files when it has.
   */
  async enterNext({ epoch, slot, configuration }: Handoff, last: number): Promise<Either<ServerError, boolean>> {
    if (this.now.keys === undefined) return E.right(false);
    const { path } = this.now;
    await this.look();
    const next = this.prepared.find((one) => isConfiguration(one, configuration));
    if (next === undefined && last < slot) return E.right(false);
    if (next === undefined) {
      const name = shortHex(configuration);
      this.say(
        `epoch ${epoch} ended with slot ${slot}, and configuration ${name} follows: put its files into a directory in ${path}/${folderNames.prepared}`,
      );
      return E.right(false);
    }
    const entered = await enterEpoch(this.now, next)();
    if (E.isLeft(entered)) {
      this.say(`epoch ${epoch + 1} cannot be entered: ${entered.left}`);
      return E.right(false);
    }
    const loaded = await loadServerDirectory(path)();
    if (E.isLeft(loaded)) return E.left({ _tag: 'Directory', error: loaded.left });
    this.now = loaded.right;
    if (this.epoch > epoch) return E.right(true);
    this.say(
      `epoch ${epoch + 1} goes on without this server, which serves what it has; not to be stopped before a checkpoint of epoch ${epoch + 1} is stable`,
    );
    return E.right(false);
  }
}
