/** Servers over real sockets: identity, refusals that both sides can read, hostile input, and a server that comes back. */
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { makeOrganizationCa } from '../../src/server/founding/certificates.js';
import { describeLinkError } from '../../src/transport/errors.js';
import { encodeFrameHead } from '../../src/transport/frames.js';
import { encodeHello } from '../../src/transport/hello.js';
import type { LinkLimits } from '../../src/transport/limits.js';
import { openTlsTransport, type TlsTransport, type TlsTransportOptions } from '../../src/transport/tls.js';
import * as support from './support.js';
import { caOf, context, ear, freePorts, type Heard, ids, optionsFor, serverCredentials, until } from './support.js';

const running: TlsTransport[] = [];
const sockets: Socket[] = [];

async function start(options: TlsTransportOptions): Promise<TlsTransport> {
  const transport = await support.start(options);
  running.push(transport);
  return transport;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((transport) => transport.close()));
});

const [a, b] = ids;

/** The first two servers, the second (which is dialled) with other options. */
async function pair(
  change: (options: TlsTransportOptions) => Partial<TlsTransportOptions>,
): Promise<{ left: Heard; right: Heard }> {
  const ports = await freePorts(2);
  const [left, right] = [ear(), ear()];
  const options = optionsFor(b, ports, right);
  await start({ ...options, ...change(options) });
  await start(optionsFor(a, ports, left));
  return { left, right };
}

const told = (heard: Heard): string => [...heard.down.map(({ reason }) => reason), ...heard.log].join('\n');

describe('two servers', () => {
  it('exchange frames of every size up to the largest, in order', async () => {
    const ports = await freePorts(2);
    const [left, right] = [ear(), ear()];
    const limits = { maxFrameBytes: 300_000 };
    const two = await start({ ...optionsFor(b, ports, right), limits });
    const one = await start({ ...optionsFor(a, ports, left), limits });
    await until(() => left.up.length === 1 && right.up.length === 1, 'the link');
    const sizes = [0, 1, 1023, 1024, 1025, 16_384, 65_536, 300_000];
    for (const size of sizes) one.send(b, new Uint8Array(size).fill(size % 251));
    two.send(a, utf8('back'));
    one.send(b, new Uint8Array(300_001));
    one.send(b, utf8('end'));
    await until(() => right.frames.length === sizes.length + 1 && left.frames.length === 1, 'all frames');
    expect(right.frames.slice(0, -1).map(({ frame }) => frame.length)).toEqual(sizes);
    expect(right.frames.every(({ from }) => from === a)).toBe(true);
    expect(right.frames.slice(0, -1).every(({ frame }) => frame.every((byte) => byte === frame.length % 251))).toBe(
      true,
    );
    expect(left.log).toEqual([`a frame of 300001 bytes for ${b} was not sent: at most 300000 are allowed`]);
  });

  it('are told on both sides that they belong to different alliances', async () => {
    const { left, right } = await pair(() => ({ context: { ...context, allianceId: digest(utf8('other')) } }));
    for (const heard of [left, right]) {
      await until(() => told(heard).includes('belongs to alliance'), 'the reason');
      expect(heard.up).toEqual([]);
      expect(heard.log).toHaveLength(heard.down.length);
    }
  });

  it('are told on both sides that their alliance.json differs', async () => {
    const { left, right } = await pair(() => ({ context: { ...context, configurationDigest: digest(utf8('other')) } }));
    for (const heard of [left, right]) {
      await until(
        () =>
          /alliance\.json differs: server \S+ has the one with digest [0-9a-f]{16}, server \S+ has [0-9a-f]{16}/.test(
            told(heard),
          ),
        'the reason',
      );
      expect(heard.up).toEqual([]);
    }
    const before = left.log.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(left.log.length).toBeLessThanOrEqual(before + 1);
  });

  it('cut a link on which a frame is too large, and say so on both sides', async () => {
    const ports = await freePorts(2);
    const [left, right] = [ear(), ear()];
    await start({ ...optionsFor(b, ports, right), limits: { maxFrameBytes: 1000 } });
    const one = await start({ ...optionsFor(a, ports, left), limits: { redialMinMs: 10 } });
    await until(() => left.up.length === 1, 'the link');
    one.send(b, new Uint8Array(1001));
    const reason = 'a frame of 1001 bytes came, and at most 1000 are allowed';
    await until(() => right.down.length === 1 && left.down.length === 1, 'the end of the link');
    expect(right.down[0]).toEqual({ peer: a, reason });
    expect(left.down[0]).toEqual({ peer: b, reason: `refused by the other side: ${reason}` });
    await until(() => left.up.length === 2 && right.up.length === 2, 'the next link');
    expect(right.frames).toEqual([]);
  });
});

