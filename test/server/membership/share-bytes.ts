/** Which secrets a server was seen to hold, by sharing, and whether some of them still lie below its directory. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../../src/prelude/bytes.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import type { AllianceKeyShare } from '../../../src/schemes/registry.js';

export class ShareBytes {
  /** By sharing. */
  private readonly seen = new Map<string, Set<string>>();

  constructor(private readonly path: string) {}

  /** Remembers what the founding handed out. */
  begin({ sharings }: Governance, shares: ReadonlyMap<string, AllianceKeyShare>): void {
    for (const { id, role } of sharings) {
      const share = shares.get(role);
      if (share !== undefined && share._tag !== 'multisig')
        this.add(
          toHex(id),
          share.rows.map(({ secret }) => toHex(secret)),
        );
    }
  }

  /** Remembers what lies there of ceremonies. */
  look(): void {
    const root = join(this.path, 'moves');
    if (!existsSync(root)) return;
    for (const change of readdirSync(root))
      for (const name of readdirSync(join(root, change))) {
        if (!name.endsWith('.share.json') || name.startsWith('.')) continue;
        const text = readFileSync(join(root, change, name), 'utf8');
        this.add(
          name.slice(0, 64),
          [...text.matchAll(/"secret":"([0-9a-f]+)"/g)].flatMap(([, secret]) => secret ?? []),
        );
      }
  }

  /** Files that hold a secret of this sharing. */
  remains(sharing: string): readonly string[] {
    const secrets = [...(this.seen.get(sharing) ?? [])];
    if (secrets.length === 0) return [];
    return filesBelow(this.path).filter((file) => {
      const text = readFileSync(file, 'utf8').toLowerCase();
      return secrets.some((secret) => text.includes(secret));
    });
  }

  private add(sharing: string, secrets: readonly string[]): void {
    this.seen.set(sharing, new Set([...(this.seen.get(sharing) ?? []), ...secrets]));
  }
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}
