/**
 * Certified states: a slow quorum over the digest of the state after a slot. They allow pruning and are what others transfer;
 * checkpoints, which move the window, do not wait for them, nor they for checkpoints.
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import type { ProcessId } from '../prelude/process.js';
import type { SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Context } from './context.js';
import { isSnapshotCertificate } from './evidence.js';
import { type SnapshotCertificate, type StateTarget, stateDigest } from './manifest.js';
import type { Message } from './message.js';
import { combineSlow, repeatedShare } from './slow-key.js';
import { type Snapshot, snapshotStatement } from './statement.js';

/** Own states kept, and SNAPSHOTs of each process. */
const statesKept = 2;

/** This process has a state, and the log up to it, durably. */
export function onSnapshotted(c: Context, { slot, chain, manifest }: StateTarget): void {
  const { state } = c;
  const own: StateTarget = { slot, chain, manifest };
  for (const other of [c.config.start, state.snapshotCertificate, state.handoff]) compareStates(c, own, other);
  if (state.halted) return;
  const others = state.snapshots.filter((known) => known.slot !== slot);
  state.snapshots = [...others, own].sort((a, b) => a.slot - b.slot).slice(-statesKept);
  sendSnapshots(c);
  tellDiffering(c, slot);
  certify(c, slot);
}

/** Halts where two true statements about one slot contradict each other. */
export function compareStates(c: Context, one: StateTarget | undefined, other: StateTarget | undefined): void {
  if (one === undefined || other === undefined || one.slot !== other.slot) return;
  const { slot } = one;
  if (!equalBytes(one.chain, other.chain)) c.halt({ _tag: 'Disagreement', slot });
  else if (!isSameState(one, other)) c.halt({ _tag: 'Divergence', slot });
}

function isSameState(one: StateTarget, other: StateTarget): boolean {
  return equalBytes(stateDigest(one.slot, one.manifest), stateDigest(other.slot, other.manifest));
}

/** The slot up to which nobody's SNAPSHOT is of use any more. */
function certifiedUpTo(c: Context): number {
  return Math.max(c.start, c.state.snapshotCertificate?.slot ?? 0);
}

/** Sends this process's shares for its own states that are not certified: new ones to everyone, or all of them to one. */
export function sendSnapshots(c: Context, to?: ProcessId): void {
  const { state } = c;
  for (const own of state.snapshots) {
    const { slot } = own;
    if (slot <= certifiedUpTo(c) || slot > state.storedUpTo) continue;
    if (to === undefined && slot <= state.lastSnapshotSent) continue;
    state.lastSnapshotSent = Math.max(state.lastSnapshotSent, slot);
    const { chain, state: name } = snapshotOf(own);
    const message: Message = { _tag: 'Snapshot', slot, chain, state: name, share: shareOf(c, own) };
    if (to === undefined) c.broadcast(message);
    else c.send(to, message);
  }
}

function snapshotOf({ slot, chain, manifest }: StateTarget): Snapshot {
  return { slot, chain, state: stateDigest(slot, manifest) };
}

function shareOf(c: Context, own: StateTarget): SignatureShare {
  return repeatedShare(c, snapshotStatement(c.slowContext, snapshotOf(own)));
}

export function onSnapshot(
  c: Context,
  from: ProcessId,
  { slot, chain, state: name, share }: Extract<Message, { _tag: 'Snapshot' }>,
): void {
  const { snapshotShares, snapshotCertificate } = c.state;
  const known = snapshotShares.get(from) ?? [];
  if (slot === snapshotCertificate?.slot && !equalBytes(name, stateDigest(slot, snapshotCertificate.manifest)))
    noteDiffering(c, slot, [from]);
  if (slot <= certifiedUpTo(c) || known.some((other) => other.slot === slot)) return;
  const kept = [...known, { slot, chain, state: name, share }].sort((a, b) => a.slot - b.slot);
  snapshotShares.set(from, kept.slice(-statesKept));
  tellDiffering(c, slot);
  certify(c, slot);
}

