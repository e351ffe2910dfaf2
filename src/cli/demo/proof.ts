/** What the tour leaves for others to check: key, statement, signature, the decided requests, and how one follows from the other. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '../../prelude/bytes.js';
import type { Signature } from '../../schemes/contract/distributed-signer.js';
import { makeVerifier } from '../../schemes/registry.js';
import { publicKeyPem } from '../../schemes/shoup-rsa/public-key-pem.js';
import { E } from '../../prelude/fp.js';
import type { ApplicationDirectory } from '../../server/directory/application-directory.js';
import { certificateStatement } from '../../client/verify.js';
import { encodeRequest } from '../../consensus/batch.js';
import type { DecidedRange, PrefixCertificate } from '../../consensus/range.js';
import { trustAnchorOf } from '../../server/applications/application-client.js';

export interface ProofFiles {
  readonly directory: string;
  readonly statement: string;
  readonly signature: string;
  readonly slots: string;
  readonly script: string;
  /** Absent where openssl could not read it. */
  readonly publicKey?: string;
}

/** Writes the proof of the decided prefix that `certificate` covers. `ranges` begin with slot 1 and reach it. */
export async function writeProof(
  directory: string,
  application: ApplicationDirectory,
  ranges: readonly DecidedRange[],
  certificate: PrefixCertificate,
): Promise<ProofFiles> {
  const file = (name: string): string => join(directory, name);
  const { allianceKey } = application.alliance;
  const files = {
    directory,
    statement: file('statement.bin'),
    signature: file('statement.sig'),
    slots: file('slots.jsonl'),
    script: file('recompute.mjs'),
  };
  await mkdir(directory, { recursive: true });
  await writeFile(files.statement, certificateStatement(trustAnchorOf(application), certificate));
  await writeFile(files.signature, certificate.signature);
  const batches = ranges.flatMap((range) => range.batches).slice(0, certificate.slot);
  const lines = batches.map((batch) => JSON.stringify(batch.requests.map((request) => toHex(encodeRequest(request)))));
  await writeFile(files.slots, `${lines.join('\n')}\n`);
  await writeFile(files.script, recomputeScript);
  if (allianceKey._tag !== 'shoup-rsa') return files;
  const publicKey = file('alliance-key.pem');
  await writeFile(publicKey, publicKeyPem(allianceKey));
  return { ...files, publicKey };
}

export interface Verdict {
  readonly by: 'openssl' | 'node:crypto' | 'koinon';
  readonly isValid: boolean;
  readonly output: string;
}

/** What a signature is said to be of. */
interface Signed {
  readonly statement: Uint8Array;
  readonly signature: Signature;
}

/** What openssl is given. */
type SignedFiles = Pick<ProofFiles, 'statement' | 'signature' | 'publicKey'>;

/** Judges the certificate that was written. */
export function judge(
  files: ProofFiles,
  application: ApplicationDirectory,
  certificate: PrefixCertificate,
): Promise<Verdict> {
  const statement = certificateStatement(trustAnchorOf(application), certificate);
  return judgeFiles(files, application, { statement, signature: certificate.signature });
}

/** Judges any statement, in files of its own that begin with `path`. */
export async function judgeSignature(
  path: string,
  application: ApplicationDirectory,
  signed: Signed,
): Promise<Verdict> {
  const { allianceKey } = application.alliance;
  const files = { statement: `${path}.bin`, signature: `${path}.sig` };
  await writeFile(files.statement, signed.statement);
  await writeFile(files.signature, signed.signature);
  if (allianceKey._tag !== 'shoup-rsa') return judgeFiles(files, application, signed);
  const publicKey = `${path}.pem`;
  await writeFile(publicKey, publicKeyPem(allianceKey));
  return judgeFiles({ ...files, publicKey }, application, signed);
}

