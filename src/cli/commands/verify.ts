/** `koinon verify`: checks a statement's signature against the alliance key, with no server's help. */
import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { equalBytes, toHex } from '../../prelude/bytes.js';
import { readAll } from '../../prelude/canonical.js';
import { digestLength } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { statementTag, statementTypes } from '../../prelude/statement.js';
import { keyIdOf } from '../../schemes/public-key.js';
import { publicVerifier } from '../../schemes/public-verifier.js';
import { type AllianceDirectory, loadAllianceDirectory } from '../../server/directory/alliance-directory.js';
import { describeDirectoryError } from '../../server/directory/errors.js';
import { jsonOption } from '../options.js';
import { answeredNo, badInput, type Failure, type Outcome, succeeded } from '../outcome.js';
import type { Session } from '../session.js';

const maxBytes = 1 << 20;

export function registerVerify(program: Command, session: Session): void {
  program
    .command('verify')
    .description('check a DECIDED statement and its signature against the alliance key')
    .argument('<directory>', 'that holds alliance.json')
    .argument('<statement>', 'file with the bytes that were signed')
    .argument('<signature>', 'file with the signature')
    .addOption(jsonOption())
    .action(
      session.action((directory: string, statement: string, signature: string, options: { readonly json?: boolean }) =>
        verify(directory, { statement, signature }, options.json, session),
      ),
    );
}

interface Files {
  readonly statement: string;
  readonly signature: string;
}

async function verify(path: string, files: Files, asJson: boolean | undefined, session: Session): Promise<Outcome> {
  const directory = await loadAllianceDirectory(path)();
  if (E.isLeft(directory)) return badInput(describeDirectoryError(directory.left));
  const statement = await read(files.statement);
  if (E.isLeft(statement)) return statement;
  const signature = await read(files.signature);
  if (E.isLeft(signature)) return signature;
  const says = readDecided(statement.right, directory.right);
  const isSigned = await publicVerifier(directory.right.alliance.allianceKey)(statement.right, signature.right);
  const isValid = isSigned && says !== undefined;
  const verdict = !isSigned
    ? 'NOT SIGNED by the alliance key'
    : says === undefined
      ? 'signed by the alliance key, but it is no DECIDED statement of this alliance'
      : `VALID: the log up to slot ${says.slot} is decided, with chain digest ${says.chain}`;
  session.print({ json: { valid: isValid, signed: isSigned, ...says }, lines: [verdict] }, asJson);
  return isValid ? succeeded : answeredNo;
}

/** Reads no further than the bound, so that a file without an end is refused like any other that is too long. */
async function read(path: string): Promise<Either<Failure, Uint8Array>> {
  try {
    const parts: Buffer[] = [];
    for await (const part of createReadStream(path, { end: maxBytes })) parts.push(part as Buffer);
    const bytes = new Uint8Array(Buffer.concat(parts));
    return bytes.length <= maxBytes ? E.right(bytes) : badInput(`${path}: larger than ${maxBytes} bytes`);
  } catch (error) {
    return badInput(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

/** What a DECIDED statement under this alliance's key says; `undefined` for any other bytes. */
function readDecided(
  bytes: Uint8Array,
  { alliance, allianceId }: AllianceDirectory,
): { slot: number; chain: string } | undefined {
  const decoded = readAll(bytes, (reader) => {
    const isOurs =
      equalBytes(reader.fixed(statementTag.length), statementTag) &&
      equalBytes(reader.fixed(digestLength), allianceId) &&
      equalBytes(reader.fixed(digestLength), keyIdOf(alliance.allianceKey));
    // What is decided stays so: the statement is of no epoch.
    const isOfNoEpoch = reader.u64() === 0;
    if (!isOurs || !isOfNoEpoch || reader.u8() !== statementTypes.decided) return reader.fail('a DECIDED statement');
    return { slot: reader.u64(), chain: toHex(reader.fixed(digestLength)) };
  });
  return E.isRight(decoded) ? decoded.right : undefined;
}
