/** `koinon key export`: the public key as other software reads it. */
import { type Command, Option } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import type { AlliancePublicKey } from '../../../schemes/public-key.js';
import { maxPeriodSeconds } from '../../../schemes/uses/drand-chain.js';
import {
  exportChain,
  type Exported,
  exportFormats,
  type ExportFormat,
  exportKey,
} from '../../key/showing/export-formats.js';
import { keyFilePath, readPublicKey } from '../../key/files/key-files.js';
import {
  checkOutput,
  filesOf,
  forceOption,
  type OutputOptions,
  placeOf,
  tellResult,
  writeOutput,
} from '../../key/use/result-output.js';
import { integerIn, jsonOption } from '../../options.js';
import { badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

const help = `
Formats:
  pem    for openssl: the RSA key, or the Ed25519 key of each member of a multisignature
  jwk    JSON Web Key (RFC 7517), or a set of them
  hex    the compressed point that a BLS key is
  json   the public key as koinon's own files hold it
  drand  the chain information of a beacon, as drand's clients ask for it; needs --period and --genesis. Not drand's group
         file, which lists its nodes: there is none, and nodes of drand cannot join

Examples:
  koinon key export league --format jwk
  koinon key export league/public.json --out league.pem
  koinon key export beacon --format drand --period 30 --genesis 1790000000`;

interface KeyExportOptions extends Partial<OutputOptions> {
  readonly format?: ExportFormat;
  readonly period?: number;
  readonly genesis?: number;
  readonly beaconId?: string;
  readonly chained?: boolean;
  readonly json?: boolean;
}

export function registerKeyExport(key: Command, session: Session): void {
  key
    .command('export')
    .description('print the public key as other software reads it')
    .argument('<file>', 'the public key, or the directory of the key')
    .addOption(new Option('--format <format>', "the scheme's first if absent").choices(exportFormats))
    .option('--out <file>', 'write it there instead of printing it; - is standard output')
    .addOption(forceOption())
    .option('--period <seconds>', 'drand: between two rounds', integerIn(1, maxPeriodSeconds))
    .option('--genesis <seconds>', 'drand: when round 1 is due, since 1970', integerIn(0, Number.MAX_SAFE_INTEGER))
    .option('--beacon-id <id>', 'drand: the name of the chain in its network, "default" if absent')
    .option('--chained', 'drand: every round signs the one before')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((file: string, options: KeyExportOptions) => run(file, options, session)));
}

async function run(path: string, options: KeyExportOptions, session: Session): Promise<Outcome> {
  const key = await readPublicKey(path);
  if (E.isLeft(key)) return key;
  const exported = exportAs(key.right, options);
  if (E.isLeft(exported)) return badInput(`${path}: ${exported.left}`);
  const { format, text } = exported.right;
  const { out, force = false } = options;
  if (out === undefined) {
    session.print({ json: { format, content: text }, lines: [text.trimEnd()] }, options.json);
    return succeeded;
  }
  const vacant = await checkOutput({ out, force }, [await keyFilePath(path)]);
  if (E.isLeft(vacant)) return vacant;
  const written = writeOutput({ out, force }, text, session);
  if (E.isLeft(written)) return written;
  const lines = [`The key is ${placeOf(out)} (${format}).`];
  tellResult({ json: { format, out, files: filesOf(out) }, lines }, { ...options, out }, session);
  return succeeded;
}

function exportAs(key: AlliancePublicKey, options: KeyExportOptions): Either<string, Exported> {
  const { format, period, genesis, beaconId, chained } = options;
  if (format !== 'drand') {
    const isStray = [period, genesis, beaconId, chained].some((value) => value !== undefined);
    if (isStray) return E.left('--period, --genesis, --beacon-id and --chained go with --format drand');
    return exportKey(key, format);
  }
  if (period === undefined || genesis === undefined) return E.left('--format drand needs --period and --genesis');
  const times = { periodSeconds: period, genesisTimeSeconds: genesis };
  return exportChain(key, { ...times, beaconId: beaconId ?? 'default', isChained: chained ?? false });
}
