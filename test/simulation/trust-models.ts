/**
 * The trust models that are simulated: each family at its exact bound, one process above, and one below. Those below are refused by
 * the validator; forced to run, they fail. FaB's own bound, n = 5f+1, has optimal resilience below it: that is another family, not a failure.
 */
import { trustOf } from '../support/simulation/configuration.js';

export interface SimulatedTrust {
  readonly family:
    | 'FaB'
    | 'parameterized'
    | 'optimal resilience'
    | 'weights'
    | 'organizations'
    | 'organizations with servers'
    | 'listed sets'
    | 'own predicate';
  readonly trust: string;
}

/** Up to seven processes: what random schedules draw from. */
export const trustModels: readonly SimulatedTrust[] = [
  // n = 5f+1 and above.
  { family: 'FaB', trust: 'f=1 t=1 of (a, b, c, d, e, g)' },
  { family: 'FaB', trust: 'f=1 t=1 of (a, b, c, d, e, g, h)' },
  // n = 3f+2t+1 and above.
  { family: 'parameterized', trust: 'f=1 t=0 of (a, b, c, d)' },
  { family: 'parameterized', trust: 'f=1 t=0 of (a, b, c, d, e)' },
  { family: 'parameterized', trust: 'f=2 t=0 of (a, b, c, d, e, g, h)' },
  // n = 3f+2t-1 and above.
  { family: 'optimal resilience', trust: 'f=1 t=1 of (a, b, c, d)' },
  { family: 'optimal resilience', trust: 'f=1 t=1 of (a, b, c, d, e)' },
  { family: 'optimal resilience', trust: 'f=2 t=1 of (a, b, c, d, e, g, h)' },
  { family: 'weights', trust: 'weight f=2 t=1 of (a*2, b*2, c*1, d*1, e*1)' },
  { family: 'weights', trust: 'weight f=2 t=1 of (a*2, b*2, c*1, d*1, e*1, g*1)' },
  { family: 'organizations', trust: 'f=1 t=1 of (a: f=0 of (1, 2), b: f=0 of (1, 2), c: f=0 of (1, 2), d)' },
  { family: 'organizations', trust: 'f=1 t=1 of (a: f=0 of (1, 2), b: f=0 of (1, 2), c, d, e)' },
  { family: 'organizations with servers', trust: 'f=1 of (a: f=1 of (1, 2, 3, 4), b, c, d)' },
  { family: 'organizations with servers', trust: 'f=1 of (a: f=1 of (1, 2, 3), b, c, d, e)' },
  { family: 'listed sets', trust: 'sets ({a, b}, {b, c}, {c, d}, {e}, {g}) slow ({a}, {e}) of (a, b, c, d, e, g)' },
  { family: 'listed sets', trust: 'sets ({a, b}, {b, c}, {c, d}, {e}, {g}) slow ({a}, {e}) of (a, b, c, d, e, g, h)' },
  { family: 'own predicate', trust: 'ring of 7' },
];

/** Up to five processes. */
export const smallTrustModels = trustModels.filter(({ trust }) => trustOf({ trust }).system.processes.size <= 5);

/** Too large for many schedules: run in a few. */
export const largeTrustModels: readonly SimulatedTrust[] = [
  { family: 'FaB', trust: 'f=2 t=2 of (a, b, c, d, e, g, h, i, j, k, l)' },
  { family: 'parameterized', trust: 'f=2 t=1 of (a, b, c, d, e, g, h, i, j)' },
  { family: 'optimal resilience', trust: 'f=2 t=2 of (a, b, c, d, e, g, h, i, j)' },
  { family: 'organizations with servers', trust: 'f=1 of (a: f=1 of (1, 2, 3, 4), b: f=1 of (1, 2, 3, 4), c, d)' },
  { family: 'own predicate', trust: 'ring of 8' },
];

/** One below the bound. */
export const trustModelsBelow: readonly SimulatedTrust[] = [
  { family: 'parameterized', trust: 'f=1 t=0 of (a, b, c)' },
  { family: 'optimal resilience', trust: 'f=1 t=1 of (a, b, c)' },
  { family: 'optimal resilience', trust: 'f=2 t=2 of (a, b, c, d, e, g, h, i)' },
  { family: 'weights', trust: 'weight f=2 t=1 of (a*2, b*2, c*1, d*1)' },
  { family: 'organizations', trust: 'f=1 t=1 of (a: f=0 of (1, 2), b: f=0 of (1, 2), c: f=0 of (1, 2))' },
  { family: 'organizations with servers', trust: 'f=1 of (a: f=1 of (1, 2, 3), b, c, d)' },
  { family: 'listed sets', trust: 'sets ({a, b}, {b, c}, {c, d}, {e}) slow ({a}, {e}) of (a, b, c, d, e)' },
  { family: 'own predicate', trust: 'ring of 6' },
];
