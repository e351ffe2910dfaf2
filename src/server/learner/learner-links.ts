/** A learner's links: it comes as a client, under its own id, to the servers of the newest document that it knows. */
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { ServerLink, type ServerLinkHandler } from '../../client/server-link.js';
import { serversOf } from '../../management/alliance.js';
import { connectClient } from '../../transport/tls-client.js';
import { type AllianceDocument, linkMaterialOf } from '../directory/directory-documents.js';
import type { LearnerDirectory } from '../directory/learner-directory.js';

export interface LearnerLinksParts {
  readonly directory: Pick<LearnerDirectory, 'id' | 'credentials'>;
  /** The newest that is known. */
  readonly document: () => AllianceDocument;
  readonly handler: ServerLinkHandler;
}

export class LearnerLinks {
  private readonly links = new Map<ProcessId, ServerLink>();
  private turn = 0;

  constructor(private readonly parts: LearnerLinksParts) {
    this.update();
  }

  /** By server. */
  get all(): ReadonlyMap<ProcessId, ServerLink> {
    return this.links;
  }

  get connected(): readonly ProcessId[] {
    return [...this.links.values()].filter(({ isUp }) => isUp).map(({ server }) => server);
  }

  /** Leaves servers that the document does not list, and comes to those that it does. */
  update(): void {
    const listed = new Set(this.servers().map(({ id }) => id));
    for (const [id, link] of this.links) {
      if (listed.has(id)) continue;
      link.close();
      this.links.delete(id);
    }
    for (const id of listed) if (!this.links.has(id)) this.links.set(id, this.linkWith(id));
  }

  /** Brings an act to servers of which one is correct, others each time; false where too few are linked. */
  bring(act: Uint8Array): boolean {
    const { system } = this.parts.document().alliance.trust;
    const up = this.connected;
    this.turn += 1;
    const start = up.length === 0 ? 0 : this.turn % up.length;
    let chosen = system.processes.universe.none;
    for (const server of [...up.slice(start), ...up.slice(0, start)]) {
      if (system.containsCorrect(chosen)) break;
      chosen = chosen.with(server);
    }
    if (!system.containsCorrect(chosen)) return false;
    for (const server of chosen) this.links.get(server)?.send({ _tag: 'Bring', act });
    return true;
  }

  close(): void {
    for (const link of this.links.values()) link.close();
    this.links.clear();
  }

  /** But for itself, where it takes the place of a server that is listed. */
  private servers() {
    return serversOf(this.parts.document().alliance).filter(({ id }) => id !== this.parts.directory.id);
  }

  private linkWith(id: ProcessId): ServerLink {
    const { directory, document, handler } = this.parts;
    return new ServerLink(
      id,
      (server, link) => {
        const to = this.servers().find((each) => each.id === server);
        const { alliance, allianceId, configurationDigest } = document();
        if (to === undefined) return () => Promise.resolve(E.left(gone));
        return connectClient({
          me: directory.id,
          to,
          context: { allianceId, configurationDigest, epoch: alliance.epoch },
          credentials: directory.credentials,
          authorities: linkMaterialOf(directory.credentials, alliance).authorityPems,
          isNewcomer: true,
          handler: link,
        });
      },
      handler,
    );
  }
}

const gone = { _tag: 'Unreachable', host: 'nowhere', port: 0, detail: 'it is not listed any more' } as const;
