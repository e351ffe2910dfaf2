/** Which service a command is for: `0x00 ‖ "koinon service v1" ‖ 0x00 ‖ name ‖ body`; any other command is an application's own. */
import { concatBytes, startsWith, utf8 } from '../prelude/bytes.js';
import { readAll, Writer } from '../prelude/canonical.js';
import { E } from '../prelude/fp.js';
import { isName } from '../prelude/process.js';

const tag = concatBytes(Uint8Array.of(0), utf8('koinon service v1'), Uint8Array.of(0));
const maxNameBytes = 63;
const maxBodyBytes = 64 * 1024;

export interface ServiceCommand {
  readonly name: string;
  /** What the service is told. */
  readonly body: Uint8Array;
}

export function encodeServiceCommand({ name, body }: ServiceCommand): Uint8Array {
  return new Writer().fixed(tag).text(name).bytes(body).finish();
}

/** Whether a command is for one of koinon's own services, or claims to be: no application's business. */
export function isServiceCommand(command: Uint8Array): boolean {
  return startsWith(command, tag);
}

/** `undefined` for whatever is no command for a service. */
export function readServiceCommand(command: Uint8Array): ServiceCommand | undefined {
  if (!isServiceCommand(command)) return undefined;
  const read = readAll(command.subarray(tag.length), (reader) => ({
    name: reader.text(maxNameBytes),
    body: reader.bytes(maxBodyBytes),
  }));
  return E.isRight(read) && isName(read.right.name) ? read.right : undefined;
}