/** Lets openssl judge; node:crypto, where there is no openssl or no key that openssl could read. */
async function judgeFiles(
  files: SignedFiles,
  { alliance: { allianceKey, trust } }: ApplicationDirectory,
  { statement, signature }: Signed,
): Promise<Verdict> {
  if (files.publicKey !== undefined) {
    const ran = await runOpenssl(opensslArguments(files.publicKey, files));
    if (ran !== undefined)
      return { by: 'openssl', isValid: ran.code === 0 && ran.output.includes('Verified OK'), output: ran.output };
  }
  const verifier = makeVerifier(allianceKey, trust.system.processes.universe);
  const isValid = E.isRight(verifier) && verifier.right.verify(statement, signature);
  const why = files.publicKey === undefined ? `openssl has no ${allianceKey._tag}` : 'there is no openssl here';
  return {
    by: allianceKey._tag === 'bls' ? 'koinon' : 'node:crypto',
    isValid,
    output: `${isValid ? 'valid' : 'NOT valid'} (${why})`,
  };
}

/** What to type to repeat it. */
export function opensslCommand(files: ProofFiles): string | undefined {
  return files.publicKey === undefined ? undefined : ['openssl', ...opensslArguments(files.publicKey, files)].join(' ');
}

function opensslArguments(publicKey: string, { statement, signature }: SignedFiles): readonly string[] {
  return ['dgst', '-sha256', '-verify', publicKey, '-signature', signature, statement];
}

function runOpenssl(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string } | undefined> {
  return new Promise((resolve) => {
    const child = spawn('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    child.stderr.on('data', (text: Buffer) => {
      output += text.toString();
    });
    child.once('error', () => {
      resolve(undefined);
    });
    child.once('close', (code) => {
      resolve({ code, output: output.trim() });
    });
  });
}

/** Runs on Node alone, without koinon: from the requests to the statement, and the commands inside them. */
const recomputeScript = `// Recomputes statement.bin from slots.jsonl, without koinon: node recompute.mjs [--lines]
// A slot is a list of requests; a request is: client, session, first number, commands, signature.
//   request digest = SHA-256(request)
//   batch digest   = SHA-256(count as u32, request digests)
//   chain digest   = SHA-256(previous chain digest, slot as u64, batch digest), the first previous one being
//                    SHA-256("koinon chain v1", alliance id)
//   statement      = 00 "koinon statement v1" 00, alliance id, key id, 0 as u64, 04, slot as u64, chain digest
// Integers are big-endian; lists, texts and commands have a u32 count or length before them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const uint = (value, size) => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
const statement = readFileSync(new URL('statement.bin', here));
const tag = Buffer.from('\\0koinon statement v1\\0');
const allianceId = statement.subarray(tag.length, tag.length + 32);
let chain = sha(Buffer.from('koinon chain v1'), allianceId);
let slot = 0;
for (const line of readFileSync(new URL('slots.jsonl', here), 'utf8').trimEnd().split('\\n')) {
  const requests = JSON.parse(line).map((hex) => Buffer.from(hex, 'hex'));
  slot += 1;
  chain = sha(chain, uint(slot, 8), sha(uint(requests.length, 4), ...requests.map((request) => sha(request))));
  if (process.argv.includes('--lines')) for (const request of requests) print(request);
}
const head = statement.subarray(0, tag.length + 32 + 32 + 8);
const expected = Buffer.concat([head, uint(4, 1), uint(slot, 8), chain]);
const same = head.subarray(0, tag.length).equals(tag) && expected.equals(statement);
console.log(same ? \`statement.bin follows from the \${slot} slots\` : 'statement.bin does NOT follow from the slots');
process.exitCode = same ? 0 : 1;

function print(request) {
  let offset = 4 + request.readUInt32BE(0) + 16;
  for (let left = request.readUInt32BE(offset), at = offset + 4; left > 0; left--) {
    const length = request.readUInt32BE(at);
    console.log(request.subarray(at + 4, at + 4 + length).toString());
    at += 4 + length;
  }
}
`;
