/** `koinon/strategy`: how to use quorums well, and which policy to use. Its solver is loaded only when asked for. */
export { formatStrategyError, type StrategyError } from '../quorum/strategy/errors.js';
export { type FoundSystem, searchSystems } from '../quorum/strategy/expression-search.js';
export { type GivenQuorum, givenStrategy } from '../quorum/strategy/given-strategy.js';
export type {
  IntendedFaults,
  IntendedOrganization,
  Intent,
  IntentError,
  PolicyRole,
} from '../quorum/strategy/intent.js';
export { loadByProgram, type LoadQuestion } from '../quorum/strategy/load-program.js';
export { optimalStrategy, type StrategyGoal } from '../quorum/strategy/optimal-strategy.js';
export type { FoundPolicy } from '../quorum/strategy/policy-front.js';
export {
  type Flaw,
  type PolicyIntent,
  type PolicySearch,
  type RejectedPolicy,
  searchPolicies,
} from '../quorum/strategy/policy-search.js';
export { type Access, type ReadWriteSystem, readWriteSystem } from '../quorum/strategy/read-write-system.js';
export { loadSolver, type Solver, type SolverUnavailable } from '../quorum/strategy/solver.js';
export { type QuorumShare, Strategy, type StrategyFigures } from '../quorum/strategy/strategy.js';
export { type FoundTrust, searchTrust } from '../quorum/strategy/trust-search.js';
export type { FiguresOf, ReadFraction, ServerFigures, WeightedFraction } from '../quorum/strategy/workload.js';
