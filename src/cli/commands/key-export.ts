/** `koinon key export`: the public key as other software reads it. */
import { type Command, Option } from 'commander';
import { E } from '../../prelude/fp.js';
import { writeOutput } from '../input-bytes.js';
import { exportFormats, type ExportFormat, exportKey } from '../key/export-formats.js';
import { keyFilePath, readPublicKey } from '../key/key-files.js';
import { jsonOption } from '../options.js';
import { badInput, type Outcome, succeeded } from '../outcome.js';
import type { Session } from '../session.js';

const help = `
Formats:
  pem    for openssl: the RSA key, or the Ed25519 key of each member of a multisignature
  jwk    JSON Web Key (RFC 7517), or a set of them
  json   the public key as koinon's own files hold it

Examples:
  koinon key export league --format jwk
  koinon key export league/public.json --out league.pem`;

interface KeyExportOptions {
  readonly format?: ExportFormat;
  readonly out?: string;
  readonly json?: boolean;
}

export function registerKeyExport(key: Command, session: Session): void {
  key
    .command('export')
    .description('print the public key as other software reads it')
    .argument('<file>', 'the public key, or the directory of the key')
    .addOption(new Option('--format <format>', "the scheme's first if absent").choices(exportFormats))
    .option('--out <file>', 'write it there instead of printing it')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((file: string, options: KeyExportOptions) => run(file, options, session)));
}

async function run(path: string, options: KeyExportOptions, session: Session): Promise<Outcome> {
  const key = await readPublicKey(path);
  if (E.isLeft(key)) return key;
  const exported = exportKey(key.right, options.format);
  if (E.isLeft(exported)) return badInput(`${path}: ${exported.left}`);
  const { format, text } = exported.right;
  if (options.out === undefined) {
    session.print({ json: { format, text }, lines: [text.trimEnd()] }, options.json);
    return succeeded;
  }
  const written = await writeOutput(options.out, text, [await keyFilePath(path)]);
  if (E.isLeft(written)) return written;
  session.print(
    { json: { format, out: options.out }, lines: [`The key is in ${options.out} (${format}).`] },
    options.json,
  );
  return succeeded;
}
