/**
 * What a simulated server keeps of changes and epochs, in the place of its directory: written in line, as agents write theirs, so that
 * whatever was written survives every crash. Shares are kept as texts: what is erased in memory is not what lies on the disk.
 */
import { equalBytes, toHex } from '../../../../src/prelude/bytes.js';
import { decodeJson } from '../../../../src/prelude/codec.js';
import type { Digest } from '../../../../src/prelude/digest.js';
import { E, type Either } from '../../../../src/prelude/fp.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { RandomBytes } from '../../../../src/prelude/random.js';
import type { Alliance } from '../../../../src/management/alliance.js';
import { configurationDigestOf } from '../../../../src/management/alliance-codec.js';
import { publicKeyFromSeed } from '../../../../src/schemes/ed25519/ed25519.js';
import type { Ed25519PublicKey, Ed25519Seed } from '../../../../src/schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../../../src/schemes/multisig/key.js';
import { type AllianceKeyShare, allianceKeyShareCodec } from '../../../../src/schemes/registry.js';
import type { ChangeDisk } from '../../../../src/server/membership/agent.js';
import type { ChangeLeftovers, ChangeStore } from '../../../../src/server/membership/change-files.js';
import { type KeptShareFile, keptShareCodec } from '../../../../src/server/membership/kept-share-codec.js';
import { type NextEpoch, sharesOf } from '../../../../src/server/membership/next-epoch-files.js';
import type { OwnServer } from '../../../../src/server/membership/own-server.js';
import { right } from '../../right.js';

/** An epoch's document and what this server signs with in it. */
export interface EpochFiles {
  readonly document: Alliance;
  /** By role. */
  readonly shares: ReadonlyMap<string, AllianceKeyShare>;
}

interface ChangeFolder {
  readonly claimed: Map<string, Digest>;
  /** By attempt. */
  readonly kept: Map<string, string>;
  /** By role. */
  readonly brought: Map<string, Ed25519Seed>;
}

interface PreparedFiles {
  readonly next: NextEpoch;
  shares: EpochFiles['shares'];
  version: number;
}

export class SimulatedChangeDisk implements ChangeDisk, ChangeStore {
  current: EpochFiles | undefined;
  private readonly changes = new Map<number, ChangeFolder>();
  private readonly preparedFor = new Map<number, PreparedFiles>();
  /** Counts what is written. */
  private version = 0;

  constructor(private readonly me: ProcessId) {}

  files(): ChangeStore {
    return this;
  }

  prepare(server: OwnServer, change: NextEpoch, files: ChangeStore): Either<string, string> {
    const disk = files as SimulatedChangeDisk;
    const known = disk.preparedFor.get(change.number);
    const name = `change-${change.number}`;
    if (known?.version === disk.version && equalBytes(known.next.configuration, change.configuration))
      return E.right(name);
    const { number, next, configuration } = change;
    const shares = sharesOf(server, change, files);
    disk.preparedFor.set(number, { next: { number, next, configuration }, shares, version: disk.version });
    return E.right(name);
  }

  /** The files of this configuration take the place of what is in use; false where they are not there. */
  enter(configuration: Digest): boolean {
    const found = [...this.preparedFor.values()].find(({ next }) => equalBytes(next.configuration, configuration));
    if (found === undefined) return false;
    this.current = { document: found.next.next, shares: found.shares };
    this.preparedFor.clear();
    return true;
  }

  /** What operators put in the place of files that were never made here: the document, and shares that are still good. */
  handIn(server: OwnServer, document: Alliance): void {
    const next = { number: document.change, next: document, configuration: configurationDigestOf(document) };
    this.current = { document, shares: sharesOf(server, next, this) };
    this.preparedFor.clear();
  }

  keepOnly(change: number | undefined, count: number): void {
    for (const folder of [this.changes, this.preparedFor])
      for (const number of folder.keys())
        if (number !== change && number <= count) {
          folder.delete(number);
          this.version += 1;
        }
  }

  leftovers(change: number): ChangeLeftovers {
    const folder = this.changes.get(change);
    return {
      claimed: [...(folder?.claimed.values() ?? [])],
      kept: [...(folder?.kept.values() ?? [])].map((text) => right(decodeJson(keptShareCodec, text))),
    };
  }

  claim(change: number, ceremonyId: Digest): void {
    this.folder(change).claimed.set(toHex(ceremonyId), ceremonyId);
  }

  keep(change: number, share: KeptShareFile): void {
    this.folder(change).kept.set(toHex(share.ceremonyId), JSON.stringify(keptShareCodec.encode(share)));
  }

  forget(change: number, ceremonyId: Digest): void {
    this.folder(change).kept.delete(toHex(ceremonyId));
  }

  broughtKey(change: number, role: string, me: ProcessId, random: RandomBytes): Ed25519PublicKey {
    const { brought } = this.folder(change);
    const seed = brought.get(role) ?? (random(32) as Ed25519Seed);
    brought.set(role, seed);
    return publicKeyFromSeed(new MultisigKeyShare(me, seed).seed);
  }

  brought(role: string): readonly MultisigKeyShare[] {
    const seeds = [...this.changes.values()].flatMap(({ brought }) => brought.get(role) ?? []);
    return seeds.map((seed) => new MultisigKeyShare(this.me, seed));
  }

  handedOver(): undefined {
    return undefined;
  }

  showDraft(): void {
    // People of the simulator read the log.
  }

  keepTranscript(_change: number, transcript: () => Uint8Array): void {
    transcript();
  }

  acts(): ReadonlyMap<string, Uint8Array> {
    return new Map();
  }

  forgetAct(): void {
    // There are none.
  }

  /** All secrets that lie here, as text. */
  get secrets(): string {
    const shares = [this.current?.shares, ...[...this.preparedFor.values()].map((one) => one.shares)];
    const used = shares.flatMap((each) =>
      [...(each?.values() ?? [])].map((share) => allianceKeyShareCodec.encode(share)),
    );
    return JSON.stringify([used, [...this.changes.values()].map(({ kept }) => [...kept.values()])]);
  }

  private folder(change: number): ChangeFolder {
    this.version += 1;
    const known = this.changes.get(change) ?? { claimed: new Map(), kept: new Map(), brought: new Map() };
    this.changes.set(change, known);
    return known;
  }
}
