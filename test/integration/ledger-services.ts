/** An application that remembers every command, whose state is as large as a test wants it. */
import { equalBytes, fromUtf8, utf8 } from '../../src/prelude/bytes.js';
import { readAll } from '../../src/prelude/canonical.js';
import { E } from '../../src/prelude/fp.js';
import { readControl } from '../../src/consensus/epoch-change.js';
import type { Alliance } from '../../src/management/alliance.js';
import { configurationDigestOf } from '../../src/management/alliance-codec.js';
import { type Management, nextConfigurationOf, noManagement } from '../../src/server/epochs/management.js';
import type { Services } from '../../src/server/services.js';

/** A management that everybody obeys, and that ends the first epoch with the configuration `next`. */
export function managementTo(next: Alliance): Management {
  const digest = configurationDigestOf(next);
  return {
    controlOf: ({ command }) => {
      const control = readAll(command, readControl);
      return E.isRight(control) ? control.right : undefined;
    },
    configurationOf: (epoch, named) =>
      epoch === next.epoch - 1 && equalBytes(named, digest) ? nextConfigurationOf(next) : undefined,
  };
}

export interface LedgerServices extends Services {
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
    management: noManagement,
    commands: () => lines,
  };
}
