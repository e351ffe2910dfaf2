/**
 * Threshold RSA, 2048 bits, 3 of 5, beside one bare exponentiation: `node dist/bench/shoup-rsa.bench.js [rounds]`.
 * All lines are measured in turn in every round, so that whatever else the machine does falls on all of them; medians. The
 * ratios are of CPU time: where others use the machine as well, what takes longer is interrupted more often.
 */
import { randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { utf8 } from '../src/prelude/bytes.js';
import { E, type Either } from '../src/prelude/fp.js';
import { present } from '../src/prelude/invariant.js';
import { processId, Universe } from '../src/prelude/process.js';
import { randomBits } from '../src/prelude/random.js';
import { dealShoupRsa } from '../src/schemes/shoup-rsa/dealer.js';
import { makeExponentiation } from '../src/schemes/shoup-rsa/exponentiation.js';
import { makeShoupRsaSigner } from '../src/schemes/shoup-rsa/signer.js';
import { makeShoupRsaVerifier } from '../src/schemes/shoup-rsa/verifier.js';
import { safePrimes2048 } from '../test/support/rsa-keys.js';

const roundCount = Number(process.argv[2] ?? 40);
const k = 3;
const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => present(processId(name), 'a name'));
const universe = new Universe(ids);
const policy = { _tag: 'threshold', k, of: ids.map((id) => ({ _tag: 'member', id }) as const) } as const;

function right<L, A>(either: Either<L, A>): A {
  if (E.isRight(either)) return either.right;
  throw new Error(JSON.stringify(either.left));
}

const material = { _tag: 'safe-primes', ...safePrimes2048 } as const;
const dealt = right(dealShoupRsa({ material, policy, universe, usage: 'document', epoch: 1 }));
const { modulus } = dealt.publicKey;
const verifier = right(makeShoupRsaVerifier(dealt.publicKey, universe));
const signers = ids.map((id) => {
  const share = present(dealt.shares.get(id), 'a share');
  return right(makeShoupRsaSigner(dealt.publicKey, share, universe));
});
const [first, ...others] = signers;
const signer = present(first, 'a signer');
const bare = right(
  makeShoupRsaSigner(dealt.publicKey, present(dealt.shares.get(signer.me), 'a share'), universe, randomBytes, {
    withProof: false,
  }),
);
const exponentiation = makeExponentiation(modulus, randomBytes);

let counter = 0;
const freshMessage = () => utf8(`message ${counter++}`);

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const samples = new Map<string, Sample[]>();
function measure<A>(name: string, work: () => A): A {
  const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  const taken = samples.get(name) ?? [];
  taken.push({ wallMs: Number(process.hrtime.bigint() - start) / 1e6, cpuMs: (user + system) / 1e3 });
  samples.set(name, taken);
  return result;
}

const bareName = `bare exponentiation (${exponentiation.backend})`;
for (let round = 0; round < roundCount; round++) {
  const message = freshMessage();
  const [base, exponent] = [randomBits(randomBytes, 2047), randomBits(randomBytes, 2048)];
  measure(bareName, () => exponentiation.power(base, exponent));
  measure('share without proof', () => bare.signShare(message));
  const share = right(measure('share with proof', () => signer.signShare(message)));
  measure('verification of a share', () => verifier.verifyShare(message, signer.me, share));
  const shares = new Map([
    [signer.me, share] as const,
    ...others.map((other) => [other.me, right(other.signShare(message))] as const),
  ]);
  const three = new Map([...shares].slice(0, k));
  const { signature } = right(measure('combine 3 of 5, verified', () => verifier.combine(message, three)));
  const spoilt = new Map([...shares, [signer.me, right(signer.signShare(freshMessage()))] as const]);
  right(measure('combine 3 of 5, one bad share named', () => verifier.combine(message, spoilt)));
  measure('verification of the signature', () => verifier.verify(message, signature));
}

function median(taken: readonly Sample[], of: keyof Sample): number {
  const sorted = taken.map((sample) => sample[of]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const unit = median(samples.get(bareName) ?? [], 'cpuMs');
const { node, openssl } = process.versions;
console.log(`${cpus()[0]?.model ?? 'unknown processor'} x ${cpus().length}, Node ${node}, OpenSSL ${openssl}`);
console.log(`Shoup RSA, ${modulus.toString(2).length} bits, n = ${ids.length}, k = ${k}, medians of ${roundCount}`);
console.log(`${''.padEnd(38)} wall ms   CPU ms   CPU, ratio to the bare exponentiation`);
for (const [name, taken] of samples) {
  const [wall, cpu] = [median(taken, 'wallMs'), median(taken, 'cpuMs')];
  const [left, right] = [name.padEnd(38), (cpu / unit).toFixed(2).padStart(6)];
  console.log(`${left} ${wall.toFixed(3).padStart(7)}  ${cpu.toFixed(3).padStart(7)}   ${right} x`);
}
