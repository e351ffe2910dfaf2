/** What the tests of epochs share: states by name, and an epoch that ends soon. */
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import type { Event } from '../../../src/consensus/event.js';
import type { Manifest, StateTarget } from '../../../src/consensus/manifest.js';
import type { Boundary } from '../../../src/consensus/epoch-change.js';
import { Scene, type SceneOptions } from '../../support/scene.js';

export const fast = 'f=1 t=1 of (a, b, c, d)';

/** A state of one chunk, named by a text. */
export function stateOf(text: string): Manifest {
  return { chunkCount: 1, byteLength: 1 + text.length, root: digest(utf8(text)) };
}

/** What a state and the log before it are named in tests that do not have the log. */
export function targetOf(slot: number, text = `state ${slot}`): StateTarget {
  return { slot, chain: digest(utf8(`chain ${slot}`)), manifest: stateOf(text) };
}

export const nextConfiguration = digest(utf8('the next configuration'));

/** With `windowSlots` 4 and `checkpointInterval` 2. */
export const boundary: Boundary = { since: 1, slot: 6, configuration: nextConfiguration };

export const parameters = { windowSlots: 4, checkpointInterval: 2 };

/** Every process has the same state at the end of the epoch, and takes no other snapshot. */
const sameStateAtEnd: NonNullable<SceneOptions['stateAfter']> = (_, slot) =>
  slot === boundary.slot ? stateOf('the end') : undefined;

/** Whose first decided slot ends the epoch with slot 6. */
export function endingScene(options: Partial<SceneOptions> = {}): Scene {
  return new Scene({ trust: fast, parameters, boundary, stateAfter: sameStateAtEnd, ...options });
}

export function installed(target: StateTarget, delivery = DeliveryTable.empty()): Event {
  return { _tag: 'Installed', ...target, delivery };
}
