/** An alliance on disk for two epochs: a, b, c, d run the first, and b, c, d, e the second, with keys of its own. */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { type Control, encodeControl, readyStatement } from '../../src/consensus/epoch-change.js';
import { type Alliance, type AllianceParameters, allianceVersion, serversOf } from '../../src/management/alliance.js';
import { allianceIdOf, configurationDigestOf } from '../../src/management/alliance-codec.js';
import { defaultGovernance } from '../../src/management/governance-defaults.js';
import { identitiesKeyId } from '../../src/management/alliance-keys.js';
import { ed25519Sign } from '../../src/schemes/ed25519/ed25519.js';
import { applicationPath, fileNames, formerDocumentPath, serverPath } from '../../src/server/directory/layout.js';
import { writeNewDirectory } from '../../src/server/directory/new-directory.js';
import { epochFileNames } from '../../src/server/directory/server-directory.js';
import { type AllianceScheme, dealKeys } from '../../src/server/founding/alliance-key-dealing.js';
import { allianceEntries } from '../../src/server/founding/founding-files.js';
import { makeMembers, type Members, organizationEntryOf } from '../../src/server/founding/founding-members.js';
import { planFounding } from '../../src/server/founding/founding-plan.js';
import { findFreePorts } from '../../src/server/founding/free-ports.js';
import { right } from '../support/right.js';

const host = '127.0.0.1';
const organizations = ['a', 'b', 'c', 'd', 'e'];

export interface Epoch {
  readonly alliance: Alliance;
  readonly digest: Digest;
  /** Of the directory with all of its servers and applications. */
  readonly path: string;
}

export class EpochAlliance {
  private constructor(
    readonly root: string,
    readonly first: Epoch,
    readonly second: Epoch,
    private readonly members: Members,
  ) {}

  static async found(
    parameters: AllianceParameters,
    certificates: AllianceScheme = { _tag: 'multisig' },
    documents: (epoch: number) => ReadonlyMap<string, AllianceScheme> = () => new Map(),
  ): Promise<EpochAlliance> {
    const root = mkdtempSync(join(tmpdir(), 'koinon-test-'));
    const ports = right(await findFreePorts({ _tag: 'any' }, host, organizations.length));
    const form = certificates._tag === 'multisig' ? 'multisig' : 'threshold';
    const members = makeMembers(right(planFounding({ organizations })), { host, ports }, randomBytes, form);
    const found = async (epoch: number, names: readonly string[], founding?: Digest): Promise<Epoch> => {
      const { trust } = right(planFounding({ organizations: names }));
      const dealing = { random: randomBytes, onProgress: () => undefined };
      const wanted = { scheme: { _tag: 'multisig' }, certificates, documents: documents(epoch) } as const;
      const keys = right(await dealKeys(wanted, trust, epoch, dealing));
      const own = subset(members, names);
      const alliance: Alliance = {
        version: allianceVersion,
        ...(founding === undefined ? {} : { allianceId: founding, previous: founding }),
        change: epoch - 1,
        epoch,
        trust,
        organizations: own.organizations.map(organizationEntryOf),
        applications: own.applications.map(({ entry }) => entry),
        allianceKey: keys.alliance.publicKey,
        ...(keys.slow === undefined ? {} : { slowKey: keys.slow.publicKey }),
        documentKeys: [...keys.documents].map(([name, { publicKey }]) => ({ name, publicKey })),
        governance: defaultGovernance,
        parameters,
      };
      const path = join(root, `epoch-${epoch}`);
      right(writeNewDirectory(path, allianceEntries(alliance, own, keys)));
      return { alliance, digest: configurationDigestOf(alliance), path };
    };
    const first = await found(1, ['a', 'b', 'c', 'd']);
    const second = await found(2, ['b', 'c', 'd', 'e'], allianceIdOf(first.alliance));
    return new EpochAlliance(root, first, second, members);
  }

  /** Every server that is in an epoch, with its own directory. */
  get servers(): ReadonlyMap<ProcessId, string> {
    const all = [this.first, this.second].flatMap(({ alliance, path }) =>
      serversOf(alliance).map(({ id }) => [id, serverPath(path, id)] as const),
    );
    return new Map([...all].reverse());
  }

  application(epoch: Epoch): string {
    return applicationPath(epoch.path, 'b/app' as ProcessId);
  }

  /** Operators give the server of `id` the files of the second epoch. */
  prepare(id: ProcessId): void {
    const own = present(this.servers.get(id), 'a server');
    const files = serverPath(this.second.path, id);
    const isMember = serversOf(this.second.alliance).some((server) => server.id === id);
    if (own === files) {
      mkdirSync(join(own, 'former'));
      cpSync(join(this.first.path, 'alliance.json'), formerDocumentPath(own, 1));
      return;
    }
    const target = join(own, 'prepared', 'two');
    mkdirSync(target, { recursive: true });
    if (!isMember) cpSync(join(this.second.path, 'alliance.json'), join(target, 'alliance.json'));
    else {
      for (const name of [...epochFileNames, fileNames.allianceShare]) cpSync(join(files, name), join(target, name));
      if (existsSync(join(files, 'keys'))) cpSync(join(files, 'keys'), join(target, 'keys'), { recursive: true });
    }
  }

  /** Management tells every server of the second epoch alike: what `ledger-server` obeys. */
  announce(): void {
    for (const own of this.servers.values()) cpSync(join(this.second.path, 'alliance.json'), join(own, 'next.json'));
  }

  /** The commands that end the first epoch. */
  controls(): readonly Uint8Array[] {
    const { alliance, digest } = this.second;
    const context = { allianceId: allianceIdOf(alliance), keyId: identitiesKeyId(alliance), epoch: 2 };
    const seeds = new Map(
      this.members.organizations.flatMap(({ servers }) =>
        servers.map(({ entry, identitySeed }) => [entry.id, identitySeed]),
      ),
    );
    const ready = alliance.trust.system.processes.universe.ids.slice(0, 3).map((id, position): Control => {
      const statement = readyStatement(context, digest);
      const signature = ed25519Sign(present(seeds.get(id), 'a seed'), statement);
      return { _tag: 'Ready', configuration: digest, position, signature };
    });
    return [
      { _tag: 'Prepare', configuration: digest } as const,
      ...ready,
      { _tag: 'Activate', configuration: digest } as const,
    ].map(encodeControl);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function subset({ organizations: made, applications }: Members, names: readonly string[]): Members {
  return {
    organizations: made.filter(({ authority }) => names.includes(authority.organization)),
    applications: applications.filter(({ entry }) => names.some((name) => entry.id.startsWith(`${name}/`))),
  };
}
