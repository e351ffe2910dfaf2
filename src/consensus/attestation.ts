/**
 * Attesting the decided log under the alliance key: one certificate at a time, paced, each for the whole prefix, so that its
 * cost is shared by as many slots as the load brings. The leader collects the shares; others step in where it does not.
 */
import { equalBytes } from '../prelude/bytes.js';
import { E } from '../prelude/fp.js';
import { present } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import { type CombineResult, rejectedSenders } from '../schemes/contract/distributed-signer.js';
import { adoptCertificate } from './certificate-check.js';
import type { Context } from './context.js';
import type { Message } from './message.js';
import { isBeingServed, requestShare } from './signing.js';
import type { Attestation } from './state.js';
import { decidedStatement } from './statement.js';

/** How many pacing intervals the chosen signers have before everyone is asked. */
const patienceIntervals = 8;

/** Begins a certificate, or asks more processes for the one in the making. */
export function advanceAttestation(c: Context): void {
  const { state } = c;
  answerRequests(c);
  const { attestation } = state;
  if (attestation === undefined) {
    const dueMs = attestationDueMs(c);
    if (dueMs !== undefined && dueMs <= c.nowMs) begin(c);
  } else if (c.nowMs >= attestation.askedMs + patienceMs(c)) {
    for (const process of attestation.asked) if (!attestation.shares.has(process)) state.slack.add(process);
    attestation.askedMs = c.nowMs;
    ask(c, attestation, c.config.system.processes);
  }
}

/** When {@link advanceAttestation} wants to run again; `undefined` if there is nothing to attest. */
export function attestationDueMs(c: Context): number | undefined {
  const { state } = c;
  if (state.attestation !== undefined) return state.attestation.askedMs + patienceMs(c);
  // What the epoch begins with is vouched for by HANDOFF: a certificate of it would be no news to anyone.
  if (
    state.decidedUpTo <= Math.max(c.start, state.decidedCertificate?.slot ?? 0) ||
    state.certificates.checking !== undefined
  )
    return undefined;
  return state.attestedMs + c.config.parameters.attestMs + rank(c) * 2 * patienceMs(c);
}

/** How long those who were asked have before everyone is asked. */
export function patienceMs(c: Context): number {
  return patienceIntervals * c.config.parameters.attestMs;
}

/** 0 for the leader; each process after it in the universe's order waits a turn longer. */
export function rank(c: Context): number {
  const { universe } = c.config.system.processes;
  const position = (process: ProcessId): number => present(universe.indexOf(process), 'processes belong to the epoch');
  return (position(c.config.me) - position(c.leaderOf(c.state.view)) + universe.size) % universe.size;
}

function begin(c: Context): void {
  const slot = c.state.decidedUpTo;
  const chain = present(c.state.chains.get(slot), 'the last decided slot has a chain digest');
  const attestation: Attestation = {
    prefix: { slot, chain },
    shares: new Map(),
    asked: new Set(),
    askedMs: c.nowMs,
    isProven: false,
    combining: false,
  };
  c.state.attestation = attestation;
  ask(c, attestation, firstChoice(c));
}

/** Enough signers, beginning with this process and those that answer; who comes next rotates with the slot. */
function firstChoice(c: Context): Iterable<ProcessId> {
  const { me, system, keys } = c.config;
  const others = [...system.processes].filter((process) => process !== me);
  const start = others.length === 0 ? 0 : c.state.decidedUpTo % others.length;
  const rotated = [...others.slice(start), ...others.slice(0, start)];
  const ordered = [
    ...rotated.filter((process) => !c.state.slack.has(process)),
    ...rotated.filter((process) => c.state.slack.has(process)),
  ];
  let chosen = c.setOf([me]);
  for (const process of ordered) {
    if (keys.alliance.canCombine(chosen)) break;
    chosen = chosen.with(process);
  }
  return chosen;
}

function ask(c: Context, attestation: Attestation, processes: Iterable<ProcessId>): void {
  for (const process of processes) {
    if (attestation.shares.has(process)) continue;
    attestation.asked.add(process);
    c.send(process, { _tag: 'Attest', slot: attestation.prefix.slot, isProven: attestation.isProven });
  }
}

/** Remembers one request a process; it is answered as soon as the slot is decided here. */
export function onAttest(c: Context, from: ProcessId, { slot, isProven }: Extract<Message, { _tag: 'Attest' }>): void {
  c.state.attestRequests.set(from, { slot, isProven });
}

function answerRequests(c: Context): void {
  for (const [from, { slot, isProven }] of c.state.attestRequests) {
    if (slot > c.state.decidedUpTo || isBeingServed(c, from)) continue;
    c.state.attestRequests.delete(from);
    const chain = c.state.chains.get(slot);
    if (chain === undefined) continue;
    const prefix = { slot, chain };
    const task = { _tag: 'decided', prefix, isProven, for: new Set([from]) } as const;
    requestShare(c, decidedStatement(c.allianceContext, prefix), task);
  }
}

export function onAttested(
  c: Context,
  from: ProcessId,
  { slot, chain, share }: Extract<Message, { _tag: 'Attested' }>,
): void {
  const { attestation } = c.state;
  if (attestation?.prefix.slot !== slot || !equalBytes(attestation.prefix.chain, chain)) return;
  if (!attestation.asked.has(from)) return;
  attestation.shares.set(from, share);
  c.state.slack.delete(from);
  combine(c, attestation);
}

function combine(c: Context, attestation: Attestation): void {
  if (attestation.combining || !c.config.keys.alliance.canCombine(c.setOf(attestation.shares.keys()))) return;
  attestation.combining = true;
  c.emit({
    _tag: 'Combine',
    statement: decidedStatement(c.allianceContext, attestation.prefix),
    shares: new Map(attestation.shares),
  });
}

export function onDecidedCombined(c: Context, result: CombineResult): void {
  const { attestation } = c.state;
  if (attestation === undefined) return;
  attestation.combining = false;
  if (E.isRight(result)) {
    for (const process of result.right.invalid) c.state.slack.add(process);
    const certificate = { ...attestation.prefix, signature: result.right.signature };
    c.state.attestation = undefined;
    adoptCertificate(c, certificate);
    for (const process of c.config.system.processes)
      if (process !== c.config.me) c.send(process, { _tag: 'Certificate', certificate });
    return;
  }
  if (result.left._tag === 'BadShares' && !attestation.isProven) {
    askForProofs(c, attestation);
    return;
  }
  const bad = rejectedSenders(result);
  for (const process of bad) {
    attestation.shares.delete(process);
    c.state.slack.add(process);
  }
  ask(
    c,
    attestation,
    [...c.config.system.processes].filter((process) => !bad.has(process)),
  );
  combine(c, attestation);
}

/** Some share is bad, and nobody can tell whose: with proofs anyone can. */
function askForProofs(c: Context, attestation: Attestation): void {
  attestation.isProven = true;
  attestation.askedMs = c.nowMs;
  attestation.shares.clear();
  ask(c, attestation, c.config.system.processes);
}
