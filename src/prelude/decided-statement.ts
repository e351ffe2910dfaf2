/** The bytes of DECIDED, with which the alliance key says what is decided (spec/wire.md, type 4). */
import { Writer } from './canonical.js';
import type { Digest } from './digest.js';
import { encodeStatement, type StatementContext } from './statement.js';

/**
 * What applications verify. One statement covers every slot up to its own. The only statement of servers that names no epoch,
 * whatever `context` says: a prefix of the log stays decided for ever.
 */
export function decidedStatement(
  { allianceId, keyId }: Omit<StatementContext, 'epoch'>,
  { slot, chain }: { readonly slot: number; readonly chain: Digest },
): Uint8Array {
  const body = new Writer().u64(slot).fixed(chain).finish();
  return encodeStatement({ allianceId, keyId, epoch: 0 }, 'decided', body);
}
