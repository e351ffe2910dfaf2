/** Actions applied to a document, one after another. What they ask of keys is collected: only ceremonies can do it. */
import { equalBytes, toHex } from '../../prelude/bytes.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { type Alliance, type GovernanceTerms, type OrganizationEntry, serversOf } from '../alliance.js';
import type { Action, KeyRole, KeySource, PolicySubject } from './action.js';
import { actionKinds } from './action-kinds.js';
import { isImmediate, mixtureComplaint } from './action-mixture.js';
import type { ActionRefused } from './errors.js';
import { keyIdOfRole, keyOfRole, roleName } from './key-roles.js';
import { isSame, isSameTrust } from './same-value.js';

/** A key that an action asks for. */
export interface NewKey {
  /** Which action, from 0. */
  readonly action: number;
  readonly role: KeyRole;
  readonly source: KeySource;
  /** Who may have something signed with it, of a document key that is added. */
  readonly approval?: Policy;
  /** Whether there was no key of this role. */
  readonly isAdded: boolean;
}

export interface Drafted {
  readonly document: Alliance;
  /** By the names of their roles. */
  readonly newKeys: ReadonlyMap<string, NewKey>;
  /** Servers of which an attacker may have the old keys. */
  readonly lost: ReadonlySet<ProcessId>;
  /** Servers that have lost their shares, and nothing else. */
  readonly withoutShares: ReadonlySet<ProcessId>;
}

type Step = Either<ActionRefused, Drafted>;

/** What the actions make of `document`, if each of them can be applied. */
export function applyActions(document: Alliance, actions: readonly Action[]): Step {
  const mixture = mixtureComplaint(actions);
  if (mixture !== undefined) return E.left(mixture);
  let step: Step = E.right({ document, newKeys: new Map(), lost: new Set(), withoutShares: new Set() });
  for (const [index, action] of actions.entries()) {
    step = E.chain((drafted: Drafted) => applyAction(drafted, action, index))(step);
  }
  return step;
}

type Of<T extends Action['_tag']> = Extract<Action, { readonly _tag: T }>;

function applyAction(drafted: Drafted, action: Action, index: number): Step {
  if (isImmediate(action)) return E.left({ _tag: 'NeedsNoChange', action: index, kind: action._tag });
  switch (action._tag) {
    case 'admit':
      return admit(drafted, action, index);
    case 'remove':
      return remove(drafted, action, index);
    case 'organization':
      return replaceEntry(drafted, action, index);
    case 'trust':
      return changeTrust(drafted, action, index);
    case 'policy':
      return changePolicy(drafted, action, index);
    case 'enrol':
      return enrol(drafted, action, index);
    case 'dismiss':
      return dismiss(drafted, action, index);
    case 'parameters':
      return changeParameters(drafted, action, index);
    case 'scheme':
      return changeScheme(drafted, action, index);
    case 'document-key':
      return addDocumentKey(drafted, action, index);
    case 'drop-document-key':
      return dropDocumentKey(drafted, action, index);
    case 'refresh':
      return refresh(drafted, action, index);
    default:
      return assertNever(action);
  }
}

function withDocument(drafted: Drafted, change: Partial<Alliance>): Step {
  return E.right({ ...drafted, document: { ...drafted.document, ...change } });
}

function withGovernance(drafted: Drafted, change: (terms: GovernanceTerms) => GovernanceTerms): Step {
  return withDocument(drafted, { governance: change(drafted.document.governance) });
}

function entryOf({ document }: Drafted, name: string): OrganizationEntry | undefined {
  return document.organizations.find((entry) => entry.name === name);
}

function admit(drafted: Drafted, { organization }: Of<'admit'>, action: number): Step {
  const { name } = organization;
  if (entryOf(drafted, name) !== undefined) return E.left({ _tag: 'AlreadyAMember', action, organization: name });
  return withDocument(drafted, { organizations: [...drafted.document.organizations, organization] });
}

/** Its applications go with it. */
function remove(drafted: Drafted, { organization }: Of<'remove'>, action: number): Step {
  if (entryOf(drafted, organization) === undefined) return E.left({ _tag: 'NotAMember', action, organization });
  const { organizations, applications } = drafted.document;
  return withDocument(drafted, {
    organizations: organizations.filter(({ name }) => name !== organization),
    applications: applications.filter(({ id }) => organizationOf(id) !== organization),
  });
}

