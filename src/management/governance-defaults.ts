/** What an alliance begins with where its founders want nothing else. */
import { type GovernanceLengths, type GovernanceLimits, governanceRules, type GovernanceTerms } from './alliance.js';

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000] as const;

export const defaultLengths: GovernanceLengths = {
  readingMs: minuteMs,
  proposalMs: 14 * dayMs,
  changeMs: hourMs,
  readyMs: minuteMs,
  suspensionMs: 14 * dayMs,
  refreshMs: 0,
  restartMs: dayMs,
};

export const defaultLimits: GovernanceLimits = { serversPerOrganization: 16, applicationsPerOrganization: 1000 };

/** Every policy the derived one. */
export const defaultGovernance: GovernanceTerms = {
  rules: governanceRules,
  amendmentOf: new Map(),
  terms: defaultLengths,
  limits: defaultLimits,
  overrides: [],
  distrusted: [],
};
