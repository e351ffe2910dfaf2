/** The records of proposals that have ended, one file each, beside the log (spec/management.md, "Records"). */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { endedProposals } from '../../management/governance/ended-proposals.js';
import type { OnGovernance } from '../../services/membership/membership.js';
import { fileModes, replaceFile } from '../directory/durable-files.js';
import { recordPath } from '../directory/layout.js';
import { errorReason } from '../directory/text-files.js';

/**
 * Keeps them in the directory of a server. A disk that takes no more does not stop the log: it is said, and other servers have the
 * record; so has whoever was sent a state in place of the log in which it is.
 */
export function recordsInto(server: string, say: (line: string) => void): OnGovernance {
  return (_, events, before) => {
    for (const { closed, record } of endedProposals(before, events)) {
      const path = recordPath(server, closed.number);
      try {
        if (existsSync(path)) continue;
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        replaceFile(path, record, fileModes.public);
      } catch (error) {
        say(`the record of proposal ${closed.number} cannot be written: ${errorReason(error)}`);
      }
    }
  };
}
