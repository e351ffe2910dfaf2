/** etcd as its users run it: members with fsync, written to by gRPC through the leader, over as few connections as its own tool takes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type ClientHttp2Session, connect } from 'node:http2';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { invariant, present } from '../../src/prelude/invariant.js';
import { findFreePorts } from '../../src/server/founding/free-ports.js';
import { right } from '../../test/support/right.js';
import type { Subject } from './subject.js';

const host = '127.0.0.1';
const keys = 1000;
const startTries = 200;

export async function startEtcd(directory: string, members: number): Promise<Subject> {
  const ports = right(await findFreePorts({ _tag: 'any' }, host, 2 * members));
  const names = Array.from({ length: members }, (_, index) => `m${index}`);
  const url = (port: number | undefined): string => `http://${host}:${present(port, 'a port each')}`;
  const cluster = names.map((name, index) => `${name}=${url(ports[members + index])}`).join(',');
  const children = names.map((name, index) =>
    spawn(
      'etcd',
      [
        ...['--name', name, '--data-dir', join(directory, name)],
        ...['--listen-client-urls', url(ports[index]), '--advertise-client-urls', url(ports[index])],
        ...['--listen-peer-urls', url(ports[members + index])],
        ...['--initial-advertise-peer-urls', url(ports[members + index])],
        ...['--initial-cluster', cluster, '--initial-cluster-state', 'new', '--log-level', 'error'],
      ],
      { stdio: 'ignore' },
    ),
  );
  const session = connect(await leaderOf(ports.slice(0, members).map(url)));
  let puts = 0;
  return {
    name: `etcd, ${members} members`,
    pids: children.map(pidOf),
    put: (value) => put(session, new TextEncoder().encode(`key-${puts++ % keys}`), value),
    takeCertificateLags: () => [],
    takeSlots: () => Promise.resolve(undefined),
    close: async () => {
      session.close();
      await Promise.all(children.map(end));
    },
  };
}

function pidOf(child: ChildProcess): number {
  return present(child.pid, 'etcd is installed (Debian: etcd-server)');
}

function end(child: ChildProcess): Promise<unknown> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  return ended;
}

/** The member that leads, once there is one. */
async function leaderOf(urls: readonly string[]): Promise<string> {
  for (let tries = 0; tries < startTries; tries++) {
    for (const url of urls) if (await leads(url)) return url;
    await setTimeout(50);
  }
  throw new Error('etcd elected no leader');
}

async function leads(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v3/maintenance/status`, { method: 'POST', body: '{}' });
    const { header, leader } = (await response.json()) as { header?: { member_id?: string }; leader?: string };
    return leader !== undefined && leader === header?.member_id;
  } catch {
    return false;
  }
}

/** One Put of etcd's version 3 interface (rpc.proto): fields 1 and 2, in gRPC's frame. */
function put(session: ClientHttp2Session, key: Uint8Array, value: Uint8Array): Promise<void> {
  const message = Buffer.concat([field(1, key), field(2, value)]);
  const frame = Buffer.concat([Buffer.alloc(5), message]);
  frame.writeUInt32BE(message.length, 1);
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/etcdserverpb.KV/Put',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('trailers', (trailers: Readonly<Record<string, unknown>>) => {
      if (trailers['grpc-status'] === '0') resolve();
      else reject(new Error(`etcd refused a write: ${String(trailers['grpc-message'])}`));
    });
    stream.on('error', reject);
    stream.resume();
    stream.end(frame);
  });
}

function field(number: number, bytes: Uint8Array): Buffer {
  invariant(bytes.length < 1 << 14, 'a length of at most two bytes');
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
