/**
 * "Fast Byzantine Consensus", one test per statement: FaB with 5f+1 acceptors. Sections are those that public transcriptions
 * cite; statements marked (derived) are ours, worked out from the definitions (see message.ts for what was read).
 */
import { describe, expect, it } from 'vitest';
import type { Message, Name, Reply, Value } from './message.js';
import { Quorums, Signatures, vouchesFor } from './quorums.js';
import { type Letter, Run, type RunOptions } from './run.js';

const one = { f: 1, t: 1, isParameterized: false } as const;
const two = { f: 2, t: 2, isParameterized: false } as const;

/** A run in which the leader of regency 0 has sent what it proposes. */
function begun(options: Partial<RunOptions> = {}): Run {
  const run = new Run({ ...one, ...options });
  if (!run.byzantine.has('p0')) run.proposer('p0').start();
  return run;
}

const fromAcceptors = ({ from }: Letter): boolean => from.startsWith('a');
const isOf =
  (...tags: readonly Message['_tag'][]) =>
  ({ message }: Letter): boolean =>
    tags.includes(message._tag);

/** A certificate of signed replies for proposal number 1, with these values of a0, a1, …; `-` for an acceptor that has accepted nothing. */
function certificateOf(signatures: Signatures, values: readonly string[], number = 1): readonly Reply[] {
  return values.map((value, index) =>
    signatures.sign({ from: `a${index}`, number, ...(value === '-' ? {} : { value }) }),
  );
}

/** Every word of `length` letters. */
function words(letters: readonly string[], length: number): readonly (readonly string[])[] {
  if (length === 0) return [[]];
  return words(letters, length - 1).flatMap((word) => letters.map((letter) => [...word, letter]));
}

/** Those whose letters come in order: how often each occurs is all that counts in a certificate. */
function ascendingWords(letters: readonly string[], length: number): readonly (readonly string[])[] {
  const [first, ...others] = letters;
  if (first === undefined || length === 0) return length === 0 ? [[]] : [];
  return [...ascendingWords(letters, length - 1).map((word) => [first, ...word]), ...ascendingWords(others, length)];
}

describe('model (section 2)', () => {
  it('a ≥ 5f+1, p ≥ 3f+1, l ≥ 3f+1 are asked for', () => {
    expect(Quorums.least(two)).toEqual({ acceptors: 11, proposers: 7, learners: 7 });
    for (const fewer of [{ acceptors: 5 }, { proposers: 3 }, { learners: 3 }]) {
      expect(() => new Run({ ...one, ...fewer })).toThrow('fewer processes');
    }
  });

  it('with 5f+1 acceptors a learner needs 4f+1, a certificate 4f+1, blocking 2f+1, choosing 3f+1', () => {
    for (const faults of [one, two, { ...one, f: 3, t: 3 }]) {
      const { f } = faults;
      const quorums = new Quorums(faults, 5 * f + 1, 3 * f + 1, 3 * f + 1);
      const { learning, certificate, blocking, choosing, suspecting, satisfied, pulling } = quorums;
      expect([learning, certificate, blocking, choosing]).toEqual([4 * f + 1, 4 * f + 1, 2 * f + 1, 3 * f + 1]);
      expect([suspecting, satisfied, pulling]).toEqual([2 * f + 1, 2 * f + 1, f + 1]);
    }
  });
});

