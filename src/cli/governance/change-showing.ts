/** An epoch, and the change that leads to the next, for people and for programs. */
import { toHex } from '../../prelude/bytes.js';
import type { Overview, ShownChange, ShownSharing } from '../../services/membership/view-shapes.js';
import type { Printable } from '../session.js';
import { roughly, row } from './proposal-showing.js';

export function showEpoch({
  epoch,
  configuration,
  enacted,
  timeMs,
  without,
  sharings,
  change,
  refreshMs,
}: Overview): Printable {
  const json = {
    epoch,
    configuration: toHex(configuration),
    enacted,
    timeMs,
    without,
    ...(change === undefined ? {} : { change: changeJson(change) }),
    sharings: sharings.map(({ id, keyId, ...sharing }) => ({ ...sharing, id: toHex(id), keyId: toHex(keyId) })),
    ...(refreshMs === undefined ? {} : { refreshMs }),
  };
  return {
    json,
    lines: [
      `Epoch ${epoch}${enacted ? '' : ', whose keys have not been seen to work yet'}`,
      row('document', toHex(configuration)),
      row('agreed time', timeMs === 0 ? 'none yet' : new Date(timeMs).toISOString()),
      ...(refreshMs === undefined ? [] : [row('new shares', `in ${roughly(refreshMs - timeMs)}`)]),
      ...(without.length === 0 ? [] : [row('without shares', without.join(', '))]),
      ...sharings.flatMap(describeSharing),
      ...(change === undefined ? ['No change is under way.'] : describeChange(change, timeMs)),
    ],
  };
}

export function changeJson({ draft, configuration, ...change }: ShownChange): unknown {
  return {
    ...change,
    draft: toHex(draft),
    ...(configuration === undefined ? {} : { configuration: toHex(configuration) }),
  };
}

/** What is left of earlier shares is worth a warning where it would still be enough. */
function describeSharing({ role, epoch, isInForce, unerased, isQualified }: ShownSharing): readonly string[] {
  if (isInForce || !isQualified) return [];
  const who = unerased.join(', ');
  return [
    row(
      'OLD SHARES',
      `of the key "${role}", epoch ${epoch}: ${who} have not said that they erased theirs, and could still sign`,
    ),
  ];
}

export function describeChange(change: ShownChange, nowMs: number): readonly string[] {
  const { number, state, why, waitsFor, endMs, moves, attempt, culprits } = change;
  const end = endMs === undefined || state === 'activated' ? '' : `, for ${roughly(endMs - nowMs)} more at most`;
  return [
    `Change ${number}, ${why}: ${state}${end}`,
    ...describeComing(change),
    ...moves.map(({ key, kind, isDone }) => row(`key ${key}`, `${kind}${isDone ? ', done' : ''}`)),
    ...(attempt === undefined
      ? []
      : [
          row(
            'ceremony',
            `${attempt.key}, attempt ${attempt.attempt}, ${attempt.round}: awaits ${attempt.awaited.join(', ') || 'nobody'}`,
          ),
        ]),
    ...(culprits.length === 0 ? [] : [row('PROVEN WRONG', culprits.join(', '))]),
    ...(state === 'activated' || waitsFor === '' ? [] : [row('waits for', waitsFor)]),
  ];
}

function describeComing({
  admitted,
  acknowledged,
  removed,
  joining,
  replaced,
  joined,
  leaving,
}: ShownChange): readonly string[] {
  const marked = (names: readonly string[], done: readonly string[], word: string): string =>
    names.map((name) => (done.includes(name) ? `${name} (${word})` : name)).join(', ');
  return [
    ...(admitted.length === 0 ? [] : [row('admits', marked(admitted, acknowledged, 'acknowledged'))]),
    ...(removed.length === 0 ? [] : [row('removes', removed.join(', '))]),
    ...(joining.length === 0 ? [] : [row('joining', marked(joining, joined, 'joined'))]),
    ...(replaced.length === 0 ? [] : [row('replaced', marked(replaced, joined, 'joined'))]),
    ...(leaving.length === 0 ? [] : [row('leaving', leaving.join(', '))]),
  ];
}
