/** How an alliance is changed, and the keys with which it signs documents, as JSON (spec/wire.md, "The alliance document"). */
import * as t from 'io-ts';
import { hexDigest, integer, list, record, refined, text } from '../prelude/codec.js';
import { E } from '../prelude/fp.js';
import type { Policy } from '../quorum/policy/policy.js';
import { policyCodec } from '../quorum/policy/policy-codec.js';
import { trustModelCodec } from '../quorum/trust/trust-codec.js';
import { alliancePublicKeyCodec } from '../schemes/public-key-codec.js';
import {
  type AllianceParameters,
  type DocumentKeyEntry,
  type GovernanceLengths,
  type GovernanceLimits,
  governanceRules,
  type GovernanceTerms,
} from './alliance.js';
import { type ActionKind, actionKinds } from './proposals/action-kinds.js';
import { type DocumentGate, documentGates } from './proposals/gate-names.js';

/** Keys that are not to be trusted any more: more of them than an alliance could lose. */
const maxDistrusted = 1000;

const [secondMs, hourMs, dayMs, yearMs] = [1000, 3_600_000, 86_400_000, 366 * 86_400_000] as const;

export const parametersCodec: t.Type<AllianceParameters, unknown> = record(
  'the parameters of consensus',
  {
    // A report has room for as many slots (spec/wire.md): in a wider window correct reports would be refused.
    windowSlots: integer(2, 4096),
    checkpointInterval: integer(1, 2048),
    baseTimeoutMs: integer(10, 600_000),
  },
  { snapshotInterval: integer(1, 2 ** 24) },
);

export const lengthsCodec: t.Type<GovernanceLengths, unknown> = record('the terms of management', {
  readingMs: integer(100, hourMs),
  proposalMs: integer(secondMs, yearMs),
  changeMs: integer(secondMs, 30 * dayMs),
  readyMs: integer(100, dayMs),
  suspensionMs: integer(secondMs, yearMs),
  refreshMs: integer(0, 10 * yearMs),
  restartMs: integer(secondMs, yearMs),
});

export const limitsCodec: t.Type<GovernanceLimits, unknown> = record('the limits of autonomy', {
  serversPerOrganization: integer(1, 1000),
  applicationsPerOrganization: integer(0, 10_000),
});

/** Policies by kind of action: the order of the kinds is that of {@link actionKinds}, whatever that of the keys. */
const policiesByKind: t.Type<ReadonlyMap<ActionKind, Policy>, unknown> = mapByKind();

function mapByKind(): t.Type<ReadonlyMap<ActionKind, Policy>, unknown> {
  const policies = Object.fromEntries(actionKinds.map((kind) => [kind, policyCodec]));
  const json = record('policies by kind of action', {}, policies);
  return new t.Type<ReadonlyMap<ActionKind, Policy>, unknown>(
    json.name,
    (value): value is ReadonlyMap<ActionKind, Policy> => value instanceof Map,
    (value, context) => {
      const read = json.validate(value, context);
      if (E.isLeft(read)) return read;
      const found = read.right as Partial<Record<ActionKind, Policy>>;
      return t.success(
        new Map(
          actionKinds.flatMap((kind) => {
            const policy = found[kind];
            return policy === undefined ? [] : [[kind, policy] as const];
          }),
        ),
      );
    },
    (policies) => json.encode(Object.fromEntries(policies)),
  );
}

const gateCodec: t.Type<DocumentGate, unknown> = refined(text(32), `one of ${documentGates.join(', ')}`, (name) =>
  documentGates.find((gate) => gate === name),
);

export const governanceCodec: t.Type<GovernanceTerms, unknown> = record(
  'the terms of management',
  {
    rules: t.literal(governanceRules),
    amendmentOf: policiesByKind,
    terms: lengthsCodec,
    limits: limitsCodec,
    overrides: list(gateCodec, documentGates.length),
    distrusted: list(hexDigest, maxDistrusted),
  },
  { structure: trustModelCodec, amendment: policyCodec, emergency: policyCodec, recovery: policyCodec },
);

export const documentKeyCodec: t.Type<DocumentKeyEntry, unknown> = record(
  'a key that signs documents',
  { name: text(63), publicKey: alliancePublicKeyCodec },
  { approval: policyCodec },
);
