/** What is shown of governance as JSON: the form in which servers answer, and clients read it. */
import * as t from 'io-ts';
import { decodeJson, hexBytes, hexDigest, integer, list, record, refined, text } from '../../prelude/codec.js';
import { assertNever } from '../../prelude/invariant.js';
import { E, type Either } from '../../prelude/fp.js';
import { processCodec } from '../../prelude/process-codec.js';
import { organizationName } from '../../quorum/tree/tree-codec.js';
import { taggedCodec } from '../../schemes/tagged-codec.js';
import { decodeAllianceText, encodeAlliance } from '../../management/alliance-codec.js';
import { actLimits } from '../../management/acts/act.js';
import { type ClosedProposal, governanceLimits } from '../../management/governance/governance.js';
import { organizationStateNames, serverStateNames } from '../../management/governance/member-states.js';
import { actionKinds } from '../../management/proposals/action-kinds.js';
import { actionLimits } from '../../management/proposals/action-codec.js';
import { gateNames } from '../../management/proposals/gate-names.js';
import type {
  EndedProposal,
  Overview,
  ShownChange,
  ShownConflict,
  ShownOrganization,
  ShownProposal,
  ShownServer,
  ShownSharing,
  ShownSignature,
  ViewKind,
  Views,
  WholeProposal,
} from './view-shapes.js';

/** No view is longer, in bytes. */
export const maxViewBytes = 32 << 20;

/** Whatever there is in an alliance and was in it before. */
const maxNamed = 10_000;
const maxWords = 1 << 20;

function oneOf<N extends string>(names: readonly N[]): t.Type<N, unknown> {
  return refined(text(40), `one of ${names.join(', ')}`, (name) => names.find((known) => known === name));
}

const names = list(organizationName, maxNamed);
const processes = list(processCodec, maxNamed);
const words = text(maxWords);
const roleText = text(80);
const timeMs = integer(0);

const organizationCodec: t.Type<ShownOrganization, unknown> = record(
  'an organization',
  { name: organizationName, state: oneOf(organizationStateNames), number: integer(0) },
  { suspendedUntilMs: timeMs },
);

const serverCodec: t.Type<ShownServer, unknown> = record('a server', {
  id: processCodec,
  state: oneOf(serverStateNames),
});

const proposalProps = {
  id: hexDigest,
  number: integer(1),
  author: organizationName,
  state: oneOf(['open', 'accepted', 'executing'] as const),
  kinds: list(oneOf(actionKinds), actionLimits.count),
  overrides: list(oneOf(gateNames), gateNames.length),
  ballots: list(record('a ballot', { organization: organizationName, accepts: t.boolean }), maxNamed),
  isAutonomous: t.boolean,
  stillNeeded: list(words, actionLimits.count + gateNames.length),
  lengthMs: timeMs,
};

const proposalCodec: t.Type<ShownProposal, unknown> = record('a proposal', proposalProps, { endMs: timeMs });

const wholeActBytes = actLimits.bodyBytes + actLimits.actBytes;

const wholeProposalCodec: t.Type<WholeProposal, unknown> = record(
  'a proposal under way',
  {
    ...proposalProps,
    _tag: t.literal('under-way'),
    act: hexBytes(wholeActBytes),
    ballotActs: list(hexBytes(actLimits.actBytes), maxNamed),
  },
  { endMs: timeMs },
);

const closedProps = {
  id: hexDigest,
  number: integer(1),
  author: organizationName,
  ending: oneOf(['enacted', 'rejected', 'expired', 'withdrawn', 'superseded', 'failed'] as const),
  why: text(governanceLimits.whyLength),
};

const closedCodec: t.Type<ClosedProposal, unknown> = record('a proposal that has ended', closedProps);

const endedCodec: t.Type<EndedProposal, unknown> = record('a proposal that has ended', {
  ...closedProps,
  _tag: t.literal('ended'),
});

const conflictCodec: t.Type<ShownConflict, unknown> = record('a conflict', {
  between: list(integer(1), 2, 2),
  about: list(text(300), maxNamed),
});

