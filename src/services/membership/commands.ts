/** Commands for membership: an act in its pieces, and a question. */
import { concatBytes } from '../../prelude/bytes.js';
import { encodeServiceCommand, readServiceCommand } from '../service-command.js';
import { bodyKinds, membershipName } from './membership.js';
import { cutIntoPieces } from './pieces.js';
import { encodeQuery, type Query } from './views.js';

/** To be sent in this order, in one session; what came of the act is the result of the last. */
export function actCommands(act: Uint8Array): readonly Uint8Array[] {
  return cutIntoPieces(act).map((piece) => command(bodyKinds.piece, piece));
}

/** Its result is a part of a view. */
export function queryCommand(query: Query): Uint8Array {
  return command(bodyKinds.query, encodeQuery(query));
}

/** Whether a command brings an act, or a piece of one. */
export function isAct(bytes: Uint8Array): boolean {
  const read = readServiceCommand(bytes);
  return read?.name === membershipName && read.body[0] === bodyKinds.piece;
}

function command(kind: number, rest: Uint8Array): Uint8Array {
  return encodeServiceCommand({ name: membershipName, body: concatBytes(Uint8Array.of(kind), rest) });
}