describe('an identity', () => {
  /** Both sides must refuse; `mine` is what the accepting side says. */
  async function refusedDialler(
    credentials: TlsTransportOptions['credentials'],
    hello: ProcessId,
    mine: RegExp,
    role: 'server' | 'client' = 'server',
  ): Promise<void> {
    const ports = await freePorts(3);
    const heard = ear();
    await start(optionsFor(b, ports, heard));
    const socket = connectTls({
      port: ports[1] ?? 0,
      host: '127.0.0.1',
      cert: credentials.certificate,
      key: credentials.privateKey,
      rejectUnauthorized: false,
    });
    sockets.push(socket);
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => undefined);
    const body = encodeHello({ ...context, identity: { role, id: hello } });
    socket.write(Buffer.concat([encodeFrameHead('hello', body.length), body]));
    await until(() => socket.closed, 'the end');
    expect(Buffer.concat(received).toString()).toMatch(mine);
    expect(told(heard)).toMatch(mine);
    expect(heard.up).toEqual([]);
  }

  it('is not taken from a hello that the certificate contradicts', async () => {
    await refusedDialler(
      serverCredentials(ids[2]),
      a,
      /the certificate is for server initech\/1, not for server acme\/1/,
    );
  });

  it('is not taken from an authority that is not pinned', async () => {
    await refusedDialler(
      serverCredentials(a, makeOrganizationCa('acme', support.validity)),
      a,
      /was not issued by the authority of acme/,
    );
  });

  it('is not taken from another organization, whose authority is pinned for itself only', async () => {
    const crossed = makeOrganizationCa('acme', support.validity);
    const globex = { ...crossed, ...caOf(b), organization: 'acme' };
    await refusedDialler(serverCredentials(a, globex), a, /was not issued by the authority of acme/);
  });

  it('is not taken from an expired certificate', async () => {
    const past = { from: new Date(Date.now() - 2 * 86_400_000), to: new Date(Date.now() - 86_400_000) };
    await refusedDialler(serverCredentials(a, undefined, past), a, /valid from .* to .*, not now/);
  });

  it('is not taken from a certificate for an application', async () => {
    await refusedDialler(
      support.clientCredentials(a),
      a,
      /the certificate is for client acme\/1, not for server acme\/1/,
    );
  });

  it('of a server is not that of a client under another id', async () => {
    await refusedDialler(
      serverCredentials(ids[2]),
      support.shop,
      /the certificate is for server initech\/1, not for client acme\/shop/,
      'client',
    );
  });

  it('of a server that should be dialled does not make it one that dials', async () => {
    await refusedDialler(serverCredentials(ids[2]), ids[2], /globex\/1 dials initech\/1, not the other way round/);
  });

  it('of the server that answers is checked as well', async () => {
    const ports = await freePorts(2);
    const heard = ear();
    const other = optionsFor(ids[2], [...ports, ports[1] ?? 0], ear());
    await start({ ...other, servers: other.servers.slice(2) });
    await start(optionsFor(a, ports, heard));
    await until(
      () => told(heard).includes('the certificate is for server initech/1, not for server globex/1'),
      'the refusal',
    );
    expect(heard.up).toEqual([]);
  });
});

describe('a server that answers', () => {
  it('is not taken for what it says when its certificate says otherwise', async () => {
    const ports = await freePorts(2);
    const heard = ear();
    const { certificate: cert, privateKey: key } = serverCredentials(b);
    const body = encodeHello({ ...context, identity: { role: 'server', id: ids[2] } });
    const liar = createTlsServer({ cert, key, minVersion: 'TLSv1.3' }, (socket) => {
      socket.on('error', () => undefined).resume();
      socket.write(Buffer.concat([encodeFrameHead('hello', body.length), body, encodeFrameHead('welcome', 0)]));
    });
    await new Promise<void>((resolve) =>
      liar.listen(ports[1], '127.0.0.1', () => {
        resolve();
      }),
    );
    await start(optionsFor(a, ports, heard));
    await until(() => heard.down.length > 0 || heard.up.length > 0, 'the refusal');
    expect(heard.down[0]?.reason).toBe('the certificate is for server globex/1, not for server initech/1');
    liar.close();
  });
});

