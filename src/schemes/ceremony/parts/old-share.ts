/** What a process brings of the key that a ceremony starts from. */
import type { ProcessId } from '../../../prelude/process.js';
import { type LinearKeyShare, secretsOf } from '../../contract/linear-key-share.js';
import { type CeremonySetting, rowsOf } from '../setting.js';

/** Whether a share is one of every row that the process has of the old key. True also of who has none, and none is there. */
export function isGoodShare<G, Key>(
  { scheme: { old } }: CeremonySetting<G, Key>,
  me: ProcessId,
  share: LinearKeyShare<string> | undefined,
): boolean {
  if (old === undefined) return true;
  const rows = rowsOf(old.sharing, me);
  const secrets = share === undefined ? new Map<number, bigint>() : secretsOf(share);
  const isGood = (row: number) => {
    const secret = secrets.get(row);
    return secret !== undefined && old.isShare(row, secret);
  };
  return secrets.size === rows.length && rows.every(isGood);
}

/** Who has no old share can receive in a reshare, but not where shares are added to, or everybody who announces keys divides. */
export function isLostWithoutShare<G, Key>(
  { terms: { kind }, dealers }: CeremonySetting<G, Key>,
  me: ProcessId,
): boolean {
  return kind === 'refresh' || kind === 'accept' || (kind === 'reshare-quotient' && dealers.includes(me));
}
