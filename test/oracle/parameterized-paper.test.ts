/**
 * The paper's parameterized protocol, one test per statement: 3f+2t+1 acceptors, two steps in spite of t faults, commit proofs
 * for the rest; and the flaw that was found in it (arXiv 1712.01367): it can get stuck.
 */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Report } from '../../src/consensus/message.js';
import { select } from '../../src/consensus/selection.js';
import { trustOf } from '../support/simulation/configuration.js';
import type { CommitProof, Message, Name, Reply, Value } from './message.js';
import { isCommitProof, Quorums, Signatures, vouchesFor } from './quorums.js';
import { type Letter, Run } from './run.js';

const optimistic = { f: 1, t: 0, isParameterized: true } as const;
const both = { f: 2, t: 1, isParameterized: true } as const;

const isOf =
  (...tags: readonly Message['_tag'][]) =>
  ({ message }: Letter): boolean =>
    tags.includes(message._tag);

function proofOf(signatures: Signatures, value: Value, from: readonly Name[], number = 0): CommitProof {
  return from.map((name) => signatures.sign({ from: name, value, number }));
}

describe('parameterized FaB (section 6)', () => {
  it('asks for 3f+2t+1 acceptors: 5f+1 where t = f, 3f+1 where t = 0', () => {
    const acceptors = (f: number, t: number): number => Quorums.least({ f, t, isParameterized: true }).acceptors;
    expect([acceptors(1, 1), acceptors(2, 2), acceptors(1, 0), acceptors(2, 0), acceptors(2, 1)]).toEqual([
      6, 11, 4, 7, 9,
    ]);
    expect(() => new Run({ ...optimistic, acceptors: 3 })).toThrow('fewer processes');
  });

  it('a learner needs 3f+t+1 = a−t ACCEPTED, a proof 2f+t+1, as many proofs to learn, a certificate 2f+2t+1, blocking f+t+1', () => {
    for (const [f, t] of [
      [1, 0],
      [1, 1],
      [2, 1],
      [3, 2],
    ] as const) {
      const a = 3 * f + 2 * t + 1;
      const { learning, choosing, certificate, blocking } = new Quorums({ f, t, isParameterized: true }, a, 10, 10);
      expect([learning, choosing, certificate, blocking]).toEqual([a - t, 2 * f + t + 1, 2 * f + 2 * t + 1, f + t + 1]);
    }
  });

  /** With `silent` acceptors that say nothing, when the last learner learns, if it does. */
  function stepsWithSilent(faults: typeof optimistic | typeof both, silent: number): number | undefined {
    const least = Quorums.least(faults).acceptors;
    const byzantine = Array.from({ length: silent }, (_, index) => `a${least - 1 - index}`);
    const run = new Run({ ...faults, byzantine });
    run.proposer('p0').start();
    for (let step = 0; step < 5; step++) run.communicate();
    const steps = run.correctLearners.map(({ learnedAtStep }) => learnedAtStep);
    return new Set(steps).size === 1 ? steps[0] : undefined;
  }

  it('two steps in spite of t faults, three in spite of f, none beyond', () => {
    expect([0, 1, 2].map((silent) => stepsWithSilent(optimistic, silent))).toEqual([2, 3, undefined]);
    // While none lies, a proof is found with f+t silent.
    expect([0, 1, 2, 3, 4].map((silent) => stepsWithSilent(both, silent))).toEqual([2, 2, 3, 3, undefined]);
  });

  it('commit proof: ⌈(a+f+1)/2⌉ signed ACCEPTED of one value and number, from different acceptors', () => {
    const signatures = new Signatures();
    const quorums = new Quorums(optimistic, 4, 4, 4);
    const isProof = (proof: CommitProof): boolean =>
      isCommitProof(quorums, signatures, proof, { value: 'x', number: 0 });
    const good = proofOf(signatures, 'x', ['a0', 'a1', 'a2']);
    expect(isProof(good)).toBe(true);
    expect(isProof(good.slice(1))).toBe(false);
    expect(isProof([...good.slice(1), ...good.slice(1, 2)])).toBe(false);
    expect(isProof([...good.slice(1), { from: 'a3', value: 'x', number: 0 }])).toBe(false);
    expect(isProof([...good.slice(1), ...proofOf(signatures, 'y', ['a3'])])).toBe(false);
    expect(isProof([...good.slice(1), ...proofOf(signatures, 'x', ['a3'], 1)])).toBe(false);
  });

  it('a learner learns from commit proofs of ⌈(a+f+1)/2⌉ acceptors, not of fewer', () => {
    for (const [holders, learned] of [
      [2, undefined],
      [3, 'x'],
    ] as const) {
      const run = new Run({ ...optimistic, byzantine: ['a0', 'a1', 'a2', 'a3'] });
      const proof = proofOf(run.signatures, 'x', ['a0', 'a1', 'a2']);
      for (const name of run.acceptors.slice(0, holders)) run.inject(name, ['l0'], { _tag: 'COMMITPROOF', proof });
      expect(run.learner('l0').learned?.value).toBe(learned);
    }
  });

  it('two commit proofs of one proposal number are for one value (derived): 2⌈(a+f+1)/2⌉ > a+f', () => {
    for (const [f, t] of [
      [1, 0],
      [1, 1],
      [2, 1],
      [4, 2],
    ] as const) {
      const a = 3 * f + 2 * t + 1;
      const { choosing, learning } = new Quorums({ f, t, isParameterized: true }, a, 13, 13);
      expect(2 * choosing).toBeGreaterThan(a + f);
      // And a commit proof and an ACCEPTED quorum share more than f.
      expect(choosing + learning).toBeGreaterThan(a + f);
    }
  });

  it('"vouches for" also asks that no other value has a commit proof', () => {
    const signatures = new Signatures();
    const quorums = new Quorums(optimistic, 4, 4, 4);
    const commitProof = proofOf(signatures, 'x', ['a0', 'a1', 'a2']);
    const certificate = [
      signatures.sign({ from: 'a1', number: 1, value: 'x', commitProof }),
      signatures.sign({ from: 'a2', number: 1, value: 'x' }),
      signatures.sign({ from: 'a3', number: 1, value: 'y' }),
    ];
    const vouched = (replies: readonly Reply[]): readonly Value[] =>
      ['x', 'y', 'z'].filter((value) => vouchesFor(quorums, signatures, replies, value, 1));
    expect(vouched(certificate)).toEqual(['x']);
    const [, ...others] = certificate;
    const unproven = signatures.sign({ from: 'a1', number: 1, value: 'y' });
    expect(vouched([unproven, ...others.slice(0, 1), signatures.sign({ from: 'a0', number: 1 })])).toEqual([
      'x',
      'y',
      'z',
    ]);
    const forged = signatures.sign({ from: 'a1', number: 1, value: 'x', commitProof: commitProof.slice(1) });
    expect(vouched([forged, signatures.sign({ from: 'a0', number: 1 }), ...others.slice(1)])).toEqual(['x', 'y', 'z']);
  });

  it('a value learned from commit proofs is kept by the next leader', () => {
    const run = new Run({ ...optimistic, byzantine: ['a3'] });
    run.proposer('p0').start();
    run.deliver(({ to }) => to.startsWith('a') || to === 'l0');
    expect(run.learner('l0').learned?.value).toBe('of p0');
    run.letters = [];
    run.suspectAll();
    run.deliver();
    expect(run.learnedValues).toEqual(['of p0']);
    expect(run.correctLearners.every(({ learned }) => learned !== undefined)).toBe(true);
  });
});