function replaceEntry(drafted: Drafted, { organization, lost }: Of<'organization'>, action: number): Step {
  const { name } = organization;
  const before = entryOf(drafted, name);
  if (before === undefined) return E.left({ _tag: 'NotAMember', action, organization: name });
  if (isSame(before, organization)) return E.left({ _tag: 'NothingChanges', action });
  for (const server of lost) {
    const [old, next] = [before, organization].map(({ servers }) => servers.find(({ id }) => id === server));
    if (old === undefined) return E.left({ _tag: 'UnknownServer', action, server });
    const isKept = next !== undefined && equalBytes(old.identityKey, next.identityKey);
    if (isKept) return E.left({ _tag: 'LostKeepsIdentity', action, server });
  }
  const { organizations } = drafted.document;
  const next = organizations.map((entry) => (entry.name === name ? organization : entry));
  return withDocument({ ...drafted, lost: new Set([...drafted.lost, ...lost]) }, { organizations: next });
}

function changeTrust(drafted: Drafted, { trust, structure }: Of<'trust'>, action: number): Step {
  const { document } = drafted;
  if (isSameTrust(trust, document.trust) && isSameTrust(structure, document.governance.structure))
    return E.left({ _tag: 'NothingChanges', action });
  const rest = withoutStructure(document.governance);
  const governance = structure === undefined ? rest : { ...rest, structure };
  return withDocument(drafted, { trust, governance });
}

function withoutStructure({ structure: _, ...rest }: GovernanceTerms): GovernanceTerms {
  return rest;
}

function changePolicy(drafted: Drafted, { subject, policy }: Of<'policy'>, action: number): Step {
  switch (subject._tag) {
    case 'amendment':
    case 'emergency':
    case 'recovery':
      return changeStated(drafted, { subject: subject._tag, policy }, action);
    case 'amendment-of':
      return changeAmendmentOf(drafted, { subject, policy }, action);
    case 'approval':
      return changeApproval(drafted, { subject, policy }, action);
    default:
      return assertNever(subject);
  }
}

/** Whether they say the same, or neither says anything. */
function isSamePolicy(a: Policy | undefined, b: Policy | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return equalBytes(policyDigest(a), policyDigest(b));
}

interface Change<S> {
  readonly subject: S;
  readonly policy: Policy | undefined;
}

type Stated = 'amendment' | 'emergency' | 'recovery';

function changeStated(drafted: Drafted, { subject, policy }: Change<Stated>, action: number): Step {
  if (isSamePolicy(policy, drafted.document.governance[subject])) return E.left({ _tag: 'NothingChanges', action });
  return withGovernance(drafted, ({ [subject]: _, ...rest }) => ({
    ...rest,
    ...(policy === undefined ? {} : { [subject]: policy }),
  }));
}

type SubjectOf<T extends PolicySubject['_tag']> = Extract<PolicySubject, { readonly _tag: T }>;

function changeAmendmentOf(
  drafted: Drafted,
  { subject: { kind }, policy }: Change<SubjectOf<'amendment-of'>>,
  action: number,
): Step {
  if (kind === 'suspend' || kind === 'restore' || kind === 'sign')
    return E.left({ _tag: 'PolicyOfNoUse', action, kind });
  const { amendmentOf } = drafted.document.governance;
  if (isSamePolicy(policy, amendmentOf.get(kind))) return E.left({ _tag: 'NothingChanges', action });
  const next = new Map(
    actionKinds.flatMap((one) => {
      const own = one === kind ? policy : amendmentOf.get(one);
      return own === undefined ? [] : [[one, own] as const];
    }),
  );
  return withGovernance(drafted, (terms) => ({ ...terms, amendmentOf: next }));
}

