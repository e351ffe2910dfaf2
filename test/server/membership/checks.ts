/** What must hold whatever goes wrong; a violation throws, so that the seed and the place are seen. */
import { equalBytes, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { decodeAct } from '../../../src/management/acts/act.js';
import { decodeBody } from '../../../src/management/acts/act-body.js';
import type { Alliance } from '../../../src/management/alliance.js';
import type { GovernanceEvent } from '../../../src/management/governance/event.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import { keysByRole, roleName } from '../../../src/management/proposals/key-roles.js';
import type { DistributedSigner } from '../../../src/schemes/contract/distributed-signer.js';
import { keyIdOf, makeVerifier } from '../../../src/schemes/registry.js';
import { enactedSigning } from '../../../src/management/governance/enacted.js';
import { ShareBytes } from './share-bytes.js';
import type { SimulatedServer } from './simulated-server.js';
import type { Simulation } from './simulation.js';
import type { SlotExecution } from './slot-execution.js';

/** Who signs with what, of one epoch. */
interface EpochSigners {
  readonly document: Alliance;
  readonly byRole: Map<string, Map<ProcessId, DistributedSigner>>;
}

export class Checks {
  readonly epochs: EpochSigners[] = [];
  readonly shares = new Map<ProcessId, ShareBytes>();
  /** What was enacted, and who was without shares then; and what was abandoned, and why. */
  readonly enacted: { readonly epoch: number; readonly origin: string; readonly without: readonly ProcessId[] }[] = [];
  readonly abandoned: string[] = [];
  /** Digests, by slot. */
  readonly states = new Map<number, Uint8Array>();
  opened = 0;
  private origin = 'none';
  /** How often each server had been started again when the change under way was opened. */
  private readonly interrupted = new Map<ProcessId, number>();

  constructor(private readonly simulation: Simulation) {}

  begin(server: SimulatedServer): void {
    const shares = new ShareBytes(server.path);
    shares.begin(server.execution.governance, server.server?.shares ?? new Map());
    this.shares.set(server.id, shares);
    this.onEntered(server);
  }

  onEvents(governance: Governance, events: readonly GovernanceEvent[]): void {
    for (const event of events) {
      if (event._tag === 'change-opened') {
        this.opened += 1;
        this.origin = event.origin._tag;
        for (const { id, restarts } of this.simulation.servers) this.interrupted.set(id, restarts);
      }
      if (event._tag === 'change-abandoned') this.abandoned.push(event.why);
      if (event._tag === 'enacted')
        this.enacted.push({ epoch: governance.document.epoch, origin: this.origin, without: governance.without });
    }
    const { change, culprits } = governance;
    const proven = change === undefined || change.state === 'gathering' ? [] : change.moves.outcome.culprits;
    for (const id of [...culprits, ...proven.map(({ process }) => process)])
      if (id !== this.simulation.liar?.id) throw new Error(`${id} is correct, and proven a culprit`);
  }

  /** Every so often the whole state. */
  onSlot(reference: SlotExecution): void {
    if (reference.slot % 16 === 0 || reference.hasEnded) this.states.set(reference.slot, digest(reference.state.state));
  }

  onExecuted({ id, execution }: SimulatedServer): void {
    const expected = this.states.get(execution.slot);
    if (expected !== undefined && !equalBytes(digest(execution.state.state), expected))
      throw new Error(`${id} has another state after slot ${execution.slot}`);
  }

  onLooked({ id }: SimulatedServer): void {
    this.shares.get(id)?.look();
  }

  /** Whoever says that a share is overwritten has it no more. */
  onCarried({ id }: SimulatedServer, bytes: Uint8Array): void {
    const act = decodeAct(bytes);
    const body = E.isRight(act) ? decodeBody(act.right.body) : act;
    if (E.isLeft(body) || body.right._tag !== 'erased') return;
    this.expectErased(id, toHex(body.right.sharing));
  }

  expectErased(id: ProcessId, sharing: string): void {
    const remains = this.shares.get(id)?.remains(sharing) ?? [];
    if (remains.length > 0)
      throw new Error(`${id} has said ERASED of ${sharing}, and holds it in ${remains.join(', ')}`);
  }

  /** Keeps what it signs with, and holds it against what governance says of it. */
  onEntered({ id, directory, restarts }: SimulatedServer): void {
    const { alliance: document, keys } = directory;
    const { epoch } = document;
    const at = (this.epochs[epoch - 1] ??= { document, byRole: new Map() });
    const held = new Map<string, DistributedSigner>();
    if (keys?.allianceShare !== undefined) held.set('alliance', keys.allianceShare.signer);
    if (keys !== undefined && document.slowKey !== undefined) held.set('slow', keys.slow);
    for (const [name, { signer }] of keys?.documents ?? []) held.set(roleName({ _tag: 'document', name }), signer);
    for (const [role, signer] of held)
      at.byRole.set(role, (at.byRole.get(role) ?? new Map<ProcessId, DistributedSigner>()).set(id, signer));
    if (epoch === 1 || id === this.simulation.liar?.id) return;
    const missing = [...keysByRole(document).keys()].filter((role) => !held.has(role));
    const { change, document: current, without } = this.simulation.governance;
    const moves = change?.state === 'activated' && current.epoch === epoch - 1 ? change.moves : undefined;
    const left =
      moves === undefined
        ? current.epoch === epoch
          ? without
          : undefined
        : [...moves.outcome.unacknowledged.values()].flat();
    if (left === undefined) return;
    if (missing.length > 0 && !left.includes(id))
      throw new Error(`${id} holds no share of ${missing.join(', ')} in epoch ${epoch}, and is not without`);
    const wasInterrupted = restarts > (this.interrupted.get(id) ?? 0);
    if (missing.length === 0 && left.includes(id) && !wasInterrupted)
      throw new Error(`${id} holds every share in epoch ${epoch}, and is without one`);
  }

  /** Shares of correct servers sign under the key, which stays; those of two epochs do not. */
  checkSigning(): void {
    for (const [index, { document, byRole }] of this.epochs.entries()) {
      const before = this.epochs[index - 1];
      for (const [role, key] of keysByRole(document)) {
        const signers = [...(byRole.get(role) ?? [])];
        const message = role.startsWith('document')
          ? utf8('what people bring')
          : enactedSigning(document, digest(utf8(role))).message;
        const verifier = makeVerifier(key, document.trust.system.processes.universe);
        if (E.isLeft(verifier)) throw new Error(`no key ${role} in epoch ${document.epoch}`);
        const { universe } = document.trust.system.processes;
        const signed = new Map(signers.flatMap(([id, signer]) => shareOf(id, signer, message)));
        const combined = verifier.right.combine(message, signed);
        const isEnough = verifier.right.canCombine(universe.of(signed.keys()));
        if (isEnough && (E.isLeft(combined) || !verifier.right.verify(message, combined.right.signature)))
          throw new Error(`shares of ${role} do not sign in epoch ${document.epoch}`);
        if (before === undefined || key._tag === 'multisig') continue;
        const former = keysByRole(before.document).get(role);
        if (role !== 'slow' && former !== undefined && !equalBytes(keyIdOf(former), keyIdOf(key)))
          throw new Error(`another key ${role} in epoch ${document.epoch}`);
        this.expectNoMixture(role, before, { document, byRole }, message);
      }
    }
  }

  private expectNoMixture(role: string, before: EpochSigners, now: EpochSigners, message: Uint8Array): void {
    const key = keysByRole(now.document).get(role);
    const { universe } = now.document.trust.system.processes;
    const verifier = key === undefined ? undefined : makeVerifier(key, universe);
    if (verifier === undefined || E.isLeft(verifier)) return;
    const old = [...(before.byRole.get(role) ?? [])]
      .slice(0, 1)
      .flatMap(([id, signer]) => shareOf(id, signer, message));
    const own = [...(now.byRole.get(role) ?? [])]
      .flatMap(([id, signer]) => shareOf(id, signer, message))
      .filter(([id]) => id !== old[0]?.[0]);
    // As few as would do if the old one were good.
    for (let count = 1; count <= own.length; count++) {
      const mixed = new Map([...old, ...own.slice(0, count)]);
      if (!verifier.right.canCombine(universe.of(mixed.keys()))) continue;
      if (old.length > 0 && E.isRight(verifier.right.combine(message, mixed)))
        throw new Error(`an old share of ${role} signs in epoch ${now.document.epoch}`);
      return;
    }
  }
}

function shareOf(id: ProcessId, signer: DistributedSigner, message: Uint8Array) {
  const signed = signer.signShare(message);
  return E.isRight(signed) ? [[id, signed.right] as const] : [];
}
