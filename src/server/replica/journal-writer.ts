/** What a machine wants durable, in its journal; which is rewritten from the machine's state where it has grown too much. */
import type { ConsensusCodec } from '../../consensus/codec.js';
import type { DurableRecord } from '../../consensus/record.js';
import type { Journal } from '../../storage/storage.js';

/** The journal is rewritten once it has grown by this much. */
const rewriteBytes = 64 * 1024 * 1024;

export class JournalWriter {
  private isRewriting = false;

  constructor(
    private readonly journal: Journal,
    private readonly codec: ConsensusCodec,
    /** What a fresh journal needs in place of all earlier records. */
    private readonly durableRecords: () => readonly DurableRecord[],
    private readonly onFailed: (error: unknown) => void,
  ) {}

  write(record: DurableRecord, onDurable: () => void): void {
    const { journal, codec, onFailed } = this;
    journal.append(codec.encodeRecord(record)).then(onDurable, onFailed);
    if (journal.size > rewriteBytes && !this.isRewriting) this.rewrite();
  }

  private rewrite(): void {
    this.isRewriting = true;
    this.journal.rewrite(this.durableRecords().map((kept) => this.codec.encodeRecord(kept))).then(() => {
      this.isRewriting = false;
    }, this.onFailed);
  }
}
