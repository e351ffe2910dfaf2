/** How an alliance stands under a document: what its trust model tolerates, and who can block what. */
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { organizationOf } from '../../prelude/process.js';
import { mergeMembers } from '../../quorum/analysis/merge.js';
import { soleBlockers } from '../../quorum/analysis/sole-members.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { fastPolicy, recoveryPolicy, vouchPolicy } from '../../quorum/trust/derived-policy.js';
import type { ExplicitFaults } from '../../quorum/trust/explicit-faults.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import { organizationTrust } from '../../quorum/trust/organization-trust.js';
import { judgeAllLeaders, type TrustReport, validateTrust } from '../../quorum/trust/trust-report.js';
import { summarizeTrust, type TrustSummary } from '../../quorum/trust/trust-summary.js';
import { type Figure, mapFigure, stepBudget, type Verdict } from '../../quorum/verdict.js';
import { serversOf } from '../alliance.js';
import {
  following,
  governingPolicies,
  type Governed,
  maxSteps,
  type NamedPolicy,
  structureOf,
} from './governing-policies.js';
import { smallestBlocking, smallestOutside } from './judgement.js';

export interface Standing {
  readonly organizationCount: number;
  readonly serverCount: number;
  readonly verdicts: TrustVerdictTags;
  readonly tolerances: Tolerances;
  /** Of the trust model, in words. */
  readonly summary: TrustSummary;
  /** Over organizations: those that govern, in their order, then who can keep the servers from going on, and from signing. */
  readonly policies: readonly PolicyStanding[];
}

type Tag = Verdict['_tag'];

interface TrustVerdictTags {
  readonly slowWithinByzantine: Tag;
  readonly c1: Tag;
  readonly c2: Tag;
  /** Of all leaders together. */
  readonly c2OfLeaders: Tag;
}

/** How many there may be, whichever they are. */
interface Tolerances {
  readonly dishonestServers: Figure<number>;
  /** Without costing the two-step path. */
  readonly silentServers: Figure<number>;
  readonly dishonestOrganizations: Figure<number>;
}

export interface PolicyStanding {
  readonly name: string;
  /** Organizations without any one of which it cannot be satisfied; sorted. */
  readonly vetoes: readonly ProcessId[];
  /** A smallest set that blocks it; sorted. */
  readonly smallestBlocking: Figure<readonly ProcessId[]>;
}

/** Bounded in steps: the same on every machine. */
export function standingOf(document: Governed): Standing {
  const { trust, organizations } = document;
  const report = validateTrust(trust, stepBudget(maxSteps));
  return {
    organizationCount: organizations.length,
    serverCount: serversOf(document).length,
    verdicts: tagsOf(report),
    tolerances: tolerancesOf(document),
    summary: summarizeTrust(report, trust),
    policies: [...governingPolicies(document), ...serverPolicies(document)].map(policyStanding),
  };
}

function tagsOf(report: TrustReport): TrustVerdictTags {
  const { slowWithinByzantine, c1, c2 } = report;
  const c2OfLeaders = judgeAllLeaders(report).verdict;
  return { slowWithinByzantine: slowWithinByzantine._tag, c1: c1._tag, c2: c2._tag, c2OfLeaders: c2OfLeaders._tag };
}

function tolerancesOf(document: Governed): Tolerances {
  const { trust } = document;
  const structure = structureOf(document);
  return {
    dishonestServers: faultless(trust),
    silentServers:
      trust.rule._tag === 'explicit' ? oneLess(outsideSlow(trust.rule)) : oneLess(blocking(fastPolicy(trust))),
    dishonestOrganizations: E.isRight(structure)
      ? faultless(structure.right)
      : { _tag: 'unknown', reason: `expected ${structure.left.expected}` },
  };
}

/** As many may be anyone: the smallest set that blocks recovery quorums is the smallest that is in none of 𝓩. */
function faultless(model: TrustModel): Figure<number> {
  return oneLess(smallestBlocking({ name: '', ...following(model, 'recovery') }));
}

function blocking(policy: Policy): Figure<readonly ProcessId[]> {
  return smallestBlocking({ name: '', policy });
}

function outsideSlow({ of, slow }: ExplicitFaults): Figure<readonly ProcessId[]> {
  return smallestOutside(of, slow.length === 0 ? [[]] : slow);
}

function oneLess(smallest: Figure<readonly ProcessId[]>): Figure<number> {
  return mapFigure(smallest, ({ length }) => length - 1);
}

/** What the servers do together, as their organizations can block it. */
function serverPolicies({ trust }: Governed): readonly NamedPolicy[] {
  const seen = organizationTrust(trust);
  if (E.isRight(seen)) {
    return [
      { name: 'consensus', ...following(seen.right, 'recovery') },
      { name: 'alliance key', ...following(seen.right, 'vouch') },
    ];
  }
  return [
    { name: 'consensus', policy: mergeMembers(recoveryPolicy(trust), organizationOf) },
    { name: 'alliance key', policy: mergeMembers(vouchPolicy(trust), organizationOf) },
  ];
}

function policyStanding(named: NamedPolicy): PolicyStanding {
  return {
    name: named.name,
    vetoes: [...soleBlockers(named.policy)].sort(),
    smallestBlocking: mapFigure(smallestBlocking(named), (members) => [...members].sort()),
  };
}