/**
 * R1: a = 4, f = 1, t = 0; p0 and a0 Byzantine. x goes to a0, a1, a2, and y to a0, a3; ACCEPTED(x) of a0, a1, a2 reach a1 alone,
 * which so holds a commit proof. a0 will say that it accepted y.
 */
function stuck(): Run {
  const run = new Run({ ...optimistic, byzantine: ['p0', 'a0'] });
  run.inject('p0', ['a1', 'a2'], { _tag: 'PROPOSE', value: 'x', number: 0 });
  run.inject('p0', ['a3'], { _tag: 'PROPOSE', value: 'y', number: 0 });
  run.inject('a0', ['a1'], { _tag: 'ACCEPTED', accepted: run.signatures.sign({ from: 'a0', value: 'x', number: 0 }) });
  run.deliver(({ message, to }) => message._tag === 'ACCEPTED' && to === 'a1');
  run.letters = [];
  return run;
}

/** The next regency; what a0 replies to its leader comes first. */
function nextRegency(run: Run, regency: number): void {
  run.suspectAll();
  run.deliver(isOf('SUSPECT', 'QUERY'));
  const reply = run.signatures.sign({ from: 'a0', number: regency, value: 'y' });
  run.inject('a0', [`p${regency % 4}`], { _tag: 'REP', reply });
}

