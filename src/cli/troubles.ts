/** What goes wrong with servers, told to people once: a server that stays away is tried again and again for the same reason. */
import type { ProcessId } from '../prelude/process.js';
import type { Session } from './session.js';

export function tellingTroubles(session: Session): (server: ProcessId, reason: string) => void {
  const last = new Map<ProcessId, string>();
  return (server, reason) => {
    if (last.get(server) === reason) return;
    last.set(server, reason);
    session.note(`${server}: ${reason}`);
  };
}
