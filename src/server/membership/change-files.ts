/**
 * What a server keeps of the change under way, in `moves/change-N` of its directory: in which attempts at a ceremony it takes part,
 * shares that it has acknowledged, and keys that it brings. What belongs to another change is overwritten: by comparing disk with
 * state, so that nothing depends on having been awake (spec/management.md, "The old epoch is safe from a change").
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../prelude/bytes.js';
import { decodeJson } from '../../prelude/codec.js';
import { asDigest, type Digest } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import { ed25519Seed, type Ed25519PublicKey, seedLength } from '../../schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../schemes/multisig/key.js';
import { type AllianceKeyShare, allianceKeyShareCodec } from '../../schemes/registry.js';
import { present } from '../../prelude/invariant.js';
import { eraseTree } from '../directory/directory-succession.js';
import { eraseFile, fileModes, replaceFile, replaceSecret, syncDirectory } from '../directory/durable-files.js';
import { fileNameOfRole, folderNames, incomingShareName, transcriptPath } from '../directory/layout.js';
import { keptShareCodec, type KeptShareFile } from './kept-share-codec.js';

/** What is left of an earlier run. */
export interface ChangeLeftovers {
  readonly claimed: readonly Digest[];
  readonly kept: readonly KeptShareFile[];
}

export const draftName = 'draft.json';
export const actSuffix = '.act';

const suffixes = { claim: '.claim', share: '.share.json', brought: '.brought.json' } as const;

/** What an agent asks of {@link ChangeFiles}. */
export type ChangeStore = Pick<ChangeFiles, keyof ChangeFiles>;

/** How the folder of a change is called, below `moves` and below `prepared`. */
export function changeFolder(change: number): string {
  return `change-${change}`;
}

/** Failures are thrown as the operating system tells them. */
export class ChangeFiles {
  private readonly root: string;

  /** @param server - its directory. */
  constructor(private readonly server: string) {
    this.root = join(server, folderNames.moves);
  }

  /**
   * Overwrites whatever belongs to another change than this one.
   *
   * @param count - of the changes that the log has come to: what belongs to a later one was written before the server was restarted, and
   *   the log will come to it again.
   */
  keepOnly(change: number | undefined, count: number): void {
    for (const folder of [this.root, join(this.server, folderNames.prepared)])
      for (const name of namesIn(folder)) {
        const number = changeIn(name);
        if (number === undefined) continue;
        // A draft that a crash left is nothing, whosever it is.
        const isDraft = name.startsWith('.');
        if (isDraft || (number !== change && number <= count)) eraseTree(join(folder, name));
      }
  }

  leftovers(change: number): ChangeLeftovers {
    const folder = join(this.root, changeFolder(change));
    const names = namesIn(folder);
    const claimed = names.flatMap((name) => (name.endsWith(suffixes.claim) ? (idIn(name, suffixes.claim) ?? []) : []));
    const kept = names.flatMap((name) => {
      if (!name.endsWith(suffixes.share)) return [];
      const read = decodeJson(keptShareCodec, readFileSync(join(folder, name), 'utf8'));
      return E.isRight(read) ? [read.right] : [];
    });
    return { claimed, kept };
  }

  claim(change: number, ceremonyId: Digest): void {
    this.write(change, `${toHex(ceremonyId)}${suffixes.claim}`, '');
  }

  keep(change: number, share: KeptShareFile): void {
    const text = JSON.stringify(keptShareCodec.encode(share));
    this.write(change, `${toHex(share.ceremonyId)}${suffixes.share}`, text);
  }

  forget(change: number, ceremonyId: Digest): void {
    const path = join(this.root, changeFolder(change), `${toHex(ceremonyId)}${suffixes.share}`);
    if (existsSync(path)) eraseFile(path);
  }

  /** The public half of the key that this server brings for a role; made, and durable, the first time that it is asked for. */
  broughtKey(change: number, role: string, me: ProcessId, random: RandomBytes): Ed25519PublicKey {
    const before = this.broughtIn(changeFolder(change), role);
    if (before !== undefined) return publicKeyFromSeed(before.seed);
    const share = new MultisigKeyShare(me, present(ed25519Seed(random(seedLength)), 'a seed of its length'));
    this.write(change, broughtName(role), JSON.stringify(allianceKeyShareCodec.encode(share)));
    return publicKeyFromSeed(share.seed);
  }

  /** With whichever change: a server that learns may come to an epoch after that for which it joined. */
  brought(role: string): readonly MultisigKeyShare[] {
    return namesIn(this.root).flatMap((folder) => this.broughtIn(folder, role) ?? []);
  }

  /** The share of a key for `role` that a dealer made, as the operators placed it. */
  handedOver(role: string): AllianceKeyShare | undefined {
    return readShareFile(join(this.server, folderNames.incoming, incomingShareName(role)));
  }

  /** What people read of the change; once. */
  showDraft(change: number, text: string): void {
    if (!existsSync(join(this.root, changeFolder(change), draftName))) this.write(change, draftName, text);
  }

  /** What was said while keys moved; once, and for good. */
  keepTranscript(change: number, transcript: () => Uint8Array): void {
    const path = transcriptPath(this.server, change);
    if (existsSync(path)) return;
    mkdirSync(join(this.server, folderNames.transcripts), { recursive: true, mode: 0o700 });
    replaceFile(path, transcript(), fileModes.public);
  }

  /** What the organization's people have left here to be brought into the log, by the names of the files. */
  acts(): ReadonlyMap<string, Uint8Array> {
    const folder = join(this.server, folderNames.acts);
    const names = namesIn(folder).filter((name) => name.endsWith(actSuffix));
    return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  }

  forgetAct(name: string): void {
    rmSync(join(this.server, folderNames.acts, name), { force: true });
  }

  private broughtIn(folder: string, role: string): MultisigKeyShare | undefined {
    const read = readShareFile(join(this.root, folder, broughtName(role)));
    return read?._tag === 'multisig' ? read : undefined;
  }

  private write(change: number, name: string, content: string): void {
    const folder = join(this.root, changeFolder(change));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    replaceSecret(join(folder, name), content);
    for (const made of [this.root, this.server]) syncDirectory(made);
  }
}

function broughtName(role: string): string {
  return `${fileNameOfRole(role)}${suffixes.brought}`;
}

function readShareFile(path: string): AllianceKeyShare | undefined {
  if (!existsSync(path)) return undefined;
  const read = decodeJson(allianceKeyShareCodec, readFileSync(path, 'utf8'));
  return E.isRight(read) ? read.right : undefined;
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Drafts that a crash left are a change's as well; operators' own folders are not. */
function changeIn(name: string): number | undefined {
  const [, number] = /^\.?change-(\d+)(?:\.|$)/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}

function idIn(name: string, suffix: string): Digest | undefined {
  const bytes = fromHex(name.slice(0, -suffix.length));
  return bytes === undefined ? undefined : asDigest(bytes);
}