describe('R1: parameterized FaB gets stuck', () => {
  it('as published: no value is vouched for, whichever replies are waited for, in any later regency', () => {
    const run = stuck();
    expect(run.acceptor('a1').commitProof).toHaveLength(3);
    for (const regency of [1, 2, 3]) {
      nextRegency(run, regency);
      run.deliver(({ from, message }) => message._tag === 'REP' && from !== 'a2');
      expect(run.proposer(`p${regency}`).isStuck).toBe(true);
      run.deliver();
      expect(run.proposer(`p${regency}`).isStuck).toBe(true);
      expect(run.learnedValues).toEqual([]);
    }
  });

  it('as published, had a0 told the truth, the same certificate would have vouched for x', () => {
    const run = stuck();
    run.suspectAll();
    run.deliver(isOf('SUSPECT', 'QUERY'));
    run.inject('a0', ['p1'], { _tag: 'REP', reply: run.signatures.sign({ from: 'a0', number: 1, value: 'x' }) });
    run.deliver();
    expect(run.learnedValues).toEqual(['x']);
  });

  it('ours: on the same replies, selection picks the committed value, and on those of every other quorum something', () => {
    const replies = repliesOf(stuck());
    expect(oursOn(replies.filter(({ from }) => from !== 'a2'))).toBe('pick x');
    expect(oursOn(replies)).toBe('pick x');
    for (const left of replies) expect(oursOn(replies.filter((reply) => reply !== left))).not.toBe('wait');
  });

  it('FaB with 5f+1 acceptors and no commit proofs does not: some value is always vouched for (derived)', () => {
    // fab-paper.test.ts has every certificate; here are the corresponding replies: x of a0, a1, a2 and y of the others.
    const run = new Run({ f: 1, t: 1, isParameterized: false, byzantine: ['p0', 'a5'] });
    run.inject('p0', ['a0', 'a1', 'a2'], { _tag: 'PROPOSE', value: 'x', number: 0 });
    run.inject('p0', ['a3', 'a4'], { _tag: 'PROPOSE', value: 'y', number: 0 });
    run.letters = [];
    run.suspectAll();
    run.deliver(isOf('SUSPECT', 'QUERY'));
    run.inject('a5', ['p1'], { _tag: 'REP', reply: run.signatures.sign({ from: 'a5', number: 1, value: 'y' }) });
    run.deliver(({ from, message }) => message._tag === 'REP' && from !== 'a0');
    expect(run.proposer('p1').isStuck).toBe(false);
    run.deliver();
    expect(run.learnedValues).toEqual(['y']);
  });

  it('but it is the commit proofs and not the number: with them, 5f+1 acceptors get stuck too (derived)', () => {
    const run = new Run({ f: 1, t: 1, isParameterized: true, byzantine: ['p0', 'a5'] });
    run.inject('p0', ['a0', 'a1', 'a2'], { _tag: 'PROPOSE', value: 'x', number: 0 });
    run.inject('p0', ['a3', 'a4'], { _tag: 'PROPOSE', value: 'y', number: 0 });
    run.inject('a5', ['a0'], {
      _tag: 'ACCEPTED',
      accepted: run.signatures.sign({ from: 'a5', value: 'x', number: 0 }),
    });
    run.deliver(({ message, to }) => message._tag === 'ACCEPTED' && to === 'a0');
    expect(run.acceptor('a0').commitProof).toHaveLength(4);
    run.letters = [];
    run.suspectAll();
    run.deliver(isOf('SUSPECT', 'QUERY'));
    run.inject('a5', ['p1'], { _tag: 'REP', reply: run.signatures.sign({ from: 'a5', number: 1, value: 'y' }) });
    run.deliver(({ from, message }) => message._tag === 'REP' && from !== 'a2');
    expect(run.proposer('p1').isStuck).toBe(true);
    run.deliver();
    expect(run.proposer('p1').isStuck).toBe(true);
    expect(run.learnedValues).toEqual([]);
  });
});

function repliesOf(run: Run): readonly Reply[] {
  run.suspectAll();
  run.deliver(isOf('SUSPECT', 'QUERY'));
  const correct = run.letters.flatMap(({ message }) => (message._tag === 'REP' ? [message.reply] : []));
  return [run.signatures.sign({ from: 'a0', number: 1, value: 'y' }), ...correct];
}

/** What our selection makes of replies: every value accepted was proposed in view 1, by a; a commit proof is a commit certificate. */
function oursOn(replies: readonly Reply[]): string {
  const { system } = trustOf({ trust: 'f=1 t=0 of (a, b, c, d)' });
  const { universe } = system.processes;
  const processOf = (name: Name): ProcessId => present(universe.at(Number(name.slice(1))), 'an acceptor');
  const quorums = new Quorums(optimistic, 4, 4, 4);
  const ballot = (value: Value): { view: number; slot: number; digest: ReturnType<typeof digest> } => {
    return { view: 1, slot: 1, digest: digest(utf8(value)) };
  };
  const signature = new Uint8Array(64);
  const reports = new Map<ProcessId, Report>();
  for (const { from, value, commitProof } of replies) {
    const proven = commitProof?.[0]?.value;
    reports.set(processOf(from), {
      view: 2,
      votes: value === undefined ? [] : [{ ...ballot(value), leaderSignature: signature }],
      commits: proven === undefined ? [] : [{ ...ballot(proven), signature: signature as never }],
    });
  }
  expect(quorums.certificate).toBeLessThanOrEqual(reports.size);
  const selection = select({ system, reports, accused: universe.none, leaderOf: (view) => processOf(`a${view - 1}`) });
  if (selection._tag !== 'selected') return selection._tag;
  const [verdict] = selection.verdicts;
  if (verdict?._tag !== 'pick') return verdict?._tag ?? 'none';
  const picked = ['x', 'y'].find((value) => Buffer.compare(digest(utf8(value)), verdict.digest) === 0);
  return `pick ${picked ?? '?'}`;
}
