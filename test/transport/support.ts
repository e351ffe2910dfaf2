/** An alliance of four servers in one process, with certificates of its own making. */
import { createServer } from 'node:net';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { organizationOf, type ProcessId } from '../../src/prelude/process.js';
import {
  generateTlsKeyPair,
  issueClientCertificate,
  issueServerCertificate,
  makeOrganizationCa,
  type OrganizationCa,
} from '../../src/server/founding/certificates.js';
import type { Credentials, LinkContext } from '../../src/transport/limits.js';
import { openTlsTransport, type TlsTransport, type TlsTransportOptions } from '../../src/transport/tls.js';
import type { TransportListener } from '../../src/transport/transport.js';
import { right } from '../support/right.js';

const day = 86_400_000;
export const validity = { from: new Date(Date.now() - day), to: new Date(Date.now() + day) };
const name = (text: string): ProcessId => text as ProcessId;
export const ids = [name('acme/1'), name('globex/1'), name('initech/1'), name('umbrella/1')] as const;
export const shop = name('acme/shop');

const cas = new Map<string, OrganizationCa>(
  ids.map((id) => [organizationOf(id), makeOrganizationCa(organizationOf(id), validity)]),
);
export const authorities: ReadonlyMap<string, string> = new Map([...cas].map(([name, ca]) => [name, ca.certificate]));

export function caOf(id: ProcessId): OrganizationCa {
  const ca = cas.get(organizationOf(id));
  if (ca === undefined) throw new Error(`no authority for ${id}`);
  return ca;
}

export function serverCredentials(process: ProcessId, ca = caOf(process), period = validity): Credentials {
  const { publicKey, privateKey } = generateTlsKeyPair();
  return { certificate: issueServerCertificate(ca, { process, hosts: [], publicKey, validity: period }), privateKey };
}

export function clientCredentials(application: ProcessId, ca = caOf(application)): Credentials {
  const { publicKey, privateKey } = generateTlsKeyPair();
  return { certificate: issueClientCertificate(ca, { application, publicKey, validity }), privateKey };
}

const credentials = new Map(ids.map((id) => [id, serverCredentials(id)]));

export const context: LinkContext = {
  allianceId: digest(utf8('alliance')),
  configurationDigest: digest(utf8('configuration')),
  epoch: 3,
};

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => {
            resolve(server);
          });
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export interface Heard {
  readonly listener: TransportListener;
  readonly frames: { readonly from: ProcessId; readonly frame: Uint8Array }[];
  readonly up: ProcessId[];
  readonly down: { readonly peer: ProcessId; readonly reason: string }[];
  readonly log: string[];
}

export function ear(): Heard {
  const heard: Omit<Heard, 'listener'> = { frames: [], up: [], down: [], log: [] };
  return {
    ...heard,
    listener: {
      onFrame: (from, frame) => heard.frames.push({ from, frame }),
      onConnected: (peer) => heard.up.push(peer),
      onDisconnected: (peer, reason) => heard.down.push({ peer, reason }),
    },
  };
}

export function optionsFor(me: ProcessId, ports: readonly number[], heard: Heard): TlsTransportOptions {
  return {
    me,
    servers: ids.slice(0, ports.length).map((id, index) => ({ id, host: '127.0.0.1', port: ports[index] ?? 0 })),
    context,
    credentials: credentials.get(me) ?? serverCredentials(me),
    authorities,
    listener: heard.listener,
    isEnrolled: (application) => application === shop,
    onClient: (session) => ({ onFrame: (frame) => session.send(frame), onClosed: () => undefined }),
    log: (line) => heard.log.push(line),
    limits: { redialMinMs: 10, redialMaxMs: 50, handshakeMs: 1000 },
  };
}

export async function start(options: TlsTransportOptions): Promise<TlsTransport> {
  return right(await openTlsTransport(options)());
}

export async function until(condition: () => boolean, what: string, deadlineMs = 60_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
