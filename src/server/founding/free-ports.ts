/** Ports on this machine that nobody listens on, for an alliance for trying. */
import { createServer, type Server } from 'node:net';
import { E, type Either } from '../../prelude/fp.js';
import type { FoundingError } from '../directory/errors.js';

/** `from`: consecutive ones, which must all be free. `any`: whichever the system gives. */
export type PortChoice = { readonly _tag: 'from'; readonly port: number } | { readonly _tag: 'any' };

const highestPort = 65_535;

/** `count` ports that are free now; another program may still take one before it is used. */
export async function findFreePorts(
  choice: PortChoice,
  host: string,
  count: number,
): Promise<Either<FoundingError, readonly number[]>> {
  const first = choice._tag === 'from' ? choice.port : 0;
  if (first !== 0 && first + count - 1 > highestPort) {
    return E.left({ _tag: 'NotEnoughPorts', from: first, needed: count });
  }
  const held: Server[] = [];
  const ports: number[] = [];
  try {
    for (let index = 0; index < count; index++) {
      const wanted = first === 0 ? 0 : first + index;
      const server = await hold(host, wanted);
      if (server === undefined) return E.left({ _tag: 'PortInUse', host, port: wanted });
      held.push(server);
      const address = server.address();
      ports.push(typeof address === 'object' && address !== null ? address.port : wanted);
    }
    return E.right(ports);
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Listens, so that no port is found twice; `undefined` if it is taken. */
function hold(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ host, port, exclusive: true }, () => {
      resolve(server);
    });
  });
}
