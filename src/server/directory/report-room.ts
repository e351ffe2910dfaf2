/** Whether the reports of all servers together have room in a frame: where they have not, a view may end and no other begin. */
import { fitsFrame } from '../../consensus/certify-size.js';
import { type Alliance, serversOf } from '../../management/alliance.js';
import type { AllianceError } from '../../management/errors.js';
import { multisigLength } from '../../schemes/multisig/certificate.js';
import { longestSignature } from '../../schemes/public-key.js';
import { defaultLimits } from '../../transport/limits.js';

export function hasReportRoom(
  alliance: Pick<Alliance, 'organizations' | 'allianceKey' | 'slowKey'>,
  windowSlots: number,
): boolean {
  const { allianceKey, slowKey } = alliance;
  const processCount = serversOf(alliance).length;
  const terms = {
    processCount,
    windowSlots,
    slowSignatureBytes: slowKey === undefined ? multisigLength(processCount) : longestSignature(slowKey),
    allianceSignatureBytes: longestSignature(allianceKey),
  };
  return fitsFrame(terms, defaultLimits.maxFrameBytes);
}

/** What is wrong with an alliance whose window is too large; `undefined` if it is not. */
export function findLackOfRoom(alliance: Alliance): AllianceError | undefined {
  const { windowSlots } = alliance.parameters;
  if (hasReportRoom(alliance, windowSlots)) return undefined;
  const count = serversOf(alliance).length;
  const expected = `fewer slots: the reports of ${count} servers about ${windowSlots} may be longer than a frame, and then no view could begin`;
  return { _tag: 'Inconsistent', path: '/parameters/windowSlots', expected };
}
