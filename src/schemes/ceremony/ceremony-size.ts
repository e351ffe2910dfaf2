/**
 * How much a ceremony puts on the log, and how much work one judgement is, before it begins: all lengths follow from the terms.
 * Counted as if everybody took part who may, and nobody complained; each sub-share in the width of the widest dealing, and what a
 * masked-quotient reshare has besides in that of the widest plan, whoever contributes.
 */
import { digestLength } from '../../prelude/digest.js';
import { groupedBy } from '../../prelude/grouping.js';
import { assertNever, present } from '../../prelude/invariant.js';
import type { CoefficientRanges, IntegerRange } from '../sharing/ranges.js';
import type { DealingForm, DealtSecret } from './ceremony-scheme.js';
import { fresh, knowledgeLength } from './kinds/generation.js';
import { zero } from './kinds/refresh.js';
import { maskBoxLength } from './quotient/mask.js';
import { greatestPlan } from './quotient/plan.js';
import { confirmationLength } from './quotient/confirm-round.js';
import { statementLength } from './quotient/rules.js';
import { envelopeLength } from './rounds/envelope.js';
import { keyPeers } from './rounds/keys-round.js';
import type { MessageKind } from './rounds/message-kind.js';
import { oneTimeKeyLength } from './sealing/one-time-key.js';
import { boxOverhead } from './sealing/sealed-box.js';
import { widthOf } from './sealing/sub-shares.js';
import type { CeremonySetting } from './setting.js';

/** What one ceremony may ask of a log, and of everybody who follows it. */
export const ceremonyLimits = {
  /** Group elements that are posted. */
  maxElementCount: 2 ** 14,
  /** Powers of group elements that it takes to judge one box. */
  maxBoxPowers: 2 ** 13,
  /** Of one message. */
  maxMessageBytes: 2 ** 24,
  /** Of all messages. */
  maxTotalBytes: 2 ** 26,
} as const;

/** More than a log should carry, or than a judgement should cost. */
export interface CeremonyTooLarge {
  readonly _tag: 'CeremonyTooLarge';
  readonly limit: keyof typeof ceremonyLimits;
  readonly found: number;
  readonly max: number;
}

export function exceeded(limit: keyof typeof ceremonyLimits, found: number): CeremonyTooLarge | undefined {
  const max = ceremonyLimits[limit];
  return found <= max ? undefined : { _tag: 'CeremonyTooLarge', limit, found, max };
}

/** Whether messages are short enough and boxes are judged quickly enough. */
export function checkMessages<G, Key>(setting: CeremonySetting<G, Key>): CeremonyTooLarge | undefined {
  if (setting.terms.kind === 'accept') return undefined;
  const dealt = whatIsDealt(setting);
  const tooMuchWork = exceeded('maxBoxPowers', boxPowers(setting, dealt));
  if (tooMuchWork !== undefined) return tooMuchWork;
  const { longest, total } = messageSizes(setting, dealt);
  return exceeded('maxMessageBytes', longest) ?? exceeded('maxTotalBytes', total);
}

/** Bytes of the longest message, and of all. */
export function messageSizes<G, Key>(
  setting: CeremonySetting<G, Key>,
  dealt: Dealt = whatIsDealt(setting),
): { readonly longest: number; readonly total: number } {
  const lengths = [...messageLengths(setting, dealt).values()].flat();
  return { longest: Math.max(...lengths), total: lengths.reduce((sum, length) => sum + length, 0) };
}

/** Bytes of the messages of each kind, the longest that there may be, in no order. */
export function messageLengths<G, Key>(
  setting: CeremonySetting<G, Key>,
  dealt: Dealt = whatIsDealt(setting),
): ReadonlyMap<MessageKind, readonly number[]> {
  const bodies = new Map<MessageKind, readonly number[]>([
    ['keys', keysLengths(setting)],
    ...dealt.otherLengths,
    ['deal', dealLengths(setting, dealt)],
    ['acknowledge', setting.receivers.map(() => digestLength)],
  ]);
  return new Map([...bodies].map(([kind, lengths]) => [kind, lengths.map((length) => length + envelopeLength)]));
}

