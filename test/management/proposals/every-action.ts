/** Actions of every kind, and in every form. */
import { defaultLengths, defaultLimits } from '../../../src/management/governance-defaults.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { utf8 } from '../../../src/prelude/bytes.js';
import { vouchPolicy } from '../../../src/quorum/trust/derived-policy.js';
import { flat, four, id, key, organization, policyOf, rsaKey, trustOf } from './alliances.js';

const trust = flat(1, 1, ['a', 'b', 'c', 'd']);
export const everyAction: readonly Action[] = [
  { _tag: 'admit', organization: organization('e', 2) },
  { _tag: 'remove', organization: 'a' },
  { _tag: 'organization', organization: organization('b'), lost: [id('b/1')] },
  { _tag: 'trust', trust },
  { _tag: 'trust', trust, structure: trustOf('f=1 of (a, b, c, d) leaders (a, b)') },
  { _tag: 'policy', subject: { _tag: 'amendment' } },
  { _tag: 'policy', subject: { _tag: 'amendment-of', kind: 'enrol' }, policy: policyOf('2 of (a, b, c)') },
  { _tag: 'policy', subject: { _tag: 'emergency' }, policy: policyOf('a') },
  { _tag: 'policy', subject: { _tag: 'recovery' }, policy: policyOf('a or b') },
  { _tag: 'policy', subject: { _tag: 'approval', key: 'seal' }, policy: policyOf('weight >= 3 of (a*2, b*1)') },
  { _tag: 'enrol', application: { id: id('a/x'), key: key('a/x') } },
  { _tag: 'dismiss', application: id('a/x') },
  { _tag: 'parameters', parameters: four().parameters, terms: defaultLengths, limits: defaultLimits },
  { _tag: 'scheme', role: { _tag: 'alliance' }, source: { _tag: 'multisig' }, distrust: true },
  { _tag: 'scheme', role: { _tag: 'slow' }, source: { _tag: 'bls', suite: 'min-sig-nul' }, distrust: false },
  {
    _tag: 'scheme',
    role: { _tag: 'document', name: 'seal' },
    source: { _tag: 'dealt', publicKey: rsaKey(vouchPolicy(trust), 'document', 2), organization: 'a' },
    distrust: false,
  },
  { _tag: 'document-key', name: 'other', source: { _tag: 'multisig' }, approval: policyOf('a and b') },
  { _tag: 'drop-document-key', name: 'seal' },
  { _tag: 'refresh', lost: [id('c/1')] },
  { _tag: 'suspend', organization: 'd', lengthMs: 1000 },
  { _tag: 'restore', organization: 'd' },
  { _tag: 'sign', key: 'seal', document: utf8('a contract') },
  { _tag: 'abandon', change: 12 },
];
