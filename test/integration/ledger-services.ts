/** An application that remembers every command, whose state is as large as a test wants it. */
import { equalBytes, fromUtf8, utf8 } from '../../src/prelude/bytes.js';
import { type Alliance, defaultSnapshotInterval } from '../../src/management/alliance.js';
import { configurationDigestOf } from '../../src/management/alliance-codec.js';
import { identityVerifier } from '../../src/management/alliance-keys.js';
import { ed25519Verify } from '../../src/schemes/ed25519/ed25519.js';
import type { Applications } from '../../src/server/services.js';
import type { EpochControl } from '../../src/services/epoch-control.js';
import { CommandedEpochs } from '../support/commanded-epochs.js';

/** Everybody may end the first epoch with the configuration `next`. */
export function controlTo(first: Alliance, next: Alliance): EpochControl {
  const digest = configurationDigestOf(next);
  const { windowSlots, checkpointInterval } = first.parameters;
  const snapshotInterval = first.parameters.snapshotInterval ?? defaultSnapshotInterval(first.parameters);
  return new CommandedEpochs({
    terms: { windowSlots, checkpointInterval, snapshotInterval },
    configurationOf: (epoch, named) =>
      epoch === first.epoch && equalBytes(named, digest)
        ? { system: next.trust.system, identities: identityVerifier(next, ed25519Verify) }
        : undefined,
  });
}

export interface LedgerServices extends Applications {
  /** The commands, in their order. */
  readonly commands: () => readonly string[];
}

/** @param paddingBytes - of the state, besides the commands. */
export function ledgerServices(paddingBytes = 0): LedgerServices {
  let lines: readonly string[] = [];
  return {
    applications: new Map([
      [
        'ledger',
        {
          apply: ({ command }) => {
            lines = [...lines, fromUtf8(command) ?? '?'];
            return utf8(`${lines.length}`);
          },
          snapshot: () => utf8(JSON.stringify({ lines, padding: 'x'.repeat(paddingBytes) })),
          restore: (state) => {
            lines = (JSON.parse(fromUtf8(state) ?? '{"lines":[]}') as { lines: readonly string[] }).lines;
            return true;
          },
        },
      ],
    ]),
    applicationOf: () => 'ledger',
    commands: () => lines,
  };
}
