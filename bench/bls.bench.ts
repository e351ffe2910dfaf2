/**
 * Distributed BLS beside the ordinary operations of the same backend: `node dist/bench/bls.bench.js [rounds]`. In CPU
 * time as well, since the native library verifies with threads of its own.
 */
import { cpus } from 'node:os';
import { utf8 } from '../src/prelude/bytes.js';
import { present } from '../src/prelude/invariant.js';
import { type ProcessId, processId, Universe } from '../src/prelude/process.js';
import { type Policy, policyMembers } from '../src/quorum/policy/policy.js';
import { pairingFor } from '../src/schemes/bls/backends.js';
import { type BlsSuite, blsSuites, ciphersuiteOf } from '../src/schemes/bls/ciphersuite.js';
import { dealBls } from '../src/schemes/bls/dealer.js';
import { loadBackends } from '../src/schemes/bls/load-backends.js';
import { nobleBackend } from '../src/schemes/bls/noble-pairing.js';
import type { Pairing } from '../src/schemes/bls/pairing.js';
import { type BlsSigner, makeBlsSigner } from '../src/schemes/bls/signer.js';
import { type BlsVerifier, makeBlsVerifier } from '../src/schemes/bls/verifier.js';
import type { SignatureShare } from '../src/schemes/contract/distributed-signer.js';
import { right, Table } from './table.js';

const roundCount = Number(process.argv[2] ?? 30);

const id = (name: string): ProcessId => present(processId(name), 'a name');
const member = (name: string): Policy => ({ _tag: 'member', id: id(name) });
const gate = (k: number, of: readonly Policy[]): Policy => ({ _tag: 'threshold', k, of });

/** k of n servers. */
const flat = (k: number, n: number): Policy =>
  gate(
    k,
    Array.from({ length: n }, (_, index) => member(`s${index}`)),
  );

/** 2 of 3, each of them 2 of 3, and so on. */
function nested(depth: number, prefix = 's'): Policy {
  if (depth === 0) return member(prefix);
  return gate(
    2,
    [0, 1, 2].map((index) => nested(depth - 1, `${prefix}${index}`)),
  );
}

/** @param unitOf - beside which line another one stands. */
function print(table: Table, unitOf: (line: string) => string): void {
  for (const line of table.lines) {
    const unit = unitOf(line);
    const numbers = (['wallMs', 'cpuMs'] as const).map((of) => table.median(line, of).toFixed(3).padStart(8));
    const ratios = (['wallMs', 'cpuMs'] as const).map(
      (of) => `${table.ratio(line, unit, of).toFixed(2).padStart(6)} x`,
    );
    console.log(`  ${line.padEnd(44)} ${numbers.join('  ')}   ${unit === line ? '' : ratios.join('  ')}`);
  }
}

interface Subject {
  readonly name: string;
  readonly signer: BlsSigner;
  readonly verifier: BlsVerifier;
  readonly signers: readonly BlsSigner[];
}

/** A dealt key along a policy, with signers for a smallest set that may sign. */
function subjectOf(name: string, policy: Policy, pairing: Pairing, suite: BlsSuite): Subject {
  const universe = new Universe(policyMembers(policy));
  const { publicKey, shares } = right(dealBls({ suite, usage: 'document', policy, universe, epoch: 1 }));
  const verifier = right(makeBlsVerifier(publicKey, universe, { pairing }));
  const needed = universe.ids.reduceRight((kept, process) => {
    const fewer = kept.without(process);
    return verifier.canCombine(fewer) ? fewer : kept;
  }, universe.all);
  const signers = [...needed].map((process) =>
    right(makeBlsSigner(publicKey, present(shares.get(process), 'a share'), universe, { pairing })),
  );
  return { name, signer: present(signers[0], 'a signer'), verifier, signers };
}

let counter = 0;
const freshMessage = (): Uint8Array => utf8(`message ${counter++}`);