function changeApproval(drafted: Drafted, { subject, policy }: Change<SubjectOf<'approval'>>, action: number): Step {
  const { documentKeys } = drafted.document;
  const entry = documentKeys.find(({ name }) => name === subject.key);
  if (entry === undefined)
    return E.left({ _tag: 'UnknownKey', action, key: roleName({ _tag: 'document', name: subject.key }) });
  if (isSamePolicy(policy, entry.approval)) return E.left({ _tag: 'NothingChanges', action });
  const { name, publicKey } = entry;
  const next = { name, publicKey, ...(policy === undefined ? {} : { approval: policy }) };
  return withDocument(drafted, { documentKeys: documentKeys.map((one) => (one === entry ? next : one)) });
}

function enrol(drafted: Drafted, { application }: Of<'enrol'>, action: number): Step {
  const { id } = application;
  const organization = organizationOf(id);
  if (entryOf(drafted, organization) === undefined) return E.left({ _tag: 'NotAMember', action, organization });
  const { applications } = drafted.document;
  if (applications.some((one) => one.id === id)) return E.left({ _tag: 'AlreadyEnrolled', action, application: id });
  return withDocument(drafted, { applications: [...applications, application] });
}

function dismiss(drafted: Drafted, { application }: Of<'dismiss'>, action: number): Step {
  const { applications } = drafted.document;
  const left = applications.filter(({ id }) => id !== application);
  if (left.length === applications.length) return E.left({ _tag: 'UnknownApplication', action, application });
  return withDocument(drafted, { applications: left });
}

function changeParameters(drafted: Drafted, change: Of<'parameters'>, action: number): Step {
  const { parameters, terms, limits } = change;
  const { document } = drafted;
  const before = [document.parameters, document.governance.terms, document.governance.limits];
  if (isSame([parameters, terms, limits], before)) return E.left({ _tag: 'NothingChanges', action });
  return withDocument(drafted, { parameters, governance: { ...document.governance, terms, limits } });
}

function withNewKey(drafted: Drafted, key: NewKey): Step {
  const name = roleName(key.role);
  if (drafted.newKeys.has(name)) return E.left({ _tag: 'TwoNewKeys', action: key.action, key: name });
  return E.right({ ...drafted, newKeys: new Map(drafted.newKeys).set(name, key) });
}

function changeScheme(drafted: Drafted, { role, source, distrust }: Of<'scheme'>, action: number): Step {
  const { document } = drafted;
  const isThere = role._tag !== 'document' || keyOfRole(document, role) !== undefined;
  if (!isThere) return E.left({ _tag: 'UnknownKey', action, key: roleName(role) });
  const made = withNewKey(drafted, { action, role, source, isAdded: false });
  const old = distrust ? keyIdOfRole(document, role) : undefined;
  if (old === undefined || document.governance.distrusted.some((id) => equalBytes(id, old))) return made;
  const distrusted = [...document.governance.distrusted, old].sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  return E.chain((next: Drafted) => withGovernance(next, (terms) => ({ ...terms, distrusted })))(made);
}

function addDocumentKey(drafted: Drafted, { name, source, approval }: Of<'document-key'>, action: number): Step {
  const role: KeyRole = { _tag: 'document', name };
  const isTaken = keyOfRole(drafted.document, role) !== undefined;
  if (isTaken) return E.left({ _tag: 'KeyNameTaken', action, key: roleName(role) });
  const own = approval === undefined ? {} : { approval };
  return withNewKey(drafted, { action, role, source, isAdded: true, ...own });
}

function dropDocumentKey(drafted: Drafted, { name }: Of<'drop-document-key'>, action: number): Step {
  const key = roleName({ _tag: 'document', name });
  if (drafted.newKeys.has(key)) return E.left({ _tag: 'MadeAndDropped', action, key });
  const { documentKeys } = drafted.document;
  const left = documentKeys.filter((entry) => entry.name !== name);
  if (left.length === documentKeys.length) return E.left({ _tag: 'UnknownKey', action, key });
  return withDocument(drafted, { documentKeys: left });
}

function refresh(drafted: Drafted, { lost }: Of<'refresh'>, action: number): Step {
  const ids = new Set(serversOf(drafted.document).map(({ id }) => id));
  const server = lost.find((id) => !ids.has(id));
  if (server !== undefined) return E.left({ _tag: 'UnknownServer', action, server });
  return E.right({ ...drafted, withoutShares: new Set([...drafted.withoutShares, ...lost]) });
}