describe('hostile strangers', () => {
  const open = (port: number): Socket => {
    const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined);
    socket.resume();
    sockets.push(socket);
    return socket;
  };

  it('who come in a flood cut no link and keep nobody out', async () => {
    const ports = await freePorts(3);
    const [left, right, late] = [ear(), ear(), ear()];
    await start({ ...optionsFor(ids[2], ports, right), limits: { maxUnproved: 8 } });
    await start(optionsFor(a, ports, left));
    await until(() => right.up.length === 1, 'the first link');
    const flood = Array.from({ length: 100 }, () => open(ports[2] ?? 0));
    await until(() => flood.filter((socket) => !socket.closed).length <= 8, 'the flood to be bounded', 3000);
    await start(optionsFor(b, ports, late));
    await until(() => late.up.includes(ids[2]), 'the second link');
    expect(right.down).toEqual([]);
    expect(right.log.length).toBeLessThan(3);
  });

  it('who say nothing or send garbage are cut off', async () => {
    const ports = await freePorts(2);
    const heard = ear();
    await start({ ...optionsFor(b, ports, heard), limits: { handshakeMs: 200 } });
    const silent = Array.from({ length: 5 }, () => open(ports[1] ?? 0));
    const garbage = open(ports[1] ?? 0);
    garbage.write(Buffer.alloc(5000, 0x41));
    await until(() => [...silent, garbage].every((socket) => socket.closed), 'the end', 3000);
    expect(heard.log).toEqual([expect.stringMatching(/^refused 127\.0\.0\.1: no TLS 1\.3 handshake \(ERR_SSL_/)]);
  });

  it('who finish TLS without a certificate, and then say nothing or garbage, are cut off', async () => {
    const ports = await freePorts(2);
    const heard = ear();
    await start({ ...optionsFor(b, ports, heard), limits: { handshakeMs: 200 } });
    for (const noise of [Buffer.alloc(0), Buffer.alloc(100_000, 0x41)]) {
      const socket = connectTls({ port: ports[1] ?? 0, host: '127.0.0.1', rejectUnauthorized: false });
      socket.on('error', () => undefined).resume();
      sockets.push(socket);
      if (noise.length > 0) socket.write(noise);
      await until(() => socket.closed, 'the end', 3000);
    }
    expect(heard.log[0]).toBe('refused 127.0.0.1: no certificate was shown');
  });

  it('with a good certificate but no good handshake are cut off and reported', async () => {
    const ports = await freePorts(2);
    const heard = ear();
    await start({ ...optionsFor(b, ports, heard), limits: { handshakeMs: 200 } });
    const { certificate: cert, privateKey: key } = serverCredentials(a);
    const noises: [Uint8Array, RegExp][] = [
      [new Uint8Array(0), /no handshake within 200 ms/],
      [Buffer.concat([encodeFrameHead('data', 1), utf8('x')]), /a data frame came where the handshake has none/],
      [Buffer.concat([encodeFrameHead('hello', 5), utf8('hello')]), /no koinon hello/],
      [
        Buffer.concat([encodeFrameHead('hello', 10), utf8('koinon'), Uint8Array.of(0, 2, 9, 9)]),
        /protocol version 2 meets protocol version 1/,
      ],
      [encodeFrameHead('hello', 1 << 20), /a frame of 1048576 bytes came, and at most 1024 are allowed/],
      [Uint8Array.of(0, 0, 0, 0, 77), /a frame of unknown kind 77 came/],
    ];
    for (const [noise, reason] of noises) {
      const socket = connectTls({ port: ports[1] ?? 0, host: '127.0.0.1', rejectUnauthorized: false, cert, key });
      sockets.push(socket);
      let answer = '';
      socket
        .on('error', () => undefined)
        .on('data', (chunk: Buffer) => {
          answer += chunk.toString('latin1');
        });
      socket.write(noise);
      await until(() => socket.closed, 'the end', 3000);
      expect(answer).toMatch(reason);
      expect(told(heard)).toMatch(reason);
    }
  });

  it('do not break a server that dials them', async () => {
    const ports = await freePorts(2);
    const heard = ear();
    const impostor = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .resume()
        .end('HTTP/1.1 200 OK\r\n\r\n');
    });
    await new Promise<void>((resolve) =>
      impostor.listen(ports[1], '127.0.0.1', () => {
        resolve();
      }),
    );
    await start(optionsFor(a, ports, heard));
    await until(() => heard.down.length > 0, 'the failure');
    expect(heard.down[0]?.reason).toMatch(/^cannot reach 127\.0\.0\.1:\d+ \(/);
    await new Promise((resolve) => impostor.close(resolve));
  });
});