/** One table: the ordinary operations, and those of every subject. */
function compare(title: string, pairing: Pairing, subjects: readonly Subject[], rounds: number): void {
  const table = new Table();
  const secret = new Uint8Array(32).fill(7);
  const key = pairing.keyOf(secret);
  for (let round = 0; round < rounds; round++) {
    const message = freshMessage();
    const signature = table.measure('ordinary sign', () => pairing.sign(secret, pairing.hash(message)));
    table.measure('ordinary verify', () => pairing.verify(key, pairing.hash(message), signature));
    for (const subject of subjects) measureSubject(table, subject, message);
  }
  console.log(`\n${title}, by ${pairing.backend}, medians of ${rounds}`);
  console.log(`  ${''.padEnd(44)}  wall ms    CPU ms     wall      CPU, ratio`);
  print(table, (name) =>
    name.startsWith('ordinary') ? name : name.startsWith('share') ? 'ordinary sign' : 'ordinary verify',
  );
}

function measureSubject(table: Table, { name, signer, verifier, signers }: Subject, message: Uint8Array): void {
  const share = right(table.measure(`share, ${name}`, () => signer.signShare(message)));
  const shares = new Map<ProcessId, SignatureShare>(
    signers.map((other) => [other.me, other === signer ? share : right(other.signShare(message))]),
  );
  table.measure(`verify a share, ${name}`, () => verifier.verifyShare(message, signer.me, share));
  right(table.measure(`combine and verify, ${name}`, () => verifier.combine(message, shares)));
  const spoilt = new Map([...shares, [signer.me, right(signer.signShare(freshMessage()))] as const]);
  table.measure(`name one bad share, ${name}`, () => verifier.combine(message, spoilt));
}

function shapes(pairing: Pairing, suite: BlsSuite): readonly Subject[] {
  return [
    subjectOf('4 of 6', flat(4, 6), pairing, suite),
    subjectOf('11 of 21', flat(11, 21), pairing, suite),
    subjectOf('2 of 3 of 2 of 3', nested(2), pairing, suite),
  ];
}

function printGrowth(pairing: Pairing, suite: BlsSuite, rounds: number): void {
  console.log(`\nGrowth, ${suite} by ${pairing.backend}: share, combine and verify in CPU ms; bytes`);
  console.log('  policy                    rows  columns  share B  key B    share   combine');
  const majorities = [4, 7, 10, 16, 25, 50, 100].map(
    (n) => [`majority of ${n}`, flat(Math.floor(n / 2) + 1, n)] as const,
  );
  const depths = [1, 2, 3, 4].map((depth) => [`2 of 3, depth ${depth}`, nested(depth)] as const);
  for (const [name, policy] of [...majorities, ...depths]) {
    const table = new Table();
    const subject = subjectOf(name, policy, pairing, suite);
    for (let round = 0; round < rounds; round++) measureSubject(table, subject, freshMessage());
    const universe = new Universe(policyMembers(policy));
    const { publicKey } = right(dealBls({ suite, usage: 'document', policy, universe, epoch: 1 }));
    const bytes = publicKey.commitments.reduce((sum, commitment) => sum + commitment.length, 0);
    const share = right(subject.signer.signShare(freshMessage()));
    const columns = [universe.size, publicKey.commitments.length, share.length, bytes].map((n) =>
      String(n).padStart(7),
    );
    const times = ['share', 'combine and verify'].map((work) =>
      table.median(`${work}, ${name}`, 'cpuMs').toFixed(3).padStart(8),
    );
    console.log(`  ${name.padEnd(24)}${columns.join('  ')} ${times.join('  ')}`);
  }
}

await loadBackends();
console.log(`${cpus()[0]?.model ?? 'unknown processor'} x ${cpus().length}, Node ${process.versions.node}`);
for (const suite of blsSuites) {
  const pairing = pairingFor(ciphersuiteOf(suite));
  compare(suite, pairing, shapes(pairing, suite), roundCount);
}
const plain = present(nobleBackend.pairing(ciphersuiteOf('min-pk-pop')), 'noble has every ciphersuite');
compare('min-pk-pop', plain, [subjectOf('4 of 6', flat(4, 6), plain, 'min-pk-pop')], Math.ceil(roundCount / 6));
printGrowth(pairingFor(ciphersuiteOf('min-pk-pop')), 'min-pk-pop', Math.ceil(roundCount / 3));
