/** Faults of the shipping machine that let an epoch be handed over twice, or too early: each is found by exploring how it ends. */
import { describe, expect, it } from 'vitest';
import { killersOf } from './code-mutants/trial.js';

/** A piece of the code's text, and what takes its place. */
const faults = [
  ['a state need not be certified', 'handover', '|| snapshotCertificate?.slot !== boundary.slot', ''],
  ['slots need not be closed', 'handover', '|| low < boundary.slot', ''],
  [
    'states are not compared',
    'snapshots',
    "else if (!isSameState(one, other)) c.halt({ _tag: 'Divergence', slot });",
    '',
  ],
] as const;

describe('finds', () => {
  it.each(faults)('%s', async (name, module, from, to) => {
    const mutant = { name, file: `src/consensus/${module}.ts`, from, to };
    expect(await killersOf(mutant, ['test/model/handoff.test.ts'])).not.toEqual([]);
  });
});
