/** The solver, loaded once for a test file. */
import { loadSolver } from '../../../src/quorum/strategy/solver.js';
import { right } from '../../support/right.js';

export const solver = right(await loadSolver());
