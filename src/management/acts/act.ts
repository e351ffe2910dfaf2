/**
 * What somebody says in the log, whoever brings it there: an organization, or a server (spec/management.md, "Acts").
 * `author ‖ body ‖ signatures`, each signature over the statement `act` with the author's key id, of no epoch.
 */
import { type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either, pipe } from '../../prelude/fp.js';
import { isName, type ProcessId, processId } from '../../prelude/process.js';
import { encodeStatement } from '../../prelude/statement.js';
import { type Ed25519Verify, signatureLength } from '../../schemes/ed25519/encoding.js';
import { type Authority, authorityKeyId, serverActsKeyId, type ServerIdentity, speaksFor } from './authority.js';
import type { ActRefused } from './act-errors.js';

export type ActAuthor =
  | { readonly _tag: 'organization'; readonly name: string }
  | { readonly _tag: 'server'; readonly id: ProcessId };

export interface ActSignature {
  /** The administrator; the server itself, where a server acts. */
  readonly by: ProcessId;
  readonly signature: Uint8Array;
}

export interface Act {
  readonly author: ActAuthor;
  /** Canonical, see `act-body`. */
  readonly body: Uint8Array;
  /** Ascending by name. */
  readonly signatures: readonly ActSignature[];
}

export const actLimits = {
  /** Of what is said at once, pieces put together. */
  bodyBytes: 4 << 20,
  /** Of an act of one command, with room for its signatures. */
  actBytes: 60 * 1024,
  /** As many as an organization may have administrators: a rule may ask for all of them. */
  signatures: 64,
} as const;

const maxNameBytes = 130;

/** The bytes that an author signs. Acts outlive epochs. */
export function actStatement(allianceId: Digest, keyId: Digest, body: Uint8Array): Uint8Array {
  return encodeStatement({ allianceId, keyId, epoch: 0 }, 'act', digest(body));
}

/** Names what an author said, whoever of its administrators signed it. */
export function actDigest({ author, body }: Pick<Act, 'author' | 'body'>): Digest {
  return digest(writeAuthor(new Writer(), author).bytes(body).finish());
}

export function encodeAct({ author, body, signatures }: Act): Uint8Array {
  const writer = writeAuthor(new Writer(), author).bytes(body);
  return writer.list(signatures, (each, { by, signature }) => each.text(by).fixed(signature)).finish();
}

function writeAuthor(writer: Writer, author: ActAuthor): Writer {
  return author._tag === 'organization' ? writer.u8(0).text(author.name) : writer.u8(1).text(author.id);
}

/** The bytes inside are views of `bytes`. */
export function decodeAct(bytes: Uint8Array): Either<ActRefused, Act> {
  return pipe(
    readAll(bytes, readAct),
    E.mapLeft(({ expected }): ActRefused => ({ _tag: 'MalformedAct', expected })),
  );
}

function readAct(reader: Reader): Act {
  const author = readAuthor(reader);
  const body = reader.bytes(actLimits.bodyBytes);
  let last = '';
  const signatures = reader.list(actLimits.signatures, (each) => {
    const by = processId(each.text(maxNameBytes)) ?? each.fail('a name');
    if (by <= last) each.fail('signatures that ascend by name');
    last = by;
    return { by, signature: each.fixed(signatureLength) };
  });
  return { author, body, signatures };
}

function readAuthor(reader: Reader): ActAuthor {
  const tag = reader.u8();
  const name = reader.text(maxNameBytes);
  if (tag === 0) return isName(name) ? { _tag: 'organization', name } : reader.fail('the name of an organization');
  const id = processId(name);
  return tag === 1 && id !== undefined ? { _tag: 'server', id } : reader.fail('an organization or a server');
}

/** Whether administrators who speak for the organization signed; all signatures must be good. */
export function checkOrganizationAct(
  { body, signatures }: Act,
  allianceId: Digest,
  authority: Authority,
  verify: Ed25519Verify,
): ActRefused | undefined {
  const statement = actStatement(allianceId, authorityKeyId(authority), body);
  const keys = new Map(authority.administrators.map(({ name, key }) => [name, key]));
  const names = signatures.map(({ by }) => by);
  const stranger = names.find((name) => !keys.has(name));
  if (stranger !== undefined) return { _tag: 'NotAnAdministrator', organization: authority.name, name: stranger };
  if (!speaksFor(authority, names)) return { _tag: 'RuleNotMet', organization: authority.name, signed: names };
  for (const { by, signature } of signatures) {
    const key = keys.get(by);
    if (key === undefined || !verify(key, statement, signature)) return { _tag: 'BadActSignature', by };
  }
  return undefined;
}

/** Whether the server itself signed. */
export function checkServerAct(
  { body, signatures }: Act,
  allianceId: Digest,
  server: ServerIdentity,
  verify: Ed25519Verify,
): ActRefused | undefined {
  const [only, ...others] = signatures;
  if (only === undefined || others.length > 0 || only.by !== server.id)
    return { _tag: 'BadActSignature', by: server.id };
  const statement = actStatement(allianceId, serverActsKeyId(server), body);
  return verify(server.identityKey, statement, only.signature) ? undefined : { _tag: 'BadActSignature', by: server.id };
}
