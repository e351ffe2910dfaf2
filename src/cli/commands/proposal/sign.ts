/** `koinon proposal sign`: another administrator's signature on an act in a file, with no server's help. */
import type { Command } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { signedAct } from '../../../client/governance/act-signing.js';
import { actStatement } from '../../../management/acts/act.js';
import { authorityKeyId } from '../../../management/acts/authority.js';
import { allianceIdOf } from '../../../management/alliance-codec.js';
import { ed25519Verify } from '../../../schemes/ed25519/ed25519.js';
import { type ReadAct, readActFile, rewriteActFile } from '../../governance/act-file.js';
import { readAdministrators } from '../../governance/administrator-keys.js';
import { describeSaying, showSaying } from '../../governance/act-showing.js';
import { gathered } from '../../governance/options.js';
import { showWritten } from '../../governance/speaking.js';
import { jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

interface SignOptions {
  readonly key?: readonly string[];
  readonly json?: boolean;
}

const help = `
The file says what is signed: it is shown, with what it does, computed here. Without --key nothing is signed.`;

export function registerProposalSign(proposal: Command, session: Session): void {
  proposal
    .command('sign')
    .description('sign an act in a file, after showing what it says')
    .argument('<file>', 'as --out wrote it')
    .option('--key <file>', "an administrator's key; may be repeated", gathered)
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((file: string, options: SignOptions) => sign(file, options, session)));
}

async function sign(file: string, { key = [], json }: SignOptions, session: Session): Promise<Outcome> {
  const read = await readActFile(file);
  if (E.isLeft(read)) return read;
  const bad = badSignature(read.right);
  if (bad !== undefined) return badInput(`${file}: the signature of ${bad} does not verify: have it made anew`);
  if (json !== true) session.print({ json: undefined, lines: [...describeSaying(read.right), ''] }, false);
  const signed = key.length === 0 ? E.right(read.right) : await signWith(file, read.right, key);
  if (E.isLeft(signed)) return signed;
  const written = showWritten(file, signed.right);
  session.print({ ...written, json: { ...(written.json as object), says: showSaying(read.right) } }, json);
  return succeeded;
}

async function signWith(file: string, act: ReadAct, keys: readonly string[]): Promise<Either<Failure, ReadAct>> {
  const administrators = await readAdministrators(keys, [act.authority]);
  if (E.isLeft(administrators)) return administrators;
  const signed = {
    ...act,
    act: signedAct(act.act, allianceIdOf(act.document), act.authority, administrators.right.keys),
  };
  const written = rewriteActFile(file, signed);
  return E.isLeft(written) ? written : E.right(signed);
}

/** Whose signature is none. */
function badSignature({ act, authority, document }: ReadAct): string | undefined {
  const statement = actStatement(allianceIdOf(document), authorityKeyId(authority), act.body);
  const keys = new Map(authority.administrators.map(({ name, key }) => [name, key]));
  return act.signatures.find(({ by, signature }) => {
    const key = keys.get(by);
    return key === undefined || !ed25519Verify(key, statement, signature);
  })?.by;
}
