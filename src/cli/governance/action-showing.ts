/** Actions in one line each, as they are written on the command line. */
import { assertNever } from '../../prelude/invariant.js';
import { toHex } from '../../prelude/bytes.js';
import { digest } from '../../prelude/digest.js';
import type { Action, KeySource } from '../../management/proposals/action.js';
import { roleName } from '../../management/proposals/key-roles.js';
import { printPolicy } from '../../quorum/policy/policy-text.js';
import { printTrust } from '../../quorum/trust/trust-text.js';
import { lengthText } from '../durations.js';

export function describeAction(action: Action): string {
  const kind = action._tag;
  switch (kind) {
    case 'admit':
      return `admit ${action.organization.name}, with ${serversIn(action)}`;
    case 'remove':
    case 'restore':
      return `${kind} ${action.organization}`;
    case 'organization': {
      const lost = action.lost.length === 0 ? '' : `, lost ${action.lost.join(', ')}`;
      return `organization ${action.organization.name}, with ${serversIn(action)}${lost}`;
    }
    case 'trust': {
      const structure = action.structure === undefined ? '' : `, structure ${printTrust(action.structure)}`;
      return `trust ${printTrust(action.trust)}${structure}`;
    }
    case 'policy':
      return `policy ${describeSubject(action)} ${action.policy === undefined ? 'derived' : printPolicy(action.policy)}`;
    case 'enrol':
      return `enrol ${action.application.id}`;
    case 'dismiss':
      return `dismiss ${action.application}`;
    case 'parameters':
      return `parameters ${describeParameters(action)}`;
    case 'scheme':
      return `scheme ${roleName(action.role)} ${describeSource(action.source)}${action.distrust ? ' distrust' : ''}`;
    case 'document-key': {
      const approval = action.approval === undefined ? '' : ` for ${printPolicy(action.approval)}`;
      return `document-key ${action.name} ${describeSource(action.source)}${approval}`;
    }
    case 'drop-document-key':
      return `drop-document-key ${action.name}`;
    case 'refresh':
      return action.lost.length === 0 ? 'refresh' : `refresh lost ${action.lost.join(' ')}`;
    case 'suspend':
      return `suspend ${action.organization} for ${lengthText(action.lengthMs)}`;
    case 'sign':
      return `sign with ${action.key}: ${action.document.length} bytes, SHA-256 ${toHex(digest(action.document))}`;
    case 'abandon':
      return `abandon change ${action.change}`;
    default:
      return assertNever(kind);
  }
}

type ActionOf<Tag extends Action['_tag']> = Extract<Action, { _tag: Tag }>;

function serversIn({ organization }: ActionOf<'admit' | 'organization'>): string {
  return organization.servers.map(({ id }) => id).join(', ');
}

function describeSubject({ subject }: ActionOf<'policy'>): string {
  if (subject._tag === 'approval') return `approval ${subject.key}`;
  return subject._tag === 'amendment-of' ? `amendment-of ${subject.kind}` : subject._tag;
}

function describeParameters({ parameters, terms, limits }: ActionOf<'parameters'>): string {
  const numbers = Object.entries({ ...parameters, ...limits }).map(([name, value]) => `${name}=${String(value)}`);
  const lengths = Object.entries(terms).map(([name, ms]) => {
    const text = ms === 0 ? 'never' : lengthText(Number(ms)).replace(' ', '');
    return `${name.replace(/Ms$/, '')}=${text}`;
  });
  return [...numbers, ...lengths].join(' ');
}

function describeSource(source: KeySource): string {
  return source._tag === 'dealt' ? `${source.publicKey._tag} dealt by ${source.organization}` : source._tag;
}
