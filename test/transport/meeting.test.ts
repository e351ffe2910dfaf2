/** Servers that come to know one another while their links are open. */
import { afterEach, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { makeOrganizationCa, type OrganizationCa } from '../../src/server/founding/certificates.js';
import type { ServerAddress } from '../../src/transport/dial.js';
import type { TlsTransport, TlsTransportOptions } from '../../src/transport/tls.js';
import * as support from './support.js';
import { authorities, ear, freePorts, type Heard, ids, optionsFor, serverCredentials, until } from './support.js';

const running: TlsTransport[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((transport) => transport.close()));
});

async function start(options: TlsTransportOptions): Promise<TlsTransport> {
  const transport = await support.start(options);
  running.push(transport);
  return transport;
}

const [a, b, c] = ids;
/** One is dialled by all who are there, one dials them, and one does both. */
const newcomers = ['aaa/1', 'dune/1', 'zeta/1'] as ProcessId[];
const newAuthorities = new Map(
  newcomers.map((id): [string, OrganizationCa] => [
    id.slice(0, -2),
    makeOrganizationCa(id.slice(0, -2), support.validity),
  ]),
);
const pems = (some: ReadonlyMap<string, OrganizationCa>): ReadonlyMap<string, string> =>
  new Map([...some].map(([name, { certificate }]) => [name, certificate]));

interface Scene {
  readonly members: { readonly transport: TlsTransport; readonly heard: Heard }[];
  readonly addresses: readonly ServerAddress[];
  /** Where the newcomers are to be. */
  readonly others: readonly ServerAddress[];
}

async function members(): Promise<Scene> {
  const ports = await freePorts(6);
  const known = [a, b, c].map((id, index) => ({ id, host: '127.0.0.1', port: ports[index] ?? 0 }));
  const others = newcomers.map((id, index) => ({ id, host: '127.0.0.1', port: ports[3 + index] ?? 0 }));
  const opened = await Promise.all(
    [a, b, c].map(async (id) => {
      const heard = ear();
      return { heard, transport: await start(optionsFor(id, ports.slice(0, 3), heard)) };
    }),
  );
  await until(() => opened.every(({ heard }) => heard.up.length === 2), 'the links of the members');
  return { members: opened, addresses: known, others };
}

async function newcomer(scene: Scene, { id }: ServerAddress): Promise<{ transport: TlsTransport; heard: Heard }> {
  const heard = ear();
  const ca = newAuthorities.get(id.slice(0, -2));
  const transport = await start({
    ...optionsFor(a, [], heard),
    me: id,
    servers: [...scene.addresses, ...scene.others],
    authorities: new Map([...authorities, ...pems(newAuthorities)]),
    credentials: serverCredentials(id, ca),
  });
  return { transport, heard };
}

it('are linked with newcomers in every direction of dialling, while no other link goes down', async () => {
  const scene = await members();
  const came = await Promise.all(scene.others.map((other) => newcomer(scene, other)));
  await until(
    () => scene.members.every(({ heard }) => heard.log.some((line) => line.includes('aaa'))),
    'the refusal of one that dials',
  );
  for (const { heard } of scene.members) expect(heard.up).toHaveLength(2);
  for (const { transport } of scene.members)
    expect(transport.meet(scene.others, pems(newAuthorities))).toEqual(E.right(undefined));
  await until(() => scene.members.every(({ heard }) => heard.up.length === 5), 'links with all');
  await until(() => came.every(({ heard }) => heard.up.length === 5), 'links of the newcomers');
  for (const { transport } of scene.members) for (const id of newcomers) transport.send(id, utf8('welcome'));
  for (const { transport } of came) for (const id of [a, b, c]) transport.send(id, utf8('thanks'));
  await until(() => came.every(({ heard }) => heard.frames.length === 3), 'frames from the members');
  await until(() => scene.members.every(({ heard }) => heard.frames.length === 3), 'frames from the newcomers');
  for (const { heard } of scene.members) expect(heard.down).toEqual([]);
});

it('part from those who are not named any more, and refuse them, while no other link goes down', async () => {
  const scene = await members();
  const came = await Promise.all(scene.others.map((other) => newcomer(scene, other)));
  for (const { transport } of scene.members) transport.meet(scene.others, pems(newAuthorities));
  await until(() => scene.members.every(({ heard }) => heard.up.length === 5), 'links with all');
  const [kept] = scene.others;
  if (kept === undefined) throw new Error('there are newcomers');
  for (const { transport } of scene.members) transport.meet([kept], pems(newAuthorities));
  const gone = newcomers.slice(1);
  for (const { heard } of scene.members) {
    await until(() => heard.down.length === 2, 'the ends of two links');
    expect(heard.down.map(({ peer }) => peer).sort()).toEqual(gone);
    expect(heard.down.map(({ reason }) => reason)).toEqual(gone.map((id) => expect.stringContaining(id) as string));
  }
  await until(
    () => came.slice(1).every(({ heard }) => heard.log.some((line) => line.includes('not in the alliance'))),
    'what the newcomers are told',
  );
  const before = scene.members.map(({ heard }) => heard.up.length);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(scene.members.map(({ heard }) => heard.up.length)).toEqual(before);
  for (const { transport } of scene.members) transport.send(kept.id, utf8('still here'));
  await until(() => came[0]?.heard.frames.length === 3, 'frames to the one that stays');
  // Named again, they are linked again.
  for (const { transport } of scene.members) transport.meet(scene.others, pems(newAuthorities));
  await until(() => scene.members.every(({ heard }) => heard.up.length === 7), 'links once more');
});

it('take a second authority of an organization beside the first, and only while it is named', async () => {
  const scene = await members();
  const [first] = scene.members;
  if (first === undefined) throw new Error('there are members');
  const fresh = makeOrganizationCa('initech', support.validity);
  const again = async (): Promise<{ transport: TlsTransport; heard: Heard }> => {
    const heard = ear();
    const options = optionsFor(
      c,
      scene.addresses.map(({ port }) => port),
      heard,
    );
    const both = new Map([...authorities, ['initech', fresh.certificate]]);
    return {
      heard,
      transport: await start({ ...options, authorities: both, credentials: serverCredentials(c, fresh) }),
    };
  };
  await scene.members[2]?.transport.close();
  const refused = await again();
  await until(
    () => first.heard.log.some((line) => line.includes('not issued by the authority of initech')),
    'the refusal',
  );
  expect(refused.heard.up).toEqual([]);
  for (const { transport } of scene.members.slice(0, 2)) transport.meet([], new Map([['initech', fresh.certificate]]));
  await until(() => refused.heard.up.length === 2, 'links under the new authority');
  await refused.transport.close();
  // The old one still counts.
  const old = ear();
  await start(
    optionsFor(
      c,
      scene.addresses.map(({ port }) => port),
      old,
    ),
  );
  await until(() => old.up.length === 2, 'links under the old authority');
  for (const { heard } of scene.members.slice(0, 2)) expect(heard.down.map(({ peer }) => peer)).not.toContain(a);
});

it('change nothing where an authority cannot be read', async () => {
  const scene = await members();
  const [first] = scene.members;
  const broken = new Map([...pems(newAuthorities), ['aaa', 'nonsense']]);
  expect(first?.transport.meet(scene.others, broken)).toEqual(
    E.left('the certificate of organization aaa is no X.509 certificate'),
  );
  const { heard } = await newcomer(scene, scene.others[0] ?? { id: a, host: '', port: 0 });
  await until(() => first?.heard.log.some((line) => line.includes('aaa')) === true, 'the refusal');
  expect(heard.up).toEqual([]);
  expect(first?.heard.down).toEqual([]);
});