/** What goes into the deals of one kind of ceremony. */
interface Dealt {
  /** Dealings of each dealer. */
  readonly counts: readonly number[];
  /** The widest of them. */
  readonly form: DealingForm | undefined;
  readonly attachmentLength: number;
  /** Bodies of the rounds between KEYS and DEAL. */
  readonly otherLengths: readonly (readonly [MessageKind, readonly number[]])[];
}

function whatIsDealt<G, Key>(setting: CeremonySetting<G, Key>): Dealt {
  const { terms, scheme, dealers } = setting;
  const one = { counts: dealers.map(() => 1), attachmentLength: 0, otherLengths: [] };
  switch (terms.kind) {
    case 'accept':
      return { ...one, counts: [], form: undefined };
    case 'refresh':
      return { ...one, form: scheme.formOf(zero) };
    case 'reshare-plain': {
      const { sharing } = present(scheme.old, 'a reshare has a key to start from');
      const rows = groupedBy(sharing.rows, ({ owner }) => owner);
      const counts = dealers.map((dealer) => rows.get(dealer)?.length ?? 0);
      const forms = sharing.rows.map((_, row) => scheme.formOf({ _tag: 'row', row }).ranges);
      return { ...one, counts, form: scheme.formOf(covering(forms)) };
    }
    case 'reshare-quotient':
      return quotientDealt(setting);
    case 'generate': {
      const otherLengths = [['commit', dealers.map(() => digestLength)]] as const;
      return { ...one, form: scheme.formOf(fresh), attachmentLength: knowledgeLength(scheme), otherLengths };
    }
    default:
      return assertNever(terms.kind);
  }
}

function quotientDealt<G, Key>({ scheme, dealers }: CeremonySetting<G, Key>): Dealt {
  const old = present(scheme.old, 'a reshare has a key to start from');
  const integers = present(old.integers, 'only what adds up over the integers is divided');
  const plan = greatestPlan({ sharing: old.sharing, ...integers, next: scheme.next }, dealers);
  const { contributors } = plan;
  const maskLength = scheme.elementLength + maskBoxLength(plan);
  const isAlone = contributors.length <= 1;
  return {
    counts: contributors.map(() => 1),
    form: scheme.formOf({ _tag: 'ranged', ranges: plan.dealing }),
    attachmentLength: statementLength(plan),
    otherLengths: isAlone
      ? []
      : [
          ['masks', contributors.slice(1).map((_, before) => (before + 1) * maskLength)],
          ['confirm', contributors.map(() => confirmationLength(0))],
        ],
  };
}

function keysLengths<G, Key>(setting: CeremonySetting<G, Key>): readonly number[] {
  const senders = [...new Set([...setting.receivers, ...setting.dealers])];
  return senders.map((process) => {
    const { deal, mask } = keyPeers(setting, process);
    return oneTimeKeyLength * (deal.length + mask.length);
  });
}

function dealLengths<G, Key>({ scheme, receivers }: CeremonySetting<G, Key>, dealt: Dealt): readonly number[] {
  const { counts, form, attachmentLength } = dealt;
  const sealed = (form?.rows ?? []).reduce((sum, range) => sum + widthOf(range), 0);
  const dealing = scheme.next.columnCount * scheme.elementLength + attachmentLength + sealed;
  return counts.map((count) => count * dealing + receivers.length * boxOverhead);
}

/** A power for each entry of each row of the receiver, of each dealing. */
function boxPowers<G, Key>({ scheme }: CeremonySetting<G, Key>, { counts }: Dealt): number {
  const entries = [...groupedBy(scheme.next.rows, ({ owner }) => owner).values()].map((rows) =>
    rows.reduce((sum, { entries: { length } }) => sum + length, 0),
  );
  return Math.max(0, ...counts) * Math.max(0, ...entries);
}

/** A box that has all of these in it. */
function covering(boxes: readonly CoefficientRanges[]): DealtSecret {
  const cover = (ranges: readonly IntegerRange[]): IntegerRange =>
    ranges.reduce((one, { low, high }) => ({
      low: low < one.low ? low : one.low,
      high: high > one.high ? high : one.high,
    }));
  const secret = cover(boxes.map((box) => box.secret));
  return { _tag: 'ranged', ranges: { secret, coefficients: cover(boxes.map(({ coefficients }) => coefficients)) } };
}
