/** The links of a server, which are opened anew with every epoch, and whoever is connected by them. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { TlsTransport } from '../../transport/tls.js';
import type { AllianceDocument } from '../directory/directory-documents.js';
import type { ServerDirectory } from '../directory/server-directory.js';
import { type Acquaintance, type LinkReceivers, meetOthers, openLinks } from '../links.js';
import type { ServerError } from '../server-errors.js';
import type { ReplicatedState } from '../state/replicated-state.js';
import type { TransferFrame } from '../state/transfer-frames.js';
import { dataFrame } from './frame-router.js';

export interface EpochLinksParts extends Pick<LinkReceivers, 'onClient'> {
  readonly state: Pick<ReplicatedState, 'onConnected' | 'onDisconnected'>;
  readonly onFrame: (from: ProcessId, frame: Uint8Array) => void;
  readonly onConnected: (peer: ProcessId) => void;
  /** Every link has been closed; others take their place. */
  readonly onLinksClosed: () => void;
  readonly say: (line: string) => void;
}

export class EpochLinks {
  readonly connected = new Set<ProcessId>();
  private transport: TlsTransport | undefined;
  private met: readonly Acquaintance[] = [];

  constructor(private readonly parts: EpochLinksParts) {}

  get port(): number {
    return this.transport?.port ?? 0;
  }

  send(to: ProcessId, frame: Uint8Array): void {
    this.transport?.send(to, frame);
  }

  sendTransfer(to: ProcessId, frame: TransferFrame): void {
    this.send(to, dataFrame(frame));
  }

  /** @param others - see {@link openLinks}. */
  async open(directory: ServerDirectory, others: readonly AllianceDocument[]): Promise<Either<ServerError, void>> {
    const { onClient, onFrame, state, say } = this.parts;
    const opened = await openLinks(directory, others, {
      listener: {
        onFrame,
        onConnected: (peer) => {
          this.connected.add(peer);
          say(`link with ${peer}`);
          state.onConnected(peer);
          this.parts.onConnected(peer);
        },
        onDisconnected: (peer) => {
          this.connected.delete(peer);
          state.onDisconnected(peer);
        },
      },
      onClient,
      log: say,
    })();
    if (E.isLeft(opened)) return opened;
    this.transport = opened.right;
    this.meet(this.met);
    return E.right(undefined);
  }

  /**
   * Sets whose servers may be linked besides those of the epochs that are known here: drafts of documents to come, say. In the
   * place of what was said before; it holds in the epochs that follow too. Links with others stay as they are.
   */
  meet(documents: readonly Acquaintance[]): void {
    this.met = documents;
    if (this.transport === undefined) return;
    const met = meetOthers(this.transport, documents);
    if (E.isLeft(met)) this.parts.say(`those who are to join cannot be met: ${met.left}`);
  }

  async close(): Promise<void> {
    const { transport } = this;
    this.transport = undefined;
    this.parts.onLinksClosed();
    await transport?.close();
    for (const peer of this.connected) this.parts.state.onDisconnected(peer);
    this.connected.clear();
  }
}
