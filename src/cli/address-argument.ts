/** Where servers listen, as people write it: `host:port`, and `[…]:port` around an IPv6 address. */
import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import type { Address } from '../server/founding/organization-founding.js';

const hostName = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

/** `undefined` for anything else. */
export function addressOf(text: string): Address | undefined {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:[\]]+)):(?<port>[1-9]\d{0,4})$/.exec(text.trim());
  const { six, host, port } = match?.groups ?? {};
  const number = Number(port);
  if (!(number <= 65_535)) return undefined;
  if (six !== undefined) return isIP(six) === 6 ? { host: six, port: number } : undefined;
  return host !== undefined && hostName.test(host) ? { host, port: number } : undefined;
}

/** Of an option. */
export function addressArgument(text: string): Address {
  const address = addressOf(text);
  if (address !== undefined) return address;
  throw new InvalidArgumentError('Expected host:port.');
}