describe('common case (section 5.1)', () => {
  it('two communication steps with a correct leader: PROPOSE, ACCEPTED', () => {
    const run = begun();
    run.communicate();
    expect(run.learnedValues).toEqual([]);
    run.communicate();
    expect(run.correctLearners.map(({ learned, learnedAtStep }) => [learned?.value, learnedAtStep])).toEqual(
      run.learners.map(() => ['of p0', 2]),
    );
  });

  for (const [name, faults, silent] of [
    ['f = 1', one, ['a5']],
    ['f = 2', two, ['a9', 'a10']],
  ] as const) {
    it(`two steps in spite of f acceptors that are silent or lie: ${name}`, () => {
      const run = begun({ ...faults, byzantine: [...silent, 'l0'] });
      run.communicate();
      for (const from of silent) {
        const accepted = run.signatures.sign({ from, value: 'a lie', number: 0 });
        run.inject(from, run.learners, { _tag: 'ACCEPTED', accepted });
      }
      run.communicate();
      expect(run.correctLearners.every(({ learnedAtStep }) => learnedAtStep === 2)).toBe(true);
      expect(run.learnedValues).toEqual(['of p0']);
    });
  }

  it('f+1 silent acceptors are too many for two steps', () => {
    const run = begun();
    run.communicate(({ to }) => to !== 'a4' && to !== 'a5');
    run.communicate();
    expect(run.learnedValues).toEqual([]);
  });

  it('"chosen": a value that ⌈(a+f+1)/2⌉ correct acceptors have accepted in one proposal number', () => {
    for (const [count, chosen] of [
      [3, []],
      [4, ['of p0']],
    ] as const) {
      const run = begun();
      run.communicate(({ to }) => run.acceptors.slice(0, count).includes(to));
      expect(run.chosenValues).toEqual(chosen);
    }
  });

  it('"learned": ⌈(a+3f+1)/2⌉ ACCEPTED of one value and number, from different acceptors', () => {
    const said = (values: readonly (readonly [Name, Value, number])[]): readonly Value[] => {
      const run = new Run({ ...one, byzantine: ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'] });
      for (const [from, value, number] of values) {
        run.inject(from, ['l0'], { _tag: 'ACCEPTED', accepted: run.signatures.sign({ from, value, number }) });
      }
      return run.learnedValues;
    };
    const four = ['a0', 'a1', 'a2', 'a3'].map((from) => [from, 'x', 0] as const);
    expect(said(four)).toEqual([]);
    expect(said([...four, ['a4', 'x', 0]])).toEqual(['x']);
    expect(said([...four, ['a3', 'x', 0]])).toEqual([]);
    expect(said([...four, ['a4', 'y', 0]])).toEqual([]);
    expect(said([...four, ['a4', 'x', 1]])).toEqual([]);
  });

  it('an acceptor speaks for itself only', () => {
    const run = begun({ byzantine: ['a5'] });
    run.communicate(({ to }) => run.acceptors.slice(0, 4).includes(to));
    run.communicate();
    expect(run.learnedValues).toEqual([]);
    run.inject('a5', run.learners, { _tag: 'ACCEPTED', accepted: { from: 'a4', value: 'of p0', number: 0 } });
    expect(run.learnedValues).toEqual([]);
  });

  it('an acceptor listens to the leader of the regency only, and accepts once in a proposal number', () => {
    const run = begun({ byzantine: ['p0', 'p1'] });
    run.inject('p1', run.acceptors, { _tag: 'PROPOSE', value: 'early', number: 1 });
    run.inject('p1', run.acceptors, { _tag: 'PROPOSE', value: 'false', number: 0 });
    expect(run.acceptor('a0').accepted).toBeUndefined();
    run.inject('p0', run.acceptors, { _tag: 'PROPOSE', value: 'x', number: 0 });
    run.inject('p0', run.acceptors, { _tag: 'PROPOSE', value: 'y', number: 0 });
    expect(run.acceptor('a0').accepted?.value).toBe('x');
  });
});

describe('fair links and retransmission (section 5.2)', () => {
  it('a proposer is satisfied by ⌈(l+f+1)/2⌉ LEARNED, and then suspects nobody', () => {
    for (const [learners, suspects] of [
      [2, true],
      [3, false],
    ] as const) {
      const run = begun({ byzantine: ['l0', 'l1', 'l2', 'l3'] });
      for (const name of run.learners.slice(0, learners)) {
        run.inject(name, ['p1'], { _tag: 'LEARNED', value: 'x', number: 0 });
        run.inject(name, ['p1'], { _tag: 'LEARNED', value: 'x', number: 0 });
      }
      run.letters = [];
      run.proposer('p1').timeout();
      expect(run.letters.some(isOf('SUSPECT'))).toBe(suspects);
    }
  });

  it('the leader proposes again until ⌈(p+f+1)/2⌉ proposers are satisfied', () => {
    const run = new Run({ ...one, byzantine: ['p1', 'p2', 'p3'] });
    const proposes = (): boolean => {
      run.letters = [];
      run.proposer('p0').start();
      return run.letters.some(isOf('PROPOSE'));
    };
    run.inject('p1', ['p0'], { _tag: 'SATISFIED' });
    run.inject('p2', ['p0'], { _tag: 'SATISFIED' });
    run.inject('p2', ['p0'], { _tag: 'SATISFIED' });
    expect(proposes()).toBe(true);
    run.inject('p3', ['p0'], { _tag: 'SATISFIED' });
    expect(proposes()).toBe(false);
  });

  it('a run without faults ends with every proposer satisfied', () => {
    const run = begun();
    run.deliver();
    for (const name of run.proposers) expect(run.proposer(name).satisfied.size).toBe(4);
    run.suspectAll();
    expect(run.letters).toEqual([]);
  });

  it('PULL: a learner that missed everything learns from f+1 equal answers, not from f', () => {
    for (const [answering, learned] of [
      [['l1'], undefined],
      [['l1', 'l2'], 'of p0'],
    ] as const) {
      const run = begun();
      run.communicate();
      run.communicate(({ to }) => to !== 'l0');
      run.letters = [];
      run.learner('l0').timeout();
      run.deliver(({ from, message }) => message._tag === 'PULL' || answering.some((name) => name === from));
      expect(run.learner('l0').learned?.value).toBe(learned);
    }
  });

  it('PULL: f lying learners teach nothing; f+1 would', () => {
    const run = new Run({ ...one, byzantine: ['l1', 'l2'] });
    run.inject('l1', ['l0'], { _tag: 'LEARNED', value: 'a lie', number: 0 });
    run.inject('l1', ['l0'], { _tag: 'LEARNED', value: 'a lie', number: 0 });
    expect(run.learnedValues).toEqual([]);
    run.inject('l2', ['l0'], { _tag: 'LEARNED', value: 'a lie', number: 0 });
    expect(run.learnedValues).toEqual(['a lie']);
  });
});

describe('leader election and recovery (section 5.3)', () => {
  it('⌈(p+f+1)/2⌉ signed SUSPECT end a regency; f cannot', () => {
    const run = new Run({ ...one, byzantine: ['p0'] });
    const suspicion = run.signatures.sign({ from: 'p0', regency: 0 });
    run.inject('p0', run.proposers, { _tag: 'SUSPECT', suspicion });
    run.proposer('p1').timeout();
    run.deliver(isOf('SUSPECT'));
    expect(run.proposer('p1').election.regency).toBe(0);
    run.proposer('p2').timeout();
    run.deliver(isOf('SUSPECT'));
    expect(run.proposer('p1').election.regency).toBe(1);
    expect(run.proposer('p3').election.leader()).toBe('p1');
  });

  it('acceptors believe a QUERY with its proof only: signed, by proposers, about the regency before', () => {
    const run = new Run({ ...one, byzantine: ['p1'] });
    const unsigned = ['p0', 'p2', 'p3'].map((from) => ({ from, regency: 0 }));
    run.inject('p1', run.acceptors, { _tag: 'QUERY', number: 1, proof: unsigned });
    const own = ['p1', 'p1', 'p1'].map((from) => run.signatures.sign({ from, regency: 0 }));
    run.inject('p1', run.acceptors, { _tag: 'QUERY', number: 1, proof: own });
    const strangers = ['a0', 'a1', 'a2'].map((from) => run.signatures.sign({ from, regency: 0 }));
    run.inject('p1', run.acceptors, { _tag: 'QUERY', number: 1, proof: strangers });
    expect(run.letters.filter(isOf('REP'))).toEqual([]);
    expect(run.acceptor('a0').election.regency).toBe(0);
    const good = ['p0', 'p2', 'p3'].map((from) => run.signatures.sign({ from, regency: 0 }));
    run.inject('p1', run.acceptors, { _tag: 'QUERY', number: 1, proof: good });
    expect(run.letters.filter(isOf('REP'))).toHaveLength(6);
  });

  it('an acceptor that answered a QUERY accepts nothing with a lower number any more', () => {
    const run = begun();
    const early = run.letters.filter(isOf('PROPOSE'));
    run.letters = [];
    run.suspectAll();
    run.deliver(isOf('SUSPECT', 'QUERY'));
    run.letters.push(...early);
    run.deliver(isOf('PROPOSE'));
    expect(run.acceptor('a0').accepted).toBeUndefined();
  });

  it('progress certificate: signed replies to this query from a−f different acceptors', () => {
    const signatures = new Signatures();
    const quorums = new Quorums(one, 6, 4, 4);
    const good = certificateOf(signatures, ['x', 'x', 'x', '-', '-']);
    const vouches = (certificate: readonly Reply[]): boolean => vouchesFor(quorums, signatures, certificate, 'x', 1);
    expect(vouches(good)).toBe(true);
    expect(vouches(good.slice(1))).toBe(false);
    expect(vouches([...good.slice(1), ...good.slice(1, 2)])).toBe(false);
    expect(vouches([...good.slice(1), { from: 'a5', number: 1, value: 'x' }])).toBe(false);
    expect(vouches(certificateOf(signatures, ['x', 'x', 'x', '-', '-'], 2))).toBe(false);
  });

  it('"vouches for": no other value occurs ⌈(a−f+1)/2⌉ times; what occurs less often, or not at all, is vouched for', () => {
    const signatures = new Signatures();
    const quorums = new Quorums(one, 6, 4, 4);
    const vouched = (word: string): readonly string[] => {
      const certificate = certificateOf(signatures, word.split(''));
      return ['x', 'y', 'z'].filter((value) => vouchesFor(quorums, signatures, certificate, value, 1));
    };
    expect(vouched('-----')).toEqual(['x', 'y', 'z']);
    expect(vouched('xx---')).toEqual(['x', 'y', 'z']);
    expect(vouched('xxx--')).toEqual(['x']);
    expect(vouched('xxyy-')).toEqual(['x', 'y', 'z']);
    expect(vouched('xxyyy')).toEqual(['y']);
  });

  it('an acceptor changes its mind for a certificate that vouches for the new value only', () => {
    const run = begun({ byzantine: ['p1'] });
    run.deliver(({ message, to }) => message._tag === 'PROPOSE' && to.startsWith('a'));
    const proof = ['p0', 'p2', 'p3'].map((from) => run.signatures.sign({ from, regency: 0 }));
    run.inject('p1', run.acceptors, { _tag: 'QUERY', number: 1, proof });
    const certificate = run.letters
      .filter(isOf('REP'))
      .flatMap(({ message }) => ('reply' in message ? [message.reply] : []));
    run.inject('p1', run.acceptors, { _tag: 'PROPOSE', value: 'mine', number: 1 });
    run.inject('p1', run.acceptors, { _tag: 'PROPOSE', value: 'mine', number: 1, certificate });
    expect(run.acceptor('a0').accepted).toMatchObject({ value: 'of p0', number: 0 });
    // What it has accepted it accepts again without any.
    run.inject('p1', run.acceptors, { _tag: 'PROPOSE', value: 'of p0', number: 1 });
    expect(run.acceptor('a0').accepted).toMatchObject({ value: 'of p0', number: 1 });
  });

  it('an acceptor accepts once in a proposal number, also where the certificate vouches for everything', () => {
    const run = new Run({ ...one, byzantine: ['p1'] });
    const proof = ['p0', 'p2', 'p3'].map((from) => run.signatures.sign({ from, regency: 0 }));
    run.inject('p1', run.acceptors, { _tag: 'QUERY', number: 1, proof });
    const certificate = run.letters.flatMap(({ message }) => (message._tag === 'REP' ? [message.reply] : []));
    for (const value of ['x', 'y']) {
      expect(vouchesFor(run.quorums, run.signatures, certificate, value, 1)).toBe(true);
      run.inject('p1', ['a0'], { _tag: 'PROPOSE', value, number: 1, certificate });
    }
    expect(run.acceptor('a0').accepted?.value).toBe('x');
  });

  it('a new leader proposes what was chosen, though its own value is another', () => {
    const run = begun();
    run.communicate(({ to }) => ['a0', 'a1', 'a2', 'a3'].includes(to));
    expect(run.chosenValues).toEqual(['of p0']);
    run.letters = [];
    run.suspectAll();
    run.deliver();
    expect(run.learnedValues).toEqual(['of p0']);
    expect(run.correctLearners[0]?.learned?.number).toBe(1);
  });

  it('a new leader that sees nothing accepted proposes its own value, or one that it has seen proposed', () => {
    for (const [seen, value] of [
      [[], 'of p1'],
      [['p1'], 'of p0'],
    ] as const) {
      const run = begun();
      run.communicate(({ to }) => seen.some((name) => name === to));
      run.letters = [];
      run.suspectAll();
      run.deliver();
      expect(run.learnedValues).toEqual([value]);
    }
  });
});

describe('correctness (section 5.4)', () => {
  it('CS1: only a proposed value may be chosen, and no f liars of each role change that', () => {
    const run = begun({ byzantine: ['a5', 'l3', 'p3'] });
    run.inject('a5', run.learners, {
      _tag: 'ACCEPTED',
      accepted: run.signatures.sign({ from: 'a5', value: 'never proposed', number: 0 }),
    });
    run.inject('l3', run.learners, { _tag: 'LEARNED', value: 'never proposed', number: 0 });
    run.inject('p3', run.acceptors, { _tag: 'PROPOSE', value: 'never proposed', number: 0 });
    run.deliver();
    expect(run.chosenValues).toEqual(['of p0']);
    expect(run.learnedValues).toEqual(['of p0']);
  });

  it('CS2 in one proposal number: two sets of ⌈(a+f+1)/2⌉ correct acceptors meet, and each accepts once', () => {
    for (const mask of words(['x', 'y', '-'], 6)) {
      const run = begun({ byzantine: ['p0'] });
      for (const [index, value] of mask.entries()) {
        if (value !== '-') run.inject('p0', [`a${index}`], { _tag: 'PROPOSE', value, number: 0 });
        run.inject('p0', [`a${index}`], { _tag: 'PROPOSE', value: 'y', number: 0 });
      }
      run.deliver();
      expect(run.chosenValues.length).toBeLessThanOrEqual(1);
      expect(run.learnedValues.length).toBeLessThanOrEqual(1);
    }
  });

  /** All that a certificate can hold after `chosen` correct acceptors of `acceptors` have accepted x; the last one is Byzantine. */
  function certificatesAfterChoice(acceptors: number, chosen: number): readonly (readonly string[])[] {
    const rest = acceptors - chosen;
    const all = words(['x', 'y', '-'], rest).map((word) => [...Array<string>(chosen).fill('x'), ...word]);
    return all.flatMap((word) => word.map((_, left) => word.filter((_value, index) => index !== left)));
  }

  it('lemma: once x is chosen, every later certificate vouches for x and for nothing else', () => {
    const signatures = new Signatures();
    const quorums = new Quorums(one, 6, 4, 4);
    for (const word of certificatesAfterChoice(6, quorums.choosing)) {
      const certificate = certificateOf(signatures, word);
      expect(vouchesFor(quorums, signatures, certificate, 'x', 1)).toBe(true);
      expect(vouchesFor(quorums, signatures, certificate, 'y', 1)).toBe(false);
      expect(vouchesFor(quorums, signatures, certificate, 'z', 1)).toBe(false);
    }
  });

  it('lemma (derived): every certificate vouches for some value, so a correct leader can always propose', () => {
    for (const faults of [one, two]) {
      const acceptors = 5 * faults.f + 1;
      const signatures = new Signatures();
      const quorums = new Quorums(faults, acceptors, 7, 7);
      for (const word of ascendingWords(['x', 'y', '-'], acceptors - faults.f)) {
        const certificate = certificateOf(signatures, word);
        const isVouched = (value: string): boolean => vouchesFor(quorums, signatures, certificate, value, 1);
        expect(['x', 'y', 'z'].some(isVouched)).toBe(true);
      }
    }
  });

  it('CS2 across proposal numbers: what was chosen stays the only value that can be learned, whoever leads and lies', () => {
    const run = begun({ byzantine: ['p1', 'a5'] });
    run.communicate();
    run.communicate(({ to }) => to === 'l0');
    expect(run.learnedValues).toEqual(['of p0']);
    const proof = ['p0', 'p2', 'p3'].map((from) => run.signatures.sign({ from, regency: 0 }));
    run.inject('p1', run.acceptors, { _tag: 'QUERY', number: 1, proof });
    const lie = run.signatures.sign({ from: 'a5', number: 1, value: 'mine' });
    const replies = run.letters.flatMap(({ message }) => (message._tag === 'REP' ? [message.reply] : []));
    for (const left of replies) {
      const certificate = [lie, ...replies.filter((reply) => reply !== left)];
      run.inject('p1', run.acceptors, { _tag: 'PROPOSE', value: 'mine', number: 1, certificate });
    }
    run.deliver(fromAcceptors);
    expect(run.learnedValues).toEqual(['of p0']);
    for (const regency of [1, 2]) {
      run.suspectAll();
      run.deliver();
      expect(run.proposer('p0').election.regency).toBe(regency);
    }
    expect(run.learnedValues).toEqual(['of p0']);
    expect(run.correctLearners.every(({ learned }) => learned !== undefined)).toBe(true);
  });

  it('CS3: only a chosen value is learned: of 4f+1 that say they accepted, 3f+1 are correct', () => {
    for (const accepting of [3, 4]) {
      const run = begun({ byzantine: ['a5'] });
      run.communicate(({ to }) => run.acceptors.slice(0, accepting).includes(to));
      const accepted = run.signatures.sign({ from: 'a5', value: 'of p0', number: 0 });
      run.inject('a5', run.learners, { _tag: 'ACCEPTED', accepted });
      run.deliver();
      expect(run.chosenValues).toEqual(accepting === 4 ? ['of p0'] : []);
      expect(run.learnedValues).toEqual(accepting === 4 ? ['of p0'] : []);
    }
  });

  it('CL1, CL2: whatever was lost under a Byzantine leader, a correct one gets a value chosen, and learned by all', () => {
    for (const word of words(['x', 'y', '-'], 5)) {
      const run = begun({ byzantine: ['p0', 'a5'] });
      for (const [index, value] of word.entries()) {
        if (value !== '-') run.inject('p0', [`a${index}`], { _tag: 'PROPOSE', value, number: 0 });
      }
      run.letters = [];
      run.suspectAll();
      run.deliver();
      expect(run.learnedValues).toHaveLength(1);
      expect(run.chosenValues).toEqual(run.learnedValues);
      expect(run.correctLearners.every(({ learned }) => learned !== undefined)).toBe(true);
    }
  });
});

describe('5f+1 is the least (section 5.5; shown for unsigned proposals and disjoint roles)', () => {
  it('with 5f acceptors, ⌈(a+3f+1)/2⌉ are more than answer when f are silent', () => {
    for (const f of [1, 2, 3]) {
      const quorums = new Quorums({ f, t: f, isParameterized: false }, 5 * f, 3 * f + 1, 3 * f + 1);
      expect(quorums.learning).toBeGreaterThan(5 * f - f);
    }
  });

  /**
   * A Byzantine leader gives x to all but the last of the correct acceptors, and y to that one; l0 learns x with the help of the
   * liar, which then reports y. The next leader is correct, and hears the liar and the holder of y first; the reply of one
   * holder of x is late.
   */
  function learnedThenHidden(acceptors: number, broken: (quorums: Quorums) => Partial<Quorums>): Run {
    const [liar, last, late] = [`a${acceptors - 1}`, `a${acceptors - 2}`, `a${acceptors - 3}`];
    const run = new Run({ ...one, acceptors, broken, byzantine: ['p0', liar] });
    run.inject('p0', run.acceptors.slice(0, -2), { _tag: 'PROPOSE', value: 'x', number: 0 });
    run.inject('p0', [last], { _tag: 'PROPOSE', value: 'y', number: 0 });
    run.deliver(({ message, to }) => message._tag === 'ACCEPTED' && to === 'l0');
    const accepted = run.signatures.sign({ from: liar, value: 'x', number: 0 });
    run.inject(liar, ['l0'], { _tag: 'ACCEPTED', accepted });
    expect(run.learner('l0').learned?.value).toBe('x');
    run.letters = [];
    run.suspectAll();
    run.deliver(isOf('SUSPECT', 'QUERY'));
    const reply = run.signatures.sign({ from: liar, number: 1, value: 'y' });
    run.inject(liar, ['p1'], { _tag: 'REP', reply });
    run.deliver(({ from, message }) => message._tag === 'REP' && from === last);
    run.deliver(({ from }) => from !== late && from !== 'l0');
    return run;
  }

  it('with 5f acceptors, learning from those that do answer, two learners learn two values', () => {
    const run = learnedThenHidden(5, () => ({ learning: 4 }));
    const accepted = run.signatures.sign({ from: 'a4', value: 'y', number: 1 });
    run.inject('a4', ['l1'], { _tag: 'ACCEPTED', accepted });
    expect(run.learner('l1').learned?.value).toBe('y');
  });

  it('with 5f+1 acceptors the same is of no use: one more reply of x blocks y', () => {
    const run = learnedThenHidden(6, () => ({}));
    run.deliver();
    expect(run.learnedValues).toEqual(['x']);
    expect(run.correctLearners.every(({ learned }) => learned !== undefined)).toBe(true);
  });
});
