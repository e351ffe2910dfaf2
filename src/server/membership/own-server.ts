/** The server that speaks: its place on disk, its identity, and its shares of the keys in force. */
import type { ProcessId } from '../../prelude/process.js';
import type { Digest } from '../../prelude/digest.js';
import { type Alliance, serversOf } from '../../management/alliance.js';
import { roleName } from '../../management/proposals/key-roles.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import { toHex } from '../../prelude/bytes.js';
import type { AllianceKeyShare } from '../../schemes/registry.js';
import type { LearnerDirectory } from '../directory/learner-directory.js';
import type { ServerDirectory } from '../directory/server-directory.js';

/** Shows itself without secrets: they are inside the shares and what signs. */
export interface OwnServer {
  /** Of its directory. */
  readonly path: string;
  readonly id: ProcessId;
  readonly identityKey: Ed25519PublicKey;
  /** Under its identity. */
  readonly sign: (statement: Uint8Array) => Uint8Array;
  readonly allianceId: Digest;
  /** The document whose files lie in the directory. */
  readonly alliance: Alliance;
  /** Of the keys of that document, by role. */
  readonly shares: ReadonlyMap<string, AllianceKeyShare>;
}

/** `undefined` where the alliance went on without the server, and its keys are erased. */
export function ownServerOf({ path, me, keys, allianceId, alliance }: ServerDirectory): OwnServer | undefined {
  if (keys === undefined) return undefined;
  const { identities, allianceShare, documents } = keys;
  const ofDocuments = [...documents].map(([name, { share }]) => [roleName({ _tag: 'document', name }), share] as const);
  const ofAlliance =
    allianceShare === undefined ? [] : [[roleName({ _tag: 'alliance' }), allianceShare.share] as const];
  return {
    path,
    id: me.id,
    identityKey: me.identityKey,
    sign: (statement) => identities.sign(statement),
    allianceId,
    alliance,
    shares: new Map([...ofAlliance, ...ofDocuments]),
  };
}

/** A server that has been away for the end of its epoch, as one that learns; `undefined` as {@link ownServerOf}. */
export function learnerOf(directory: ServerDirectory): LearnerDirectory | undefined {
  const own = ownServerOf(directory);
  if (own === undefined) return undefined;
  const { id, identityKey, sign, shares } = own;
  return { ...directory, id, identityKey, sign, shares };
}

/** Whether a document lists this server, under the identity whose key is at hand. */
export function isListedIn({ id, identityKey }: Pick<OwnServer, 'id' | 'identityKey'>, document: Alliance): boolean {
  const entry = serversOf(document).find((server) => server.id === id);
  return entry !== undefined && toHex(entry.identityKey) === toHex(identityKey);
}
