/**
 * Acts that are longer than a command: whoever carries one cuts it into commands of one session (spec/management.md, "Acts").
 * Sessions are exactly-once and in order, so nobody else's command comes in between, and nothing is replayed.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { type Digest, digest, digestLength } from '../../prelude/digest.js';
import { E } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import { actLimits } from '../../management/acts/act.js';

/** A whole in one piece is the piece itself. */
interface Piece {
  /** Of the whole. */
  readonly digest: Digest;
  readonly count: number;
  /** From 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

export const pieceLimits = {
  /** With room in a command for what stands around it. */
  pieceBytes: actLimits.actBytes,
  pieces: 128,
  /** In unfinished wholes of all clients of one organization, which are its own to share. */
  unfinishedBytes: 8 << 20,
} as const;

/** The pieces of `whole`, each to be sent in a command of its own, in this order. */
export function cutIntoPieces(whole: Uint8Array): readonly Uint8Array[] {
  const { pieceBytes, pieces } = pieceLimits;
  const count = Math.max(1, Math.ceil(whole.length / pieceBytes));
  invariant(count <= pieces, 'an act is no longer than its pieces');
  const whoseDigest = digest(whole);
  return Array.from({ length: count }, (_, index) => {
    const bytes = whole.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    return new Writer().fixed(whoseDigest).u16(count).u16(index).bytes(bytes).finish();
  });
}

function readPiece(reader: Reader): Piece {
  const whose = reader.fixed(digestLength) as Digest;
  const [count, index] = [reader.u16(), reader.u16()];
  if (count < 1 || count > pieceLimits.pieces || index >= count) return reader.fail('a piece of a whole');
  return { digest: whose, count, index, bytes: reader.bytes(pieceLimits.pieceBytes) };
}

interface Unfinished {
  readonly session: number;
  readonly digest: Digest;
  readonly count: number;
  readonly pieces: readonly Uint8Array[];
}

/** What a piece came to. */
export type Assembled =
  | { readonly _tag: 'whole'; readonly bytes: Uint8Array }
  | { readonly _tag: 'waiting' }
  /** `expected` completes "expected …". */
  | { readonly _tag: 'refused'; readonly expected: string };

/** The unfinished wholes of all clients, one each; part of the replicated state. */
export class Wholes {
  private readonly unfinished = new Map<string, Unfinished>();

  take(client: string, session: number, body: Uint8Array): Assembled {
    const read = readAll(body, readPiece);
    if (E.isLeft(read)) return { _tag: 'refused', expected: read.left.expected };
    const { digest: whose, count, index, bytes } = read.right;
    const before = this.unfinished.get(client);
    this.unfinished.delete(client);
    const known =
      index > 0 && before?.session === session && before.count === count && equalBytes(before.digest, whose)
        ? before.pieces
        : [];
    if (known.length !== index) return { _tag: 'refused', expected: 'the pieces of an act in their order' };
    const pieces = [...known, Uint8Array.from(bytes)];
    if (pieces.length < count) {
      const held = this.heldBy(organizationOf(client as ProcessId)) + lengthOf(pieces);
      if (held > pieceLimits.unfinishedBytes)
        return { _tag: 'refused', expected: 'fewer acts of its organization that are brought at once' };
      this.unfinished.set(client, { session, digest: Uint8Array.from(whose) as Digest, count, pieces });
      return { _tag: 'waiting' };
    }
    const whole = new Writer();
    for (const piece of pieces) whole.fixed(piece);
    const made = whole.finish();
    return equalBytes(digest(made), whose)
      ? { _tag: 'whole', bytes: made }
      : { _tag: 'refused', expected: 'pieces that make the act that they name' };
  }

  private heldBy(organization: string): number {
    const own = [...this.unfinished].filter(([client]) => organizationOf(client as ProcessId) === organization);
    return own.reduce((sum, [, { pieces }]) => sum + lengthOf(pieces), 0);
  }

  /** Forgets clients that `isClient` does not know any more. */
  keepOnly(isClient: (client: string) => boolean): void {
    for (const client of this.unfinished.keys()) if (!isClient(client)) this.unfinished.delete(client);
  }

  write(writer: Writer): void {
    const sorted = [...this.unfinished].sort(([a], [b]) => (a < b ? -1 : 1));
    writer.list(sorted, (each, [client, { session, digest: whose, count, pieces }]) =>
      each
        .text(client)
        .u64(session)
        .fixed(whose)
        .u16(count)
        .list(pieces, (inner, piece) => inner.bytes(piece)),
    );
  }

  /** Reads what {@link write} wrote. */
  static read(reader: Reader): Wholes {
    const wholes = new Wholes();
    let last = '';
    reader.list(maxClients, (each) => {
      const client = each.text(maxClientBytes);
      if (client <= last) each.fail('clients that ascend');
      last = client;
      const [session, whose, count] = [each.u64(), each.fixed(digestLength) as Digest, each.u16()];
      const pieces = each.list(pieceLimits.pieces, (inner) => Uint8Array.from(inner.bytes(pieceLimits.pieceBytes)));
      if (pieces.length < 1 || pieces.length >= count) each.fail('an act of which some pieces are there');
      wholes.unfinished.set(client, { session, digest: Uint8Array.from(whose) as Digest, count, pieces });
    });
    return wholes;
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

const maxClients = 100_000;
const maxClientBytes = 130;
