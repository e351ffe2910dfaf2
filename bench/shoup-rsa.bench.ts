/**
 * Threshold RSA beside one bare exponentiation of the same modulus, in CPU time: `node dist/bench/shoup-rsa.bench.js [rounds]`.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { bytesToBigInt, utf8 } from '../src/prelude/bytes.js';
import { present } from '../src/prelude/invariant.js';
import { type ProcessId, processId, Universe } from '../src/prelude/process.js';
import { randomBits } from '../src/prelude/random.js';
import type { Policy } from '../src/quorum/policy/policy.js';
import type { SignatureShare } from '../src/schemes/contract/distributed-signer.js';
import { type DealRequest, dealShoupRsa, type KeyMaterial } from '../src/schemes/shoup-rsa/dealer.js';
import { type Exponentiation, makeExponentiation } from '../src/schemes/shoup-rsa/exponentiation.js';
import { makeShoupRsaSigner, type ShoupRsaSigner } from '../src/schemes/shoup-rsa/signer.js';
import { makeShoupRsaVerifier, type ShoupRsaVerifier } from '../src/schemes/shoup-rsa/verifier.js';
import { safePrimes2048 } from '../test/support/rsa-keys.js';
import { right, Table } from './table.js';

const roundCount = Number(process.argv[2] ?? 40);

const members = (count: number): readonly ProcessId[] =>
  Array.from({ length: count }, (_, index) => present(processId(`m${index + 1}`), 'a name'));

const flat = (k: number, n: number): Policy => ({
  _tag: 'threshold',
  k,
  of: members(n).map((id) => ({ _tag: 'member', id })),
});

let counter = 0;
const freshMessage = () => utf8(`message ${counter++}`);

/** @param unit - the line that the others are compared with. */
function print(table: Table, unit: string): void {
  console.log(`${''.padEnd(44)} wall ms   CPU ms   CPU, ratio to the bare exponentiation`);
  for (const line of table.lines) {
    const [wall, cpu] = [table.median(line, 'wallMs'), table.median(line, 'cpuMs')];
    const ratio = table.ratio(line, unit, 'cpuMs').toFixed(2).padStart(6);
    console.log(`${line.padEnd(44)} ${wall.toFixed(3).padStart(7)}  ${cpu.toFixed(3).padStart(7)}   ${ratio} x`);
  }
}

/** A dealt key with everybody's signer. */
interface Setup {
  readonly verifier: ShoupRsaVerifier;
  /** Signing with proofs. */
  readonly signers: readonly ShoupRsaSigner[];
  /** The first signer, without proofs. */
  readonly bare: ShoupRsaSigner;
  readonly exponentiation: Exponentiation;
  readonly modulusBits: number;
}

function dealt(policy: Policy, ids: readonly ProcessId[], request: Pick<DealRequest, 'material' | 'algorithm'>): Setup {
  const universe = new Universe(ids);
  const { publicKey, shares } = right(dealShoupRsa({ ...request, policy, universe, usage: 'document', epoch: 1 }));
  const signer = (id: ProcessId, withProof: boolean) =>
    right(makeShoupRsaSigner(publicKey, present(shares.get(id), 'a share'), universe, randomBytes, { withProof }));
  return {
    verifier: right(makeShoupRsaVerifier(publicKey, universe)),
    signers: ids.map((id) => signer(id, true)),
    bare: signer(present(ids[0], 'a member'), false),
    exponentiation: makeExponentiation(publicKey.modulus, randomBytes),
    modulusBits: publicKey.modulus.toString(2).length,
  };
}

const bareName = 'one exponentiation, as long as the modulus';

function measureBare(table: Table, { exponentiation, modulusBits }: Setup): void {
  const [base, exponent] = [randomBits(randomBytes, modulusBits - 1), randomBits(randomBytes, modulusBits)];
  table.measure(bareName, () => exponentiation.power(base, exponent));
}

const sharesOver = (signers: readonly ShoupRsaSigner[], message: Uint8Array): Map<ProcessId, SignatureShare> =>
  new Map(signers.map((signer) => [signer.me, right(signer.signShare(message))]));

/** Shares, proofs, and combinations, of the good and of the spoilt. */
function compareWhole(setup: Setup, k: number): Table {
  const table = new Table();
  const { verifier, signers, bare } = setup;
  const first = present(signers[0], 'a signer');
  for (let round = 0; round < roundCount; round++) {
    const message = freshMessage();
    measureBare(table, setup);
    table.measure('share without proof', () => bare.signShare(message));
    table.measure('its nonce, ahead of time', () => first.precompute(1));
    const share = right(table.measure('share with proof, nonce made ahead', () => first.signShare(message)));
    table.measure('share with proof', () => first.signShare(message));
    table.measure('verification of a share', () => verifier.verifyShare(message, first.me, share));
    const shares = sharesOver(signers.slice(1), message).set(first.me, share);
    const some = new Map([...shares].slice(0, k));
    const { signature } = right(
      table.measure(`combine ${k} of ${signers.length}, checked`, () => verifier.combine(message, some)),
    );
    const spoilt = shares.set(first.me, right(first.signShare(freshMessage())));
    right(table.measure('combine, one bad share named', () => verifier.combine(message, spoilt)));
    table.measure('verification of the signature', () => verifier.verify(message, signature));
  }
  return table;
}

