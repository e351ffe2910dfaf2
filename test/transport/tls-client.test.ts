/** Applications over the servers' listener. */
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { makeOrganizationCa } from '../../src/server/founding/certificates.js';
import { describeLinkError } from '../../src/transport/errors.js';
import type { TlsTransport, TlsTransportOptions } from '../../src/transport/tls.js';
import { type ClientOptions, connectClient } from '../../src/transport/tls-client.js';
import type { Link } from '../../src/transport/transport.js';
import { right } from '../support/right.js';
import * as support from './support.js';
import {
  authorities,
  clientCredentials,
  context,
  ear,
  freePorts,
  ids,
  optionsFor,
  serverCredentials,
  shop,
  until,
} from './support.js';

const running: TlsTransport[] = [];
const links: Link[] = [];
afterEach(async () => {
  for (const link of links.splice(0)) link.close('the test is over');
  await Promise.all(running.splice(0).map((transport) => transport.close()));
});

const [a] = ids;
const credentials = clientCredentials(shop);

async function serve(
  change: Partial<TlsTransportOptions> = {},
): Promise<{ options: ClientOptions; frames: Uint8Array[]; ends: string[]; log: string[] }> {
  const ports = await freePorts(1);
  const heard = ear();
  running.push(await support.start({ ...optionsFor(a, ports, heard), ...change }));
  const frames: Uint8Array[] = [];
  const ends: string[] = [];
  const handler = {
    onFrame: (frame: Uint8Array) => void frames.push(frame),
    onClosed: (reason: string) => void ends.push(reason),
  };
  const to = { id: a, host: '127.0.0.1', port: ports[0] ?? 0 };
  return { options: { me: shop, to, context, credentials, authorities, handler }, frames, ends, log: heard.log };
}

async function connect(options: ClientOptions): Promise<Link> {
  const link = right(await connectClient(options)());
  links.push(link);
  return link;
}

describe('a server', () => {
  it('is a client under its own id, with its own certificate, where it may be linked', async () => {
    const sessions: Link[] = [];
    const [, b] = ids;
    const ports = await freePorts(2);
    const heard = ear();
    const transport = await support.start({
      ...optionsFor(a, ports, heard),
      onClient: (session) => {
        sessions.push(session);
        return { onFrame: () => undefined, onClosed: () => undefined };
      },
    });
    running.push(transport);
    const to = { id: a, host: '127.0.0.1', port: ports[0] ?? 0 };
    const ends: string[] = [];
    const handler = { onFrame: () => undefined, onClosed: (reason: string) => void ends.push(reason) };
    const as = (me: ProcessId, credentials = serverCredentials(me)): ClientOptions => ({
      me,
      to,
      context,
      credentials,
      authorities,
      handler,
    });
    await connect(as(b));
    await until(() => sessions.length === 1, 'the session');
    expect(sessions[0]?.id).toBe(b);
    expect(heard.up).toEqual([]);

    // The third is none of the servers that may be linked, until it is met.
    const stranger = await connectClient(as(ids[2]))();
    expect(E.isLeft(stranger) && describeLinkError(stranger.left)).toMatch(/initech\/1 is not enrolled/);
    transport.meet([{ id: ids[2], host: '127.0.0.1', port: 1 }], new Map());
    await connect(as(ids[2]));
    await until(() => sessions.length === 2, 'the second session');
    transport.meet([], new Map());
    await until(() => ends.length === 1, 'the end of the second');
    expect(ends).toEqual(['refused by the other side: initech/1 is not in the alliance any more']);
    expect(sessions[0]?.send(utf8('still here'))).toBe(true);
  });

  it('has no credentials for another id', async () => {
    const [, b] = ids;
    const { options, log } = await serve();
    for (const me of [shop, ids[2]]) {
      const refused = await connectClient({ ...options, me, credentials: serverCredentials(b) })();
      expect(refused).toMatchObject({ left: { _tag: 'BadCredentials' } });
    }
    expect(log).toEqual([]);
  });
});