const changeCodec: t.Type<ShownChange, unknown> = record(
  'a change',
  {
    number: integer(1),
    state: oneOf(['gathering', 'moving', 'prepared', 'activated'] as const),
    why: words,
    draft: hexDigest,
    waitsFor: words,
    admitted: names,
    acknowledged: names,
    removed: names,
    joining: processes,
    replaced: processes,
    joined: processes,
    leaving: processes,
    moves: list(record('a key that is moved', { key: roleText, kind: text(20), isDone: t.boolean }), maxNamed),
    culprits: processes,
  },
  {
    proposal: integer(1),
    attempt: record('an attempt', { key: roleText, attempt: integer(1), round: text(40), awaited: processes }),
    configuration: hexDigest,
    endMs: timeMs,
  },
);

const signatureBytes = hexBytes(1 << 20);

const signatureProps = {
  proposal: integer(0),
  role: roleText,
  signed: processes,
  isSigned: t.boolean,
};

const signatureCodec: t.Type<ShownSignature, unknown> = record(
  'a signature',
  { ...signatureProps, message: hexBytes(actionLimits.document) },
  { signature: signatureBytes },
);

const sharingCodec: t.Type<ShownSharing, unknown> = record('a sharing', {
  id: hexDigest,
  role: roleText,
  keyId: hexDigest,
  epoch: integer(0),
  isInForce: t.boolean,
  unerased: processes,
  isQualified: t.boolean,
});

const overviewCodec: t.Type<Overview, unknown> = record(
  'an overview',
  {
    epoch: integer(1),
    configuration: hexDigest,
    timeMs,
    enacted: t.boolean,
    organizations: list(organizationCodec, maxNamed),
    servers: list(serverCodec, maxNamed),
    without: processes,
    proposalCount: integer(0),
    changeCount: integer(0),
    proposals: list(proposalCodec, governanceLimits.openProposals),
    conflicts: list(conflictCodec, governanceLimits.openProposals ** 2),
    closed: list(closedCodec, governanceLimits.closedProposals),
    history: hexDigest,
    signatures: list(record('a signature', signatureProps), governanceLimits.signings),
    sharings: list(sharingCodec, governanceLimits.sharings),
  },
  { change: changeCodec, refreshMs: timeMs },
);

const proposalViewCodec = taggedCodec<WholeProposal | EndedProposal>('a proposal', {
  'under-way': wholeProposalCodec,
  ended: endedCodec,
});

const closedListCodec = list(closedCodec, governanceLimits.closedProposals);

/** Each kind of view with what it shows. */
export type View = { readonly [K in ViewKind]: { readonly kind: K; readonly shown: Views[K] } }[ViewKind];

/** The JSON form. */
export function encodeView(view: View): unknown {
  switch (view.kind) {
    case 'overview':
      return overviewCodec.encode(view.shown);
    case 'document':
    case 'next-document':
      return encodeAlliance(view.shown);
    case 'proposal':
      return proposalViewCodec.encode(view.shown);
    case 'signature':
      return signatureCodec.encode(view.shown);
    case 'closed':
      return closedListCodec.encode(view.shown);
    default:
      return assertNever(view);
  }
}

type Decoders = { readonly [K in ViewKind]: (json: string) => Either<unknown, Views[K]> };

const decoders: Decoders = {
  overview: (json) => decodeJson(overviewCodec, json),
  document: decodeAllianceText,
  'next-document': decodeAllianceText,
  proposal: (json) => decodeJson(proposalViewCodec, json),
  signature: (json) => decodeJson(signatureCodec, json),
  closed: (json) => decodeJson(closedListCodec, json),
};

/** What a view of this kind shows; nothing where its JSON is of another version, or of something else. */
export function decodeView<K extends ViewKind>(kind: K, json: string): Views[K] | undefined {
  const decoded = decoders[kind](json);
  return E.isRight(decoded) ? decoded.right : undefined;
}
