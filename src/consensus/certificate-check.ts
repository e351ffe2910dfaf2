/**
 * Certificates of the decided log that others hand over. Checking one takes about a millisecond, so the surroundings do it, one
 * at a time and in their own time; of what comes meanwhile the newest of each sender waits.
 */
import { equalBytes } from '../prelude/bytes.js';
import type { ProcessId } from '../prelude/process.js';
import type { Context } from './context.js';
import type { PrefixCertificate } from './range.js';
import { decidedStatement } from './statement.js';

/** A certificate from anyone. Whoever has handed over a false one is not heard again: checking is dear, and claims hold back attesting. */
export function onCertificate(c: Context, from: ProcessId, certificate: PrefixCertificate): void {
  const { claimed, liars } = c.state.certificates;
  if (liars.has(from) || !isNews(c, certificate) || certificate.slot <= (claimed.get(from)?.slot ?? 0)) return;
  claimed.set(from, certificate);
}

/** Has the next claim checked: they take turns in the order in which they came. */
export function advanceCertificates(c: Context): void {
  const { certificates } = c.state;
  if (certificates.checking !== undefined) return;
  for (const [from, certificate] of certificates.claimed) {
    certificates.claimed.delete(from);
    if (!isNews(c, certificate)) continue;
    const statement = decidedStatement(c.allianceContext, certificate);
    certificates.checking = { from, certificate, statement };
    c.emit({ _tag: 'Verify', statement, signature: certificate.signature });
    return;
  }
}

export function onVerified(c: Context, statement: Uint8Array, isValid: boolean): void {
  const { certificates } = c.state;
  const { checking } = certificates;
  if (checking === undefined || !equalBytes(checking.statement, statement)) return;
  certificates.checking = undefined;
  if (isValid) adoptCertificate(c, checking.certificate);
  else {
    certificates.liars.add(checking.from);
    certificates.claimed.delete(checking.from);
    c.blame(checking.from, { _tag: 'InvalidMessage', reason: 'its certificate is not signed by the alliance key' });
  }
}

/** Takes a certificate that has been checked, or made here: it is compared with what is decided here, and handed on if it is news. */
export function adoptCertificate(c: Context, certificate: PrefixCertificate): void {
  const { state } = c;
  if (!isNews(c, certificate)) return;
  const own = state.chains.get(certificate.slot);
  if (own !== undefined && !equalBytes(own, certificate.chain)) {
    c.halt({ _tag: 'Disagreement', slot: certificate.slot });
    return;
  }
  state.decidedCertificate = certificate;
  state.attestedMs = c.nowMs;
  if (certificate.slot > state.decidedUpTo) c.expectProgress();
  if ((state.attestation?.prefix.slot ?? Number.POSITIVE_INFINITY) <= certificate.slot) state.attestation = undefined;
  c.emit({ _tag: 'Certify', certificate });
}

/** What was certified before this epoch may be so under a key that was not carried over. */
function isNews({ state, start }: Context, { slot }: PrefixCertificate): boolean {
  return slot > Math.max(start, state.decidedCertificate?.slot ?? 0);
}