describe('an application', () => {
  it('exchanges frames with the server as itself', async () => {
    const sessions: Link[] = [];
    const echo: TlsTransportOptions['onClient'] = (session) => {
      sessions.push(session);
      session.send(utf8('welcome'));
      return { onFrame: (frame) => session.send(frame), onClosed: () => undefined };
    };
    const { options, frames } = await serve({ onClient: echo });
    const link = await connect(options);
    expect(link.id).toBe(a);
    for (let index = 0; index < 100; index++) expect(link.send(Uint8Array.of(index))).toBe(true);
    await until(() => frames.length === 101, 'the echoes');
    expect(frames).toEqual([utf8('welcome'), ...Array.from({ length: 100 }, (_, index) => Uint8Array.of(index))]);
    expect(sessions.map(({ id }) => id)).toEqual([shop]);
    expect(link.send(new Uint8Array((16 << 20) + 1))).toBe(false);
    expect(link.pending).toBe(0);
  });

  it('learns why the server ends the link, and the server why the application does', async () => {
    const sessions: Link[] = [];
    const ended: string[] = [];
    const { options, ends } = await serve({
      onClient: (session) => {
        sessions.push(session);
        return { onFrame: () => undefined, onClosed: (reason) => ended.push(reason) };
      },
    });
    const link = await connect(options);
    await until(() => sessions.length === 1, 'the session');
    sessions[0]?.close('enough');
    await until(() => ends.length === 1, 'the end');
    expect([ends, link.send(utf8('x'))]).toEqual([['refused by the other side: enough'], false]);
    (await connect(options)).close('bye');
    await until(() => ended.length === 2, 'the other end');
    expect(ended).toEqual(['enough', 'refused by the other side: bye']);
  });

  it('is not heard any more once the server has ended the link, even for what came in the same packet', async () => {
    const heard: Uint8Array[] = [];
    const { options, ends } = await serve({
      onClient: (session) => ({
        onFrame: (frame) => {
          heard.push(frame);
          session.close('one is enough');
        },
        onClosed: () => undefined,
      }),
    });
    const link = await connect(options);
    for (let index = 0; index < 5; index++) link.send(Uint8Array.of(index));
    await until(() => ends.length === 1, 'the end');
    expect(heard).toEqual([Uint8Array.of(0)]);
  });

  it('that reads too slowly is cut off', async () => {
    const ended: string[] = [];
    const { options } = await serve({
      limits: { maxPendingBytes: 1 << 20 },
      onClient: (session) => {
        for (let count = 0; count < 50; count++) session.send(new Uint8Array(100_000));
        return { onFrame: () => undefined, onClosed: (reason) => ended.push(reason) };
      },
    });
    await connectClient(options)();
    await until(() => ended.length === 1, 'the end');
    expect(ended[0]).toMatch(/^too slow: \d{6,7} bytes wait to be read$/);
  });

  it('is refused for each thing that differs, and both sides say so', async () => {
    const { options } = await serve({ limits: { maxClients: 1 } });
    const stranger = 'acme/other' as ProcessId;
    const impostor = makeOrganizationCa('acme', support.validity);
    const attempts: [(options: ClientOptions) => Partial<ClientOptions>, RegExp][] = [
      [() => ({ me: stranger, credentials: clientCredentials(stranger) }), /application acme\/other is not enrolled/],
      [() => ({ context: { ...context, configurationDigest: digest(utf8('other')) } }), /alliance\.json differs/],
      [() => ({ context: { ...context, allianceId: digest(utf8('other')) } }), /belongs to alliance/],
      [
        () => ({
          credentials: clientCredentials(shop, impostor),
          authorities: new Map([...authorities, ['acme', impostor.certificate]]),
        }),
        /was not issued by the authority of acme/,
      ],
      [({ to }) => ({ to: { ...to, id: ids[1] } }), /the certificate is for server acme\/1, not for server globex\/1/],
    ];
    for (const [change, reason] of attempts) {
      const server = await serve();
      const refused = await connectClient({ ...server.options, ...change(server.options) })();
      expect(E.isLeft(refused) && refused.left._tag).toBe('Refused');
      if (E.isLeft(refused)) expect(describeLinkError(refused.left)).toMatch(reason);
      await until(() => server.log.length > 0, 'the line in the log');
      expect(server.log[0]).toMatch(reason);
    }
    await connect(options);
    const second = await connectClient(options)();
    expect(E.isLeft(second) && describeLinkError(second.left)).toMatch(/too many applications are connected/);
  });

  it('is cut off for a frame that is longer than what applications may send', async () => {
    const { options, ends } = await serve({ limits: { maxClientFrameBytes: 1 << 20 } });
    const link = await connect(options);
    expect(link.send(new Uint8Array((1 << 20) + 1))).toBe(true);
    await until(() => ends.length === 1, 'the end');
    expect(ends[0]).toMatch(/a frame of 1048577 bytes came, and at most 1048576 are allowed/);
  });

  it('that has many connections gives up one of them for another application, where there is no room', async () => {
    const other = 'acme/other' as ProcessId;
    const ended: string[] = [];
    const { options, ends } = await serve({
      limits: { maxClients: 3 },
      isEnrolled: () => true,
      onClient: ({ id }) => ({ onFrame: () => undefined, onClosed: (reason) => ended.push(`${id}: ${reason}`) }),
    });
    for (let count = 0; count < 3; count++) await connect(options);
    const again = await connectClient(options)();
    expect(E.isLeft(again) && describeLinkError(again.left)).toMatch(/too many applications are connected/);
    const others = { ...options, me: other, credentials: clientCredentials(other) };
    await connect(others);
    await until(() => ended.length === 1, 'the end of one');
    expect(ended[0]).toMatch(/^acme\/shop: its place is needed/);
    expect(ends).toHaveLength(1);
    // Now one has two, the other one: nobody gives way any more.
    const more = await connectClient(others)();
    expect(E.isLeft(more) && describeLinkError(more.left)).toMatch(/too many applications are connected/);
  });

  it('gets an error value where nobody listens and for credentials of another', async () => {
    const { options } = await serve();
    const [port = 0] = await freePorts(1);
    const nobody = await connectClient({ ...options, to: { ...options.to, port } })();
    expect(nobody).toEqual(E.left({ _tag: 'Unreachable', host: '127.0.0.1', port, detail: 'ECONNREFUSED' }));
    const other = await connectClient({ ...options, me: 'acme/other' as ProcessId })();
    expect(other).toMatchObject({ left: { _tag: 'BadCredentials' } });
  });
});
