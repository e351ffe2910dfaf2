/**
 * Requests and batches: what clients sign, what leaders propose, and their digests. A batch's validity depends on the
 * batch and the epoch's configuration alone (rule R6), never on what has been executed.
 */
import { utf8 } from '../prelude/bytes.js';
import { Reader, Writer } from '../prelude/canonical.js';
import { digest, type Digest } from '../prelude/digest.js';
import { encodeStatement } from '../prelude/statement.js';

/** `organization/application`, as enrolled in the alliance document. */
export type ClientId = string;

/** What a client sends at once and signs once: commands with consecutive sequence numbers. */
export interface Request {
  readonly client: ClientId;
  /** A number that the client chooses when it starts, higher than at any earlier start. */
  readonly session: number;
  /** Sequence number of the first command within the session, from 1. */
  readonly firstSequence: number;
  readonly commands: readonly Uint8Array[];
  /** Ed25519 by the client's enrolled key over {@link requestStatement}. */
  readonly signature: Uint8Array;
}

export type UnsignedRequest = Omit<Request, 'signature'>;

/** What is decided in one slot. No requests: the no-op. */
export interface Batch {
  readonly requests: readonly Request[];
}

export const noop: Batch = { requests: [] };

/** Bounds that every server of every alliance enforces on what it receives. */
export const batchLimits = {
  clientBytes: 130,
  commandBytes: 64 * 1024,
  commandsPerRequest: 1024,
  requestBytes: 256 * 1024,
  requestsPerBatch: 1024,
  /** Here and below as {@link requestFootprint} counts. */
  batchBytes: 1024 * 1024,
  /** The batches of all slots that may be open: see {@link batchBytesOf}. */
  openBytes: 96 * 1024 * 1024,
} as const;

/** What holding one command takes besides its bytes, about: without it a batch of empty commands would take a hundred times its length. */
const commandOverhead = 108;

const signatureLength = 64;

function writeUnsigned(writer: Writer, request: UnsignedRequest): Writer {
  return writer
    .text(request.client)
    .u64(request.session)
    .u64(request.firstSequence)
    .list(request.commands, (inner, command) => inner.bytes(command));
}

/** The bytes of requests that were read or written, which are then hashed, checked, stored and sent. */
const encodings = new WeakMap<UnsignedRequest, Uint8Array>();

/** The bytes that a client signs. Requests outlive epochs, so theirs is 0. */
export function requestStatement(allianceId: Digest, clientKeyId: Digest, request: UnsignedRequest): Uint8Array {
  const known = encodings.get(request);
  const body = known?.subarray(0, -signatureLength) ?? writeUnsigned(new Writer(), request).finish();
  return encodeStatement({ allianceId, keyId: clientKeyId, epoch: 0 }, 'request', body);
}

export function writeRequest(writer: Writer, request: Request): void {
  writer.fixed(encodeRequest(request));
}

export function readRequest(reader: Reader): Request {
  const [request, bytes] = reader.taking(readParts);
  encodings.set(request, bytes);
  return request;
}

function readParts(reader: Reader): Request {
  const client = reader.text(batchLimits.clientBytes);
  const session = reader.u64();
  const firstSequence = reader.u64();
  const commands = reader.list(batchLimits.commandsPerRequest, (inner) => inner.bytes(batchLimits.commandBytes));
  const signature = reader.fixed(signatureLength);
  if (firstSequence < 1 || commands.length < 1) return reader.fail('a first sequence number and a command');
  if (firstSequence + commands.length > Number.MAX_SAFE_INTEGER) return reader.fail('sequence numbers below 2^53');
  return { client, session, firstSequence, commands, signature };
}

/** Not to be changed: the bytes belong to the request. */
export function encodeRequest(request: Request): Uint8Array {
  const known = encodings.get(request);
  if (known !== undefined) return known;
  const fresh = writeUnsigned(new Writer(), request).fixed(request.signature).finish();
  if (request.signature.length === signatureLength) encodings.set(request, fresh);
  return fresh;
}

export function writeBatch(writer: Writer, batch: Batch): void {
  writer.list(batch.requests, writeRequest);
}

export function readBatch(reader: Reader): Batch {
  return { requests: reader.list(batchLimits.requestsPerBatch, readRequest) };
}

export function encodeBatch(batch: Batch): Uint8Array {
  const writer = new Writer();
  writeBatch(writer, batch);
  return writer.finish();
}

const requestDigests = new WeakMap<Request, Digest>();

/** Digest of a request with its signature; computed once for each object. */
export function requestDigest(request: Request): Digest {
  const known = requestDigests.get(request);
  if (known !== undefined) return known;
  const fresh = digest(encodeRequest(request));
  requestDigests.set(request, fresh);
  return fresh;
}

const batchDigests = new WeakMap<Batch, Digest>();

/** What PROPOSE and ACCEPTED name: the digest of the requests' digests, in order. */
export function batchDigest(batch: Batch): Digest {
  const known = batchDigests.get(batch);
  if (known !== undefined) return known;
  const fresh = digest(
    new Writer().list(batch.requests, (writer, request) => writer.fixed(requestDigest(request))).finish(),
  );
  batchDigests.set(batch, fresh);
  return fresh;
}

/** An upper bound of a request's encoded size, in bytes. */
export function requestSize(request: Request): number {
  return request.commands.reduce(
    (size, command) => size + 4 + command.length,
    4 + batchLimits.clientBytes + 20 + signatureLength,
  );
}

/** About what a request takes where it is held, in bytes: what bounds on pools and batches count. */
export function requestFootprint(request: Request): number {
  return requestSize(request) + commandOverhead * request.commands.length;
}

/** What a request may have besides its commands' bytes, by {@link requestSize}. */
const requestOverhead = batchLimits.clientBytes + 100;

/** The most that {@link requestFootprint} says of a request within all bounds. */
const longestRequest = batchLimits.requestBytes + requestOverhead + commandOverhead * batchLimits.commandsPerRequest;

/**
 * How long a batch may be where so many slots may be open: what a leader and its clients in league can make others hold is bounded by
 * it, since nothing else may be (spec/consensus.md, Deliberate choices). There is room for any one request.
 */
export function batchBytesOf(windowSlots: number): number {
  const share = Math.floor(batchLimits.openBytes / windowSlots);
  return Math.max(longestRequest, Math.min(batchLimits.batchBytes, share));
}

/**
 * The request in memory of its own, where it is but a small part of what it came in: who keeps a view keeps the whole frame,
 * and a frame may bring one request that is kept among megabytes that are not.
 */
export function detachedRequest(request: Request): Request {
  if (request.signature.buffer.byteLength <= 4 * requestSize(request)) return request;
  return readRequest(new Reader(new Uint8Array(encodeRequest(request))));
}

/** Whether a request is within all bounds: what one server takes, every other must be able to read. */
export function isWellFormed(request: Request): boolean {
  const { client, session, firstSequence, commands, signature } = request;
  return (
    utf8(client).length <= batchLimits.clientBytes &&
    Number.isSafeInteger(session) &&
    session >= 0 &&
    Number.isSafeInteger(firstSequence + commands.length) &&
    firstSequence >= 1 &&
    commands.length >= 1 &&
    commands.length <= batchLimits.commandsPerRequest &&
    commands.every((command) => command.length <= batchLimits.commandBytes) &&
    signature.length === signatureLength &&
    requestSize(request) <= batchLimits.requestBytes + requestOverhead
  );
}

export const noopDigest: Digest = batchDigest(noop);
