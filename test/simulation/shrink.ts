/** Makes a failing scenario simpler as long as it still fails. */
import type { Faults, Scenario } from '../support/simulation/scenario.js';
import { simulate } from '../support/simulation/simulation.js';

export function shrink(failing: Scenario): Scenario {
  for (const simpler of simplifications(failing)) {
    if (simulate(simpler).violation !== undefined) return shrink(simpler);
  }
  return failing;
}

function* simplifications(scenario: Scenario): Generator<Scenario> {
  const { faults, load } = scenario;
  for (const changed of simplerFaults(faults)) yield { ...scenario, faults: changed };
  if (scenario.adversary !== 'none') yield { ...scenario, adversary: 'none', byzantine: [] };
  if (load.sessions > 1) yield { ...scenario, load: { ...load, sessions: load.sessions - 1 } };
  if (load.requestsPerSession > 1)
    yield { ...scenario, load: { ...load, requestsPerSession: load.requestsPerSession - 1 } };
}

function* simplerFaults(faults: Faults): Generator<Faults> {
  for (const index of faults.crashes.keys()) yield { ...faults, crashes: faults.crashes.toSpliced(index, 1) };
  for (const index of faults.partitions.keys()) yield { ...faults, partitions: faults.partitions.toSpliced(index, 1) };
  if (faults.duplication > 0) yield { ...faults, duplication: 0 };
  if (faults.straggling > 0) yield { ...faults, straggling: 0 };
  if (faults.loss > 0) yield { ...faults, loss: 0 };
}
