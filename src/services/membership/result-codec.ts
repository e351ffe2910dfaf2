/** What came of an act as JSON. */
import * as t from 'io-ts';
import { decodeJson, hexDigest, integer, list, record, refined, text } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { organizationName } from '../../quorum/tree/tree-codec.js';
import { taggedCodec } from '../../schemes/tagged-codec.js';
import { type ActResult, type ToldEvent, toldEvents } from './result-shapes.js';

/** Whatever happens at one position, and however its texts are escaped, a result stays below 64 KiB. */
export const resultLimits = { events: 32, why: 300, says: 4000 } as const;

const eventName = refined(text(40), 'the name of an event', (name) => toldEvents.find((known) => known === name));

const eventCodec: t.Type<ToldEvent, unknown> = record(
  'an event',
  { event: eventName },
  {
    proposal: record('a proposal', { number: integer(1), id: hexDigest }),
    organization: organizationName,
    why: text(resultLimits.why),
  },
);

const resultCodec: t.Type<ActResult, unknown> = taggedCodec<ActResult>('what came of an act', {
  taken: record('an act that was taken', { _tag: t.literal('taken'), events: list(eventCodec, resultLimits.events) }),
  waiting: record('a piece of an act', { _tag: t.literal('waiting') }),
  refused: record('an act that was refused', {
    _tag: t.literal('refused'),
    error: text(60),
    says: text(resultLimits.says),
  }),
});

/** The JSON form. */
export function encodeResult(result: ActResult): unknown {
  return resultCodec.encode(result);
}

/** Nothing where it is none. */
export function decodeResult(json: string): ActResult | undefined {
  const decoded = decodeJson(resultCodec, json);
  return E.isRight(decoded) ? decoded.right : undefined;
}
