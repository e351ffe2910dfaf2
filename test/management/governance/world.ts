/** An alliance of the tests with all of its keys, and governance that is told what its members say. */
import { equalBytes, utf8 } from '../../../src/prelude/bytes.js';
import { readAll, Writer } from '../../../src/prelude/canonical.js';
import { type Digest, digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { encodeStatement } from '../../../src/prelude/statement.js';
import { type Act, actStatement, encodeAct } from '../../../src/management/acts/act.js';
import {
  type ActBody,
  encodeBody,
  type OrganizationBody,
  type ServerBody,
} from '../../../src/management/acts/act-body.js';
import { authorityKeyId, serverActsKeyId } from '../../../src/management/acts/authority.js';
import { type Alliance, type OrganizationEntry, serversOf } from '../../../src/management/alliance.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import { identitiesKeyId } from '../../../src/management/alliance-keys.js';
import { examine } from '../../../src/management/governance/examination.js';
import type { GovernanceEvent } from '../../../src/management/governance/event.js';
import { foundGovernance } from '../../../src/management/governance/founding.js';
import { endedProposals } from '../../../src/management/governance/ended-proposals.js';
import type { Governance, Proposal } from '../../../src/management/governance/governance.js';
import { readGovernance, writeGovernance } from '../../../src/management/governance/snapshot.js';
import { takeAct, takeEpoch, type Taken, takeReadiness } from '../../../src/management/governance/take.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { encodeActions } from '../../../src/management/proposals/action-codec.js';
import type { GateName } from '../../../src/management/proposals/gate-names.js';
import { ed25519Sign, ed25519Verify, publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import { ed25519Seed } from '../../../src/schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../../src/schemes/multisig/key.js';
import { makeSigner } from '../../../src/schemes/registry.js';
import { fixedAlliance } from '../fixed-alliance.js';
import { right } from '../../support/right.js';

export const hourMs = 60 * 60 * 1000;

export const refresh: Action = { _tag: 'refresh', lost: [] };

export function enrol(id: string): Action {
  return { _tag: 'enrol', application: { id: id as ProcessId, key: publicKey(`requests ${id}`) } };
}

export function secret(purpose: string) {
  return present(ed25519Seed(digest(utf8(purpose))), 'a digest has 32 bytes');
}

export function publicKey(purpose: string) {
  return publicKeyFromSeed(secret(purpose));
}

/** How a body without its number is written. */
type Unnumbered<B> = B extends { readonly number: number } ? Omit<B, 'number'> : never;

export interface Wish {
  readonly overrides?: readonly GateName[];
  readonly lengthMs?: number;
}

export class World {
  governance: Governance;
  readonly events: GovernanceEvent[] = [];
  /** Of the proposals that have ended. */
  readonly records: Uint8Array[] = [];
  slot = 1;
  /** What consensus has taken of READYs. */
  ready: number[] = [];
  private readyFor: Digest | undefined;
  nowMs = 1_000_000_000_000;
  private readonly numbers = new Map<string, number>();
  /** What identity a server acts under; its name where nothing else is said. */
  readonly identities = new Map<ProcessId, string>();

  constructor(readonly founding: Alliance = fixedAlliance()) {
    this.governance = foundGovernance(founding);
  }

  /** A world whose epoch has been seen to work, and that knows the time. */
  static running(founding?: Alliance): World {
    const world = new World(founding);
    world.enact();
    world.read();
    return world;
  }

  get document(): Alliance {
    return this.governance.document;
  }

  get organizations(): readonly string[] {
    return this.document.organizations.map(({ name }) => name);
  }

  /** The proposal of this number, while it is under way. */
  proposal(number: number): Proposal | undefined {
    return [...this.governance.proposals.values()].find((each) => each.number === number);
  }

  closed(number: number) {
    return this.governance.closed.find((each) => each.number === number);
  }

  take(act: Uint8Array): Taken {
    this.slot += 1;
    const at = { slot: this.slot, readyFor: this.readyFor, ready: this.ready };
    const taken = takeAct(this.governance, act, at, { verify: ed25519Verify });
    this.keep(taken);
    this.consensus();
    return taken;
  }

  /** What its administrators, here the one who is called ann, say for an organization. */
  say(name: string, body: Unnumbered<OrganizationBody>, entry = this.entry(name)): string {
    const number = (this.numbers.get(name) ?? 0) + 1;
    this.numbers.set(name, number);
    return told(this.take(this.organizationAct(name, { ...body, number }, entry)));
  }

  organizationAct(name: string, body: OrganizationBody, entry = this.entry(name)): Uint8Array {
    const bytes = encodeBody(body);
    const statement = actStatement(allianceIdOf(this.founding), authorityKeyId(entry), bytes);
    const by = 'ann' as ProcessId;
    const signature = ed25519Sign(secret(`administrator ${name} ann`), statement);
    return encodeAct({ author: { _tag: 'organization', name }, body: bytes, signatures: [{ by, signature }] });
  }

  actionBytes(actions: readonly Action[]): Uint8Array {
    return encodeActions(actions);
  }

  sayAs(id: ProcessId, body: ServerBody): string {
    return told(this.take(encodeAct(this.serverAct(id, body))));
  }

  serverAct(id: ProcessId, body: ActBody): Act {
    const bytes = encodeBody(body);
    const purpose = this.identities.get(id) ?? `identity ${id}`;
    const keyId = serverActsKeyId({ id, identityKey: publicKey(purpose) });
    const signature = ed25519Sign(secret(purpose), actStatement(allianceIdOf(this.founding), keyId, bytes));
    return { author: { _tag: 'server', id }, body: bytes, signatures: [{ by: id, signature }] };
  }

  /** Proposes, with the effect that it has. */
  propose(name: string, actions: readonly Action[], { overrides = [], lengthMs = 24 * hourMs }: Wish = {}): string {
    const examined = examine(this.governance, actions, overrides);
    const effect = E.isRight(examined) ? examined.right.effect : digest(utf8('nothing'));
    const { configuration: base } = this.governance;
    return this.say(name, { _tag: 'propose', base, actions: encodeActions(actions), effect, overrides, lengthMs });
  }

  vote(number: number, names: readonly string[], accepts = true): readonly string[] {
    const id = present(this.proposal(number), `proposal ${number}`).id;
    const { overrides } = present(this.proposal(number), `proposal ${number}`);
    return names.map((name) =>
      this.say(name, { _tag: 'ballot', proposal: id, accepts, overrides: accepts ? overrides : [] }),
    );
  }

  /** All servers read their clocks, `byMs` later than before. */
  read(byMs = 1000, servers = serversOf(this.document).map(({ id }) => id)): void {
    this.nowMs += byMs;
    for (const id of servers) this.sayAs(id, { _tag: 'reading', readMs: this.nowMs });
  }

  /** Servers sign their document; those that are needed. */
  enact(): void {
    for (const { id } of serversOf(this.document)) {
      if (this.governance.enacted.signature !== undefined) return;
      this.shareEnacted(id);
    }
  }

  shareEnacted(id: ProcessId): string {
    const { allianceKey, trust } = this.document;
    const share = new MultisigKeyShare(id, secret(`alliance ${id}`));
    const signer = right(makeSigner(allianceKey, share, trust.system.processes.universe));
    const signed = right(signer.signShare(this.governance.enacted.message));
    return this.sayAs(id, { _tag: 'share', of: { _tag: 'enacted' }, share: signed });
  }

  /** Says READY as `id`, of the configuration that is prepared. */
  sayReady(id: ProcessId): string {
    const { change } = this.governance;
    if (change?.state !== 'prepared') return 'nothing is prepared';
    const { next, configuration } = change;
    const position = present(next.trust.system.processes.universe.indexOf(id), 'a server of the draft');
    const context = { allianceId: allianceIdOf(this.founding), keyId: identitiesKeyId(next), epoch: next.epoch };
    const purpose = this.identities.get(id) ?? `identity ${id}`;
    const signature = ed25519Sign(secret(purpose), encodeStatement(context, 'ready', configuration));
    return this.sayAs(id, { _tag: 'ready', configuration, position, signature });
  }

  /** The boundary is reached. */
  beginEpoch(): void {
    this.ready = [];
    this.keep(takeEpoch(this.governance));
  }

  /** From a change that is prepared to its epoch, seen to work. */
  goThrough(): void {
    const { change } = this.governance;
    if (change?.state !== 'prepared') throw new Error(`the change is ${change?.state ?? 'none'}`);
    for (const { id } of serversOf(change.next)) this.sayReady(id);
    this.beginEpoch();
    this.enact();
    this.read();
  }

  /** Joins the change as `id`, with the keys that it has to bring. */
  join(id: ProcessId, roles: readonly string[] = ['alliance']): string {
    const change = present(this.governance.change, 'a change');
    const keys = roles.map((role) => ({ role, key: publicKey(`${role} ${id}`) }));
    return this.sayAs(id, { _tag: 'join', change: change.number, draft: change.draftDigest, slot: this.slot, keys });
  }

  acknowledge(name: string): string {
    const change = present(this.governance.change, 'a change');
    const entry = present(
      change.draft.document.organizations.find((each) => each.name === name),
      'an organization of the draft',
    );
    return this.say(name, { _tag: 'acknowledge', change: change.number, draft: change.draftDigest }, entry);
  }

  private entry(name: string): OrganizationEntry {
    return present(
      this.document.organizations.find((each) => each.name === name),
      `organization ${name}`,
    );
  }

  /** As a server that installs the state at each position would go on. */
  restoring(): this {
    this.restores = true;
    return this;
  }

  private restores = false;

  private keep({ governance, events }: Taken): void {
    this.records.push(...endedProposals(this.governance, events).map(({ record }) => record));
    this.governance = this.restores ? restored(governance) : governance;
    this.events.push(...events);
    for (const event of events)
      if (event._tag === 'ready') this.ready = [...this.ready, event.position].sort((a, b) => a - b);
    for (const event of events)
      if (event._tag === 'prepared') {
        this.ready = [];
        this.readyFor = event.configuration;
      }
  }

  /** What consensus took may have consequences, as in the executor. */
  private consensus(): void {
    this.keep(takeReadiness(this.governance, { slot: this.slot, readyFor: this.readyFor, ready: this.ready }));
  }
}

/** The name of the error, or that it was taken. */
function told({ error }: Taken): string {
  return error?._tag ?? 'taken';
}

/** The governance that a snapshot of this one has in it. */
export function restored(governance: Governance): Governance {
  const bytes = written(governance);
  const read = right(readAll(bytes, readGovernance));
  if (!equalBytes(bytes, written(read))) throw new Error('a snapshot that is read is not what was written');
  return read;
}

export function written(governance: Governance): Uint8Array {
  const writer = new Writer();
  writeGovernance(writer, governance);
  return writer.finish();
}
