/**
 * A slow key as BLS is: whoever has a qualified set's shares on a message has everybody's, so that a share shows nothing about its
 * maker. Tests simply know them.
 */
import { MockSigner } from './simulation/mock-keys.js';
import type { SceneOptions } from './scene.js';

class LinearSigner extends MockSigner {
  override readonly schemeId = 'linear';
}

export const linear: NonNullable<SceneOptions['slow']> = (system) => (me) =>
  new LinearSigner({
    universe: system.processes.universe,
    me,
    epoch: 1,
    purpose: 'slow',
    mayCombine: (set) => system.isSlowQuorum(set),
  });