/** Combines what a slow quorum says of `slot`, once this process has a state to compare it with. */
function certify(c: Context, slot: number): void {
  const own = c.state.snapshots.find((known) => known.slot === slot);
  if (own === undefined || slot <= certifiedUpTo(c)) return;
  for (const { snapshot, shares } of statementsOn(c, slot)) {
    if (!c.config.system.isSlowQuorum(c.setOf(shares.keys()))) continue;
    const { signature, rejected } = combineSlow(c, snapshotStatement(c.slowContext, snapshot), shares);
    for (const process of rejected) forget(c, process, slot);
    if (signature === undefined) continue;
    if (equalBytes(snapshot.chain, own.chain) && equalBytes(snapshot.state, stateDigest(slot, own.manifest)))
      adopt(c, { ...own, signature });
    else c.halt({ _tag: equalBytes(snapshot.chain, own.chain) ? 'Divergence' : 'Disagreement', slot });
    return;
  }
}

interface Statement {
  readonly snapshot: Snapshot;
  readonly shares: Map<ProcessId, SignatureShare>;
}

/** What has been said of a slot, and by whom. */
function statementsOn(c: Context, slot: number): Iterable<Statement> {
  const statements = new Map<string, Statement>();
  for (const [process, kept] of c.state.snapshotShares) {
    for (const { slot: of, chain, state, share } of kept) {
      if (of !== slot) continue;
      const key = `${toHex(chain)} ${toHex(state)}`;
      const snapshot = { slot, chain, state };
      const statement = statements.get(key) ?? { snapshot, shares: new Map<ProcessId, SignatureShare>() };
      statements.set(key, statement);
      statement.shares.set(process, share);
    }
  }
  return statements.values();
}

function forget(c: Context, process: ProcessId, slot: number): void {
  const kept = c.state.snapshotShares.get(process) ?? [];
  c.state.snapshotShares.set(
    process,
    kept.filter((share) => share.slot !== slot),
  );
}

/** A certified state from anyone. */
export function onOffer(c: Context, from: ProcessId, certificate: SnapshotCertificate): void {
  if (certificate.slot <= certifiedUpTo(c)) return;
  if (isSnapshotCertificate(c, certificate)) adopt(c, certificate);
  else c.blame(from, { _tag: 'InvalidMessage', reason: 'the state that it offers is not certified' });
}

function adopt(c: Context, certificate: SnapshotCertificate): void {
  const { state } = c;
  const { slot, chain } = certificate;
  const own = state.chains.get(slot);
  if (own !== undefined && !equalBytes(own, chain)) c.halt({ _tag: 'Disagreement', slot });
  for (const other of [...state.snapshots, state.handoff]) compareStates(c, certificate, other);
  if (state.halted) return;
  state.snapshotCertificate = certificate;
  for (const [process, kept] of state.snapshotShares)
    state.snapshotShares.set(
      process,
      kept.filter((share) => share.slot > slot),
    );
  c.emit({ _tag: 'SnapshotCertified', certificate });
}

/** Tells people whose states differ from this process's own: anybody may lie, but many do so for one reason. */
function tellDiffering(c: Context, slot: number): void {
  const { state } = c;
  const own = state.snapshots.find((known) => known.slot === slot);
  if (own === undefined) return;
  const name = stateDigest(slot, own.manifest);
  const processes = [...state.snapshotShares].flatMap(([process, kept]) =>
    kept.some((other) => other.slot === slot && !equalBytes(other.state, name)) ? process : [],
  );
  noteDiffering(c, slot, processes);
}

/** Once for each process; of the newest slot alone. */
function noteDiffering(c: Context, slot: number, processes: readonly ProcessId[]): void {
  const { differing } = c.state;
  const told = differing?.slot === slot ? differing.processes : new Set<ProcessId>();
  if (slot < (differing?.slot ?? 0) || processes.every((process) => told.has(process))) return;
  const all = new Set([...told, ...processes]);
  c.state.differing = { slot, processes: all };
  c.emit({ _tag: 'StatesDiffer', slot, processes: [...all] });
}