/** Combining alone, of as many shares as needed. */
function compareCombining(setup: Setup, name: string, count: number): Table {
  const table = new Table();
  const message = freshMessage();
  const shares = new Map(
    setup.signers.slice(0, count).map((signer) => [signer.me, right(signer.signShare(message))] as const),
  );
  for (let round = 0; round < roundCount; round++) {
    measureBare(table, setup);
    right(table.measure(name, () => setup.verifier.combine(message, shares)));
  }
  return table;
}

/** What grows with a policy: bytes of shares, and the time that a share and its combination take. */
function growth(name: string, policy: Policy, ids: readonly ProcessId[], quorum: readonly number[]): void {
  const universe = new Universe(ids);
  const { publicKey, shares } = right(dealShoupRsa({ material, policy, universe, usage: 'document', epoch: 1 }));
  const verifier = right(makeShoupRsaVerifier(publicKey, universe));
  const signers = quorum.map((index) => {
    const share = present(shares.get(present(ids[index], 'a member')), 'a share');
    return right(makeShoupRsaSigner(publicKey, share, universe, randomBytes, { withProof: false }));
  });
  const secret = present(shares.get(present(ids[0], 'a member'))?.rows[0], 'a row').secret;
  const table = new Table();
  const exponentiation = makeExponentiation(publicKey.modulus, randomBytes);
  for (let round = 0; round < Math.ceil(roundCount / 8); round++) {
    const message = freshMessage();
    const exponent = randomBits(randomBytes, 2048);
    table.measure(bareName, () => exponentiation.power(5n, exponent));
    const [first] = signers;
    table.measure('share', () => first?.signShare(message));
    const all = sharesOver(signers, message);
    right(table.measure('combine', () => verifier.combine(message, all)));
  }
  const ratio = (line: string) => table.ratio(line, bareName, 'cpuMs').toFixed(2).padStart(6);
  const bits = bytesToBigInt(secret).toString(2).length;
  const commitmentBytes = publicKey.commitments.length * 256;
  console.log(
    `${name.padEnd(36)} ${String(bits).padStart(10)} ${String(commitmentBytes).padStart(12)} ${ratio('share')} x ${ratio('combine')} x`,
  );
}

/** `arity` gates, a majority of each, down to single members. */
function nested(arity: number, depth: number, offset = 0): Policy {
  if (depth === 0) return { _tag: 'member', id: present(processId(`m${offset + 1}`), 'a name') };
  const step = arity ** (depth - 1);
  const of = Array.from({ length: arity }, (_, index) => nested(arity, depth - 1, offset + index * step));
  return { _tag: 'threshold', k: Math.floor(arity / 2) + 1, of };
}

/** The first majority of every gate. */
function firstQuorum(arity: number, depth: number, offset = 0): readonly number[] {
  if (depth === 0) return [offset];
  const step = arity ** (depth - 1);
  return Array.from({ length: Math.floor(arity / 2) + 1 }, (_, index) =>
    firstQuorum(arity, depth - 1, offset + index * step),
  ).flat();
}

/** Ordinary primes: a search for safe ones of this size takes a minute, and what is measured here does not depend on them. */
function ordinaryMaterial(modulusLength: number): KeyMaterial {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const { p = '', q = '' } = privateKey.export({ format: 'jwk' });
  const number = (text: string) => bytesToBigInt(Buffer.from(text, 'base64url'));
  return { _tag: 'imported-primes', p: number(p), q: number(q) };
}

const material: KeyMaterial = { _tag: 'safe-primes', ...safePrimes2048 };
const { node, openssl } = process.versions;
console.log(`${cpus()[0]?.model ?? 'unknown processor'} x ${cpus().length}, Node ${node}, OpenSSL ${openssl}`);

for (const algorithm of ['RS256', 'PS256'] as const) {
  const setup = dealt(flat(3, 5), members(5), { material, algorithm });
  console.log(`\n${algorithm}, 2048 bits, 3 of 5 (${setup.exponentiation.backend}), medians of ${roundCount}`);
  print(compareWhole(setup, 3), bareName);
}

console.log('\nCombining, 2048 bits, and with larger moduli');
print(compareCombining(dealt(flat(11, 21), members(21), { material }), 'combine 11 of 21, checked', 11), bareName);
for (const modulusBits of [3072, 4096]) {
  const setup = dealt(flat(3, 5), members(5), { material: ordinaryMaterial(modulusBits) });
  const table = compareCombining(setup, `combine 3 of 5, ${modulusBits} bits`, 3);
  for (let round = 0; round < roundCount; round++) {
    table.measure(`share without proof, ${modulusBits} bits`, () => setup.bare.signShare(freshMessage()));
  }
  print(table, bareName);
}

console.log('\nGrowth, 2048 bits; ratios to the bare exponentiation');
console.log(`${'policy'.padEnd(36)} share bits  commitments B  share  combine`);
for (const n of [4, 7, 10, 16, 25, 50, 100]) {
  const k = Math.floor(n / 2) + 1;
  const quorum = Array.from({ length: k }, (_, index) => index);
  growth(`${k} of ${n}`, flat(k, n), members(n), quorum);
}
for (const depth of [1, 2, 3, 4]) {
  const count = 3 ** depth;
  growth(`2 of 3, ${depth} deep (${count} members)`, nested(3, depth), members(count), firstQuorum(3, depth));
}
growth('3 of 5, 2 deep (25 members)', nested(5, 2), members(25), firstQuorum(5, 2));
