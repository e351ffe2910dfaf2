/**
 * DEAL in a masked-quotient reshare: each contributor deals the low part of its quotient and publishes remainder and high part
 * beside it (the attachment: r_i, then the distance of h_i from the low end of its range, each of a fixed width). All
 * contributors' deals are needed; where one is bad the attempt is void and the next one is without its dealer.
 */
import { bigIntToBytes, bytesToBigInt, concatBytes } from '../../../prelude/bytes.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { bitLength } from '../../sharing/integers.js';
import type { Combination, DealtSecret } from '../ceremony-scheme.js';
import type { DealRules, DealVerdict } from '../rounds/deal-rules.js';
import type { AbortReason } from '../fault.js';
import { addedOnce } from '../kinds/combination.js';
import type { Contributor, QuotientPlan } from './plan.js';
import { checkQuotient, constantOf, numeratorKey, type QuotientStatement } from './statement.js';
import { maskKey, maskPositions, type QuotientTranscript } from './transcript.js';
import type { CeremonySetting } from '../setting.js';
import type { Deal } from '../transcript.js';

export function quotientRules<G, Key>(
  { scheme }: CeremonySetting<G, Key>,
  quotient: QuotientTranscript<G>,
): DealRules<G> {
  const { plan } = quotient;
  const old = present(scheme.old, 'a reshare has a key to start from');
  const contributors = new Map(plan.contributors.map((contributor) => [contributor.process, contributor]));
  const dealers = [...contributors.keys()];
  const secret: DealtSecret = { _tag: 'ranged', ranges: plan.dealing };
  const statementOf = (dealer: ProcessId, deal: Deal<G>): QuotientStatement => {
    const { attachment } = present(deal.dealings[0], 'one dealing of every contributor');
    return readStatement(plan, present(contributors.get(dealer), 'a contributor'), attachment);
  };
  const judge = (dealer: ProcessId, deal: Deal<G>): DealVerdict | undefined => {
    const contributor = present(contributors.get(dealer), 'a contributor');
    const numerator = numeratorKey(plan, scheme.group, contributor, old.rowKey.bind(old), (first, second) =>
      maskKey(quotient, first, second),
    );
    const quotientKey = present(deal.dealings[0]?.commitments[0], 'a commitment to column 0');
    const keys = { numerator, quotient: quotientKey };
    const why = checkQuotient(plan, scheme.group, contributor, statementOf(dealer, deal), keys);
    if (why === undefined) return undefined;
    return { fault: { _tag: 'WrongQuotient', why }, evidence: maskPositions(quotient, dealer) };
  };
  const settle = (standing: ReadonlyMap<ProcessId, Deal<G>>): Either<AbortReason, Combination<G>> => {
    const bad = dealers.filter((dealer) => !standing.has(dealer));
    if (bad.length > 0) return E.left({ _tag: 'CulpritNeeded', processes: bad });
    const deals = dealers.map((dealer) => [dealer, present(standing.get(dealer), 'a deal that stands')] as const);
    const constant = constantOf(
      plan,
      deals.map(([dealer, deal]) => statementOf(dealer, deal)),
    );
    if (constant === undefined) return E.left({ _tag: 'NotExact' });
    const form = scheme.formOf(secret);
    return E.right({ contributions: addedOnce(new Map(deals), form), constant });
  };
  return {
    dealers,
    secretsOf: () => [secret],
    attachmentLength: statementLength(plan),
    judge,
    mayClose: (posted) => dealers.every((dealer) => posted.has(dealer)),
    settle,
  };
}

/** What a contributor publishes beside its dealing. */
export function writeStatement(
  plan: QuotientPlan,
  own: Contributor,
  { remainder, high }: QuotientStatement,
): Uint8Array {
  return concatBytes(
    bigIntToBytes(remainder, remainderLength(plan)),
    bigIntToBytes(high - own.high.low, highLength(plan)),
  );
}

function readStatement(plan: QuotientPlan, own: Contributor, attachment: Uint8Array): QuotientStatement {
  const length = remainderLength(plan);
  return {
    remainder: bytesToBigInt(attachment.subarray(0, length)),
    high: bytesToBigInt(attachment.subarray(length)) + own.high.low,
  };
}

/** Bytes of what a contributor publishes beside its dealing. */
export function statementLength(plan: QuotientPlan): number {
  return remainderLength(plan) + highLength(plan);
}

function remainderLength({ sharing }: QuotientPlan): number {
  return byteLength(sharing.scale - 1n);
}

function highLength({ contributors }: QuotientPlan): number {
  return Math.max(1, ...contributors.map(({ high }) => byteLength(high.high - high.low - 1n)));
}

function byteLength(largest: bigint): number {
  return Math.max(1, Math.ceil(bitLength(largest) / 8));
}
