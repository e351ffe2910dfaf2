/** Makes a failing scenario simpler as long as the same property fails. */
import { present } from '../../src/prelude/invariant.js';
import type { Faults, Scenario } from '../support/simulation/scenario.js';
import { simulateAny } from '../support/simulation/simulation.js';

export async function shrink(failing: Scenario, known?: string): Promise<Scenario> {
  const property = known ?? (await propertyOf(failing));
  for (const simpler of simplifications(failing)) {
    if ((await propertyOf(simpler)) === property) return shrink(simpler, property);
  }
  return failing;
}

async function propertyOf(scenario: Scenario): Promise<string | undefined> {
  return (await simulateAny(scenario)).violation?.slice(0, 3);
}

function* simplifications(scenario: Scenario): Generator<Scenario> {
  const { faults, load } = scenario;
  if (scenario.adversary !== 'none') yield { ...scenario, adversary: 'none', byzantine: [] };
  if (scenario.certificates !== undefined) {
    const sideBySide = { ...scenario };
    delete sideBySide.certificates;
    yield sideBySide;
  }
  yield* simplerGovernance(scenario);
  yield* simplerEpochs(scenario);
  for (const index of scenario.rounds?.keys() ?? [])
    yield { ...scenario, rounds: present(scenario.rounds, 'rounds').toSpliced(index, 1) };
  for (const changed of simplerFaults(faults)) yield { ...scenario, faults: changed };
  // Of what is asked for, something belongs to the last epoch.
  if (load.sessions > (scenario.succession === undefined ? 1 : 2))
    yield { ...scenario, load: { ...load, sessions: load.sessions - 1 } };
  if (load.requestsPerSession > 1)
    yield { ...scenario, load: { ...load, requestsPerSession: load.requestsPerSession - 1 } };
  if (load.commandsPerRequest > 1) yield { ...scenario, load: { ...load, commandsPerRequest: 1 } };
}

function* simplerGovernance(scenario: Scenario): Generator<Scenario> {
  const { governance } = scenario;
  if (governance === undefined) return;
  if (governance.isHostile) yield { ...scenario, governance: { ...governance, isHostile: false } };
  if (governance.keys === 'bls') yield { ...scenario, governance: { ...governance, keys: 'multisig' } };
  for (const index of governance.wishes.keys())
    yield { ...scenario, governance: { ...governance, wishes: governance.wishes.toSpliced(index, 1) } };
}

function* simplerEpochs(scenario: Scenario): Generator<Scenario> {
  const { succession, snapshots } = scenario;
  if (succession !== undefined) {
    const within = { ...scenario };
    delete within.succession;
    yield within;
    const { trusts, hasVoidControls } = succession;
    if (trusts.length > 1) yield { ...scenario, succession: { ...succession, trusts: trusts.slice(0, -1) } };
    if (hasVoidControls) yield { ...scenario, succession: { ...succession, hasVoidControls: false } };
  }
  if (snapshots === undefined) return;
  if ((snapshots.cuts ?? 0) > 0) yield { ...scenario, snapshots: { ...snapshots, cuts: 0 } };
  if (snapshots.rot > 0) yield { ...scenario, snapshots: { ...snapshots, rot: 0 } };
  if (snapshots.stateBytes > 0) yield { ...scenario, snapshots: { ...snapshots, stateBytes: 0 } };
}

function* simplerFaults(faults: Faults): Generator<Faults> {
  for (const list of ['crashes', 'fullDisks', 'partitions'] as const)
    for (const index of faults[list].keys()) yield { ...faults, [list]: faults[list].toSpliced(index, 1) };
  for (const process of Object.keys(faults.clocks))
    yield { ...faults, clocks: Object.fromEntries(Object.entries(faults.clocks).filter(([id]) => id !== process)) };
  for (const chance of ['duplication', 'straggling', 'loss'] as const)
    if (faults[chance] > 0) yield { ...faults, [chance]: 0 };
  if (faults.healedAtMs > 100) yield { ...faults, healedAtMs: Math.floor(faults.healedAtMs / 2) };
}
