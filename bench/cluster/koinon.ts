/** koinon as its users run it: a process a server, TLS, durable disks, certificates; one application that proposes through the client library. */
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { ServerProcess } from '../../src/cli/server-processes.js';
import type { AllianceScheme } from '../../src/server/founding/alliance-key-dealing.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { foundForTrying } from '../../src/server/founding/founding.js';
import { applicationPath, serverPath } from '../../src/server/directory/layout.js';
import { serversOf } from '../../src/management/alliance.js';
import { right } from '../../test/support/right.js';
import { safePrimes2048, safePrimes3072 } from '../../test/support/rsa-keys.js';
import type { Subject } from './subject.js';

/** The longest that links may take to come up. */
const startMs = 10_000;

/** What an alliance is founded with. */
export interface KoinonTerms {
  readonly trust: string;
  /** Of the alliance key. */
  readonly scheme: AllianceScheme;
  /** Of the slow key. */
  readonly certificates: AllianceScheme;
}

/** The forms of the slow key, by name. RSA has a longer key than the alliance's: no two keys of an alliance are the same. */
export const certificateForms: Readonly<Record<string, AllianceScheme>> = {
  multisig: { _tag: 'multisig' },
  threshold: { _tag: 'bls' },
  'shoup-rsa': { _tag: 'shoup-rsa', modulusBits: 3072, primes: safePrimes3072 },
};

export async function startKoinon(directory: string, name: string, terms: KoinonTerms): Promise<Subject> {
  const { alliance } = right(await foundForTrying({ directory, ...terms, ports: { _tag: 'any' } })());
  const noise = process.env['KOINON_BENCH_LOG'] === undefined ? () => undefined : console.error;
  const servers = serversOf(alliance).map(
    ({ id }) => new ServerProcess(id, serverPath(directory, id), { onLine: noise, onExit: noise }),
  );
  await Promise.all(servers.map(({ ready }) => ready));
  const application = right(await loadApplicationDirectory(applicationPath(directory, 'a/app' as ProcessId))());
  const client = openClient(application, { from: 0 });
  const lags: number[] = [];
  const put = (value: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      let placedMs: number | undefined;
      const outcome = client.propose(value, () => {
        placedMs = performance.now();
        resolve();
      });
      void outcome.then((end) => {
        if (end._tag !== 'committed') reject(new Error(end.reason));
        lags.push(performance.now() - (placedMs ?? performance.now()));
      });
    });
  let slots = 0;
  const takeSlots = async (): Promise<number> => {
    const status = await client.askStatus(present(serversOf(alliance)[0], 'an alliance has servers').id, startMs);
    const before = slots;
    slots = status?.decided ?? slots;
    return slots - before;
  };
  return {
    name,
    pids: servers.map(({ pid }) => present(pid, 'the server runs')),
    put,
    takeCertificateLags: () => lags.splice(0),
    takeSlots,
    close: async () => {
      client.close();
      for (const server of servers) server.kill('SIGTERM');
      await Promise.all(servers.map(({ ended }) => ended));
    },
  };
}

export const rsa: AllianceScheme = { _tag: 'shoup-rsa', modulusBits: 2048, primes: safePrimes2048 };
