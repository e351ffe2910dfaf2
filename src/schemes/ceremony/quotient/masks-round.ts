/**
 * MASKS: every contributor to a masked-quotient reshare posts a commitment to a fresh mask, and the mask sealed, for each
 * contributor after it. Body: Z_ij and the box of z_ij, contributor by contributor, of fixed lengths.
 */
import { type MalformedBytes, readAll, type Reader, Writer } from '../../../prelude/canonical.js';
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { dealRound } from '../rounds/deal-round.js';
import { confirmRound } from './confirm-round.js';
import { maskBoxLength } from './mask.js';
import { contributorsAfter, planQuotient, processesOf, type QuotientPlan } from './plan.js';
import { quotientRules } from './rules.js';
import type { PostedMasks, QuotientTranscript } from './transcript.js';
import { afterAll, type Round, type RoundEnd, type RoundMessage, tooFew } from '../rounds/round.js';
import type { CeremonySetting } from '../setting.js';
import type { Transcript } from '../transcript.js';

/** What follows the announcement of keys: of those who did, a qualified set contributes. One alone needs no masks. */
export function startQuotient<G, Key>(setting: CeremonySetting<G, Key>, transcript: Transcript<G, Key>): RoundEnd {
  const { scheme, dealers } = setting;
  const old = present(scheme.old, 'a reshare has a key to start from');
  if (old.integers === undefined) return { _tag: 'aborted', reason: { _tag: 'NotExact' } };
  const available = dealers.filter((process) => transcript.keys.has(process));
  const plan = planQuotient({ sharing: old.sharing, ...old.integers, next: scheme.next }, available);
  if (plan === undefined) return tooFew('keys', dealers, transcript.keys);
  const quotient: QuotientTranscript<G> = { plan, masks: new Map(), masked: undefined, confirmed: new Set() };
  const isAlone = plan.contributors.length === 1;
  const round = isAlone
    ? dealRound(setting, transcript, quotientRules(setting, quotient))
    : masksRound(setting, transcript, quotient);
  const begin = () => {
    transcript.quotient = quotient;
    round.begin?.();
  };
  return { _tag: 'next', round: { ...round, begin } };
}

function masksRound<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  quotient: QuotientTranscript<G>,
): Round {
  const { plan, masks } = quotient;
  const senders = processesOf(plan).slice(0, -1);
  const receive = ({ from, body, position }: RoundMessage): Either<MalformedBytes, boolean> => {
    const read = readAll(body, (reader) => readMasks(reader, setting, plan, from));
    if (E.isLeft(read)) return read;
    masks.set(from, { ...read.right, position });
    return E.right(true);
  };
  const close = (heard: ReadonlySet<ProcessId>): RoundEnd => {
    if (!senders.every((process) => heard.has(process))) return tooFew('masks', senders, heard);
    const bad = senders.filter((process) => !masks.has(process));
    return bad.length > 0
      ? { _tag: 'aborted', reason: { _tag: 'CulpritNeeded', processes: bad } }
      : { _tag: 'next', round: confirmRound(setting, transcript, quotient) };
  };
  return {
    kinds: ['masks'],
    senders: new Set(senders),
    isSingle: true,
    maxBodyLength: senders.length * (setting.scheme.elementLength + maskBoxLength(plan)),
    receive,
    ...afterAll(new Set(senders), close),
  };
}

export function writeMasks<G, Key>(
  { scheme }: CeremonySetting<G, Key>,
  { keys, boxes }: Pick<PostedMasks<G>, 'keys' | 'boxes'>,
): Uint8Array {
  const writer = new Writer();
  for (const [process, key] of keys) {
    writer.fixed(scheme.encodeElement(key)).fixed(present(boxes.get(process), 'a box for every mask'));
  }
  return writer.finish();
}

function readMasks<G, Key>(
  reader: Reader,
  { scheme }: CeremonySetting<G, Key>,
  plan: QuotientPlan,
  from: ProcessId,
): Pick<PostedMasks<G>, 'keys' | 'boxes'> {
  const [keys, boxes] = [new Map<ProcessId, G>(), new Map<ProcessId, Uint8Array>()];
  for (const process of contributorsAfter(plan, from)) {
    keys.set(process, scheme.readElement(reader));
    boxes.set(process, reader.fixed(maskBoxLength(plan)));
  }
  return { keys, boxes };
}
