/** What an act of a simulated log says, in a word or two. */
import { E } from '../../../src/prelude/fp.js';
import { decodeAct } from '../../../src/management/acts/act.js';
import { decodeBody } from '../../../src/management/acts/act-body.js';
import { readEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import type { LoggedAct } from './slot-execution.js';

/** Such as `reading` or `ceremony deal`. */
export function kindOf({ act }: Pick<LoggedAct, 'act'>): string {
  const decoded = decodeAct(act);
  const body = E.isRight(decoded) ? decodeBody(decoded.right.body) : decoded;
  if (E.isLeft(body)) return 'nothing';
  const said = body.right;
  if (said._tag === 'share') return `share ${said.of._tag}`;
  return said._tag === 'ceremony' ? `ceremony ${readEnvelope(said.message)?.kind ?? '?'}` : said._tag;
}
