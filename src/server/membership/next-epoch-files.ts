/**
 * The files of the next epoch, written into `prepared/change-N` before this server says that it is ready: the document, its own keys,
 * and its shares as far as it has any. They take their place when HANDOFF is durable (`server/epochs`).
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equalBytes } from '../../prelude/bytes.js';
import { printedJson } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import { type Alliance, serversOf } from '../../management/alliance.js';
import { configurationDigestOf, decodeAllianceText, encodeAlliance } from '../../management/alliance-codec.js';
import type { PreparedChange } from '../../management/governance/governance.js';
import { keyOfRole, roleName, rolesOf } from '../../management/proposals/key-roles.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import { type AllianceKeyShare, allianceKeyShareCodec, makeSigner } from '../../schemes/registry.js';
import { eraseTree } from '../directory/directory-succession.js';
import { replaceSecret } from '../directory/durable-files.js';
import { documentSharePath, fileNames, folderNames } from '../directory/layout.js';
import { type NewEntry, writeNewDirectory } from '../directory/new-directory.js';
import { parsePrivateKey } from '../directory/private-key-file.js';
import { changeFolder, type ChangeStore } from './change-files.js';
import { isListedIn, type OwnServer } from './own-server.js';

/** Of a change that is prepared, what is needed here. */
export type NextEpoch = Pick<PreparedChange, 'number' | 'next' | 'configuration'>;

/** Writes them, unless they are there, and says where; the error is one line for people. */
export function prepareNextEpoch(server: OwnServer, change: NextEpoch, files: ChangeStore): Either<string, string> {
  const path = join(server.path, folderNames.prepared, changeFolder(change.number));
  if (isPrepared(path, change)) {
    addShares(path, server, change, files);
    return E.right(path);
  }
  const document = { path: fileNames.alliance, content: printedJson(encodeAlliance(change.next)) };
  const own = isListedIn(server, change.next) ? ownEntries(server, change, files) : E.right([]);
  if (E.isLeft(own)) return own;
  if (existsSync(path)) eraseTree(path);
  const written = writeNewDirectory(path, [document, ...own.right]);
  return E.isRight(written) ? E.right(path) : E.left(`${path} cannot be written`);
}

function isPrepared(path: string, { configuration }: NextEpoch): boolean {
  const file = join(path, fileNames.alliance);
  if (!existsSync(file)) return false;
  const there = decodeAllianceText(readFileSync(file, 'utf8'));
  return E.isRight(there) && equalBytes(configurationDigestOf(there.right), configuration);
}

function ownEntries(server: OwnServer, change: NextEpoch, files: ChangeStore): Either<string, readonly NewEntry[]> {
  const { next } = change;
  const shares = sharesOf(server, change, files);
  const slow = slowKeyText(server, next, shares.get(roleName({ _tag: 'slow' })));
  if (E.isLeft(slow)) return slow;
  const certificate = newestText(server, fileNames.certificate);
  return E.right([
    { path: fileNames.certificate, content: certificate },
    { path: fileNames.privateKey, content: newestText(server, fileNames.privateKey), isSecret: true },
    {
      path: fileNames.identityKey,
      content: readFileSync(join(server.path, fileNames.identityKey), 'utf8'),
      isSecret: true,
    },
    { path: fileNames.slowKey, content: slow.right, isSecret: true },
    ...shareEntries(next, shares),
  ]);
}

/** A share that came late, and was acknowledged, is this server's as well. */
function addShares(path: string, server: OwnServer, change: NextEpoch, files: ChangeStore): void {
  if (!isListedIn(server, change.next)) return;
  for (const entry of shareEntries(change.next, sharesOf(server, change, files))) {
    const file = join(path, entry.path);
    if (existsSync(file) || entry.content === undefined) continue;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    replaceSecret(file, entry.content);
  }
}

function shareEntries(next: Alliance, shares: ReadonlyMap<string, AllianceKeyShare>): readonly NewEntry[] {
  return rolesOf(next).flatMap((role) => {
    const share = shares.get(roleName(role));
    if (share === undefined || role._tag === 'slow') return [];
    const path = role._tag === 'alliance' ? fileNames.allianceShare : documentSharePath('', role.name);
    return [{ path, content: printShare(share), isSecret: true }];
  });
}

/** Of each key of the next document, the share that is one of it, where this server has one. */
export function sharesOf(
  { id, shares }: OwnServer,
  { number, next }: NextEpoch,
  files: ChangeStore,
): ReadonlyMap<string, AllianceKeyShare> {
  const { kept } = files.leftovers(number);
  const { universe } = next.trust.system.processes;
  return new Map(
    rolesOf(next).flatMap((role) => {
      const [name, key] = [roleName(role), keyOfRole(next, role)];
      const candidates = [
        ...kept.filter((one) => one.role === name).map(({ share }) => share),
        ...files.brought(name),
        files.handedOver(name),
        shares.get(name),
      ];
      const found = candidates.find(
        (share) => share?.process === id && key !== undefined && E.isRight(makeSigner(key, share, universe)),
      );
      return found === undefined ? [] : [[name, found] as const];
    }),
  );
}

/** A share where the servers of the next epoch have one slow key; else the private key that its document lists, old or handed in. */
function slowKeyText(
  { path, id }: OwnServer,
  next: Alliance,
  share: AllianceKeyShare | undefined,
): Either<string, string> {
  if (next.slowKey !== undefined)
    return share === undefined
      ? E.left(`this server has no share of the slow key of epoch ${next.epoch}`)
      : E.right(printShare(share));
  const listed = present(serversOf(next).find((server) => server.id === id)?.slowKey, 'a server has a slow key');
  const places = [join(path, folderNames.incoming, fileNames.slowKey), join(path, fileNames.slowKey)];
  for (const place of places.filter((each) => existsSync(each))) {
    const text = readFileSync(place, 'utf8');
    const seed = parsePrivateKey(text);
    if (seed !== undefined && equalBytes(publicKeyFromSeed(seed), listed)) return E.right(text);
  }
  return E.left(`put the slow key of epoch ${next.epoch} into ${places[0] ?? path}`);
}

/** What the operators have handed in, or what is in use. */
function newestText({ path }: OwnServer, name: string): string {
  const handedIn = join(path, folderNames.incoming, name);
  return readFileSync(existsSync(handedIn) ? handedIn : join(path, name), 'utf8');
}

function printShare(share: AllianceKeyShare): string {
  return printedJson(allianceKeyShareCodec.encode(share));
}