describe('a link', () => {
  /** The first two servers with a wire between them that can be cut and frozen. */
  async function overWire(limits: Partial<LinkLimits>) {
    const [portA = 0, portB = 0, wirePort = 0] = await freePorts(3);
    const [left, right] = [ear(), ear()];
    const ends: Socket[] = [];
    const wire = createServer((near) => {
      const far = connectTcp(portB, '127.0.0.1');
      for (const socket of [near, far])
        socket
          .on('error', () => undefined)
          .on('close', () => {
            near.destroy();
            far.destroy();
          });
      near.pipe(far).pipe(near);
      ends.push(near, far);
    });
    await new Promise<void>((resolve) =>
      wire.listen(wirePort, '127.0.0.1', () => {
        resolve();
      }),
    );
    const two = await start({ ...optionsFor(b, [portA, portB], right), limits });
    const one = await start({ ...optionsFor(a, [portA, wirePort], left), limits });
    await until(() => left.up.length === 1 && right.up.length === 1, 'the link');
    return { left, right, one, two, ends, wire, wirePort };
  }

  it('that breaks without a word comes back', async () => {
    const { left, right, one, ends, wire } = await overWire({ redialMinMs: 10 });
    for (const socket of ends.splice(0)) socket.resetAndDestroy();
    await until(() => left.up.length === 2 && right.up.length === 2, 'the next link');
    expect([left.down.length, right.down.length]).toEqual([1, 1]);
    one.send(b, utf8('again'));
    await until(() => right.frames.length === 1, 'the frame');
    wire.close();
  });

  it('on which nothing is heard any more is given up by both sides', async () => {
    const { left, right, ends, wire, wirePort } = await overWire({ redialMinMs: 10, pingMs: 40 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect([left.down, right.down]).toEqual([[], []]);
    // No new link takes the place of one that only one side has given up.
    wire.close();
    for (const socket of ends) socket.unpipe().pause();
    await until(() => left.down.length > 0 && right.down.length > 0, 'the end');
    const reasons = [left.down[0]?.reason, right.down[0]?.reason];
    expect(reasons).toContain('nothing was heard from the other side');
    wire.listen(wirePort, '127.0.0.1');
    await until(() => left.up.length > 1 && right.up.length > 1, 'the next link');
    wire.close();
  });

  it('of a server that is dialled again without having noticed the end is replaced', async () => {
    const { left, right, two, ends, wire } = await overWire({ redialMinMs: 10 });
    const [near] = ends;
    near?.removeAllListeners('close').unpipe();
    ends[1]?.unpipe().pause();
    near?.resetAndDestroy();
    await until(() => left.up.length === 2 && right.up.length === 2, 'the next link');
    two.send(a, utf8('over the new one'));
    await until(() => left.frames.length === 1, 'the frame');
    expect(right.down).toEqual([]);
    ends[1]?.resume();
    await until(() => ends[1]?.closed === true, 'the end of the old connection', 3000);
    wire.close();
  });
});

describe('a peer that reads nothing', () => {
  it('costs no more than its queue', async () => {
    const ports = await freePorts(2);
    const [left, right] = [ear(), ear()];
    await start(optionsFor(b, ports, right));
    const one = await start({ ...optionsFor(a, ports, left), limits: { maxPendingBytes: 100_000 } });
    await until(() => left.up.length === 1 && right.up.length === 1, 'the link');
    for (let i = 0; i < 100; i++) one.send(b, new Uint8Array(10_000).fill(i));
    await until(() => right.frames.length > 0, 'some frames');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(right.frames.map(({ frame }) => frame[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(left.down).toEqual([]);
  });
});

describe('opening', () => {
  it('says that the port is in use', async () => {
    const ports = await freePorts(2);
    await start(optionsFor(a, ports, ear()));
    const second = await openTlsTransport(optionsFor(a, ports, ear()))();
    expect(second).toEqual({ _tag: 'Left', left: { _tag: 'AddressInUse', host: '127.0.0.1', port: ports[0] } });
    if (second._tag === 'Left')
      expect(describeLinkError(second.left)).toContain(`port ${ports[0] ?? 0} on 127.0.0.1 is in use`);
  });

  it('says that credentials are not the own ones', async () => {
    const options = optionsFor(a, await freePorts(2), ear());
    const mine = serverCredentials(a);
    const attempts: [TlsTransportOptions['credentials'], string][] = [
      [serverCredentials(b), 'the own certificate is for server globex/1, not for server acme/1'],
      [
        { ...mine, privateKey: serverCredentials(a).privateKey },
        'the private key does not belong to the own certificate',
      ],
      [{ ...mine, privateKey: 'nonsense' }, 'the private key does not belong to the own certificate'],
      [{ ...mine, certificate: 'nonsense' }, 'the own certificate is no X.509 certificate'],
    ];
    for (const [credentials, detail] of attempts) {
      expect(await openTlsTransport({ ...options, credentials })()).toEqual({
        _tag: 'Left',
        left: { _tag: 'BadCredentials', detail },
      });
    }
  });
});
