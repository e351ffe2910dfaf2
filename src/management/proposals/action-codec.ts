/**
 * Actions as JSON. The bytes that a proposal carries, and that its author signs, are canonical: what would
 * be written otherwise is refused.
 */
import * as t from 'io-ts';
import { equalBytes, fromUtf8, utf8 } from '../../prelude/bytes.js';
import {
  canonicalJson,
  type DecodeError,
  decodeJson,
  hexBytes,
  integer,
  list,
  record,
  refined,
  text,
} from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { isName } from '../../prelude/process.js';
import { processCodec } from '../../prelude/process-codec.js';
import { policyCodec } from '../../quorum/policy/policy-codec.js';
import { trustModelCodec } from '../../quorum/trust/trust-codec.js';
import { organizationName } from '../../quorum/tree/tree-codec.js';
import { type BlsSuite, blsSuites } from '../../schemes/bls/ciphersuite.js';
import { alliancePublicKeyCodec } from '../../schemes/public-key-codec.js';
import { taggedCodec } from '../../schemes/tagged-codec.js';
import { lengthsCodec, limitsCodec, parametersCodec } from '../governance-codec.js';
import { applicationCodec, organizationCodec } from '../organization-codec.js';
import type { Action, KeyRole, KeySource, PolicySubject } from './action.js';
import { type ActionKind, actionKinds } from './action-kinds.js';

export const actionLimits = {
  /** Of all actions of a proposal, in bytes. */
  bytes: 64 * 1024,
  /** The same where one of them brings a document that is to be signed. */
  bytesWithDocument: 256 * 1024,
  /** In bytes. */
  document: 120 * 1024,
  count: 256,
} as const;

const maxNamed = 1000;

const keyName = refined(text(63), 'the name of a key', (name) => (isName(name) ? name : undefined));
const servers = list(processCodec, maxNamed);

const kindCodec: t.Type<ActionKind, unknown> = refined(text(32), 'a kind of action', (name) =>
  actionKinds.find((kind) => kind === name),
);

const suiteCodec: t.Type<BlsSuite, unknown> = refined(text(32), `one of ${blsSuites.join(', ')}`, (name) =>
  blsSuites.find((suite) => suite === name),
);

const roleCodec: t.Type<KeyRole, unknown> = taggedCodec<KeyRole>('the role of a key', {
  alliance: record('the alliance key', { _tag: t.literal('alliance') }),
  slow: record('the slow key', { _tag: t.literal('slow') }),
  document: record('a document key', { _tag: t.literal('document'), name: keyName }),
});

const sourceCodec: t.Type<KeySource, unknown> = taggedCodec<KeySource>('where a key comes from', {
  multisig: record('multisignatures', { _tag: t.literal('multisig') }),
  bls: record('a key that is generated', { _tag: t.literal('bls'), suite: suiteCodec }),
  dealt: record('a key that was dealt', {
    _tag: t.literal('dealt'),
    publicKey: alliancePublicKeyCodec,
    organization: organizationName,
  }),
});

const subjectCodec: t.Type<PolicySubject, unknown> = taggedCodec<PolicySubject>('what a policy is for', {
  amendment: record('amendment', { _tag: t.literal('amendment') }),
  'amendment-of': record('amendment by one kind of action', { _tag: t.literal('amendment-of'), kind: kindCodec }),
  emergency: record('emergency', { _tag: t.literal('emergency') }),
  recovery: record('recovery', { _tag: t.literal('recovery') }),
  approval: record('approval', { _tag: t.literal('approval'), key: keyName }),
});

const actionCodec: t.Type<Action, unknown> = taggedCodec<Action>('an action', {
  admit: record('admit', { _tag: t.literal('admit'), organization: organizationCodec }),
  remove: record('remove', { _tag: t.literal('remove'), organization: organizationName }),
  organization: record('organization', {
    _tag: t.literal('organization'),
    organization: organizationCodec,
    lost: servers,
  }),
  trust: record('trust', { _tag: t.literal('trust'), trust: trustModelCodec }, { structure: trustModelCodec }),
  policy: record('policy', { _tag: t.literal('policy'), subject: subjectCodec }, { policy: policyCodec }),
  enrol: record('enrol', { _tag: t.literal('enrol'), application: applicationCodec }),
  dismiss: record('dismiss', { _tag: t.literal('dismiss'), application: processCodec }),
  parameters: record('parameters', {
    _tag: t.literal('parameters'),
    parameters: parametersCodec,
    terms: lengthsCodec,
    limits: limitsCodec,
  }),
  scheme: record('scheme', { _tag: t.literal('scheme'), role: roleCodec, source: sourceCodec, distrust: t.boolean }),
  'document-key': record(
    'document-key',
    { _tag: t.literal('document-key'), name: keyName, source: sourceCodec },
    { approval: policyCodec },
  ),
  'drop-document-key': record('drop-document-key', { _tag: t.literal('drop-document-key'), name: keyName }),
  refresh: record('refresh', { _tag: t.literal('refresh'), lost: servers }),
  suspend: record('suspend', { _tag: t.literal('suspend'), organization: organizationName, lengthMs: integer(1) }),
  restore: record('restore', { _tag: t.literal('restore'), organization: organizationName }),
  sign: record('sign', { _tag: t.literal('sign'), key: keyName, document: hexBytes(actionLimits.document) }),
  abandon: record('abandon', { _tag: t.literal('abandon'), change: integer(1) }),
});

const actionsCodec = list(actionCodec, actionLimits.count, 1);

/** The canonical bytes. */
export function encodeActions(actions: readonly Action[]): Uint8Array {
  return utf8(canonicalJson(actionsCodec.encode(actions)));
}

/** The JSON form, as {@link decodeActionsText} reads it. */
export function actionsJson(actions: readonly Action[]): unknown {
  return actionsCodec.encode(actions);
}

/** The actions, if `bytes` are the canonical ones of any, and not too many. */
export function decodeActions(bytes: Uint8Array): Either<DecodeError, readonly Action[]> {
  if (bytes.length > actionLimits.bytesWithDocument) return tooLong(actionLimits.bytesWithDocument);
  const written = fromUtf8(bytes);
  if (written === undefined) return E.left({ _tag: 'DecodeError', path: '/', expected: 'UTF-8' });
  const decoded = decodeActionsText(written);
  if (E.isLeft(decoded) || equalBytes(encodeActions(decoded.right), bytes)) return decoded;
  return E.left({ _tag: 'DecodeError', path: '/', expected: 'actions in their canonical form' });
}

/** Actions as people write them: JSON in any form. */
export function decodeActionsText(json: string): Either<DecodeError, readonly Action[]> {
  const decoded = decodeJson(actionsCodec, json);
  if (E.isLeft(decoded)) return decoded;
  const hasDocument = decoded.right.some(({ _tag }) => _tag === 'sign');
  const mostBytes = hasDocument ? actionLimits.bytesWithDocument : actionLimits.bytes;
  return encodeActions(decoded.right).length > mostBytes ? tooLong(mostBytes) : decoded;
}

function tooLong(most: number): Either<DecodeError, never> {
  return E.left({ _tag: 'DecodeError', path: '/', expected: `at most ${most} bytes` });
}
