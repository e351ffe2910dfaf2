/** One change of epochs with snapshots, transfer and a hand-off, under a power cut after so many steps of one process. */
import { calm, quickParameters, type Scenario } from '../support/simulation/scenario.js';
import { simulate } from '../support/simulation/simulation.js';
import { p } from '../support/scene.js';

/** Of four servers one leaves and one joins; or all do. */
const changes = {
  'one leaves and one joins': 'f=1 t=0 of (b, c, d, m)',
  'all leave and others join': 'f=1 t=0 of (m, n, o, q)',
} as const;

export type Change = keyof typeof changes;

function scenarioOf(change: Change): Scenario {
  return {
    seed: 3,
    trust: 'f=1 t=0 of (a, b, c, d)',
    byzantine: [],
    adversary: 'none',
    faults: { ...calm, diskMs: 4 },
    load: { sessions: 2, requestsPerSession: 1, commandsPerRequest: 1, gapMs: 0, isRetransmitted: true },
    scheme: 'mock',
    parameters: { ...quickParameters, windowSlots: 4, checkpointInterval: 2, transferSlots: 4 },
    snapshots: { interval: 2, retainSlots: 0, stateBytes: 0, rot: 0 },
    succession: { trusts: [changes[change]], fromMs: 5, keepsAllianceKey: true, hasVoidControls: false },
  };
}

/** @returns how many boundaries between two steps the process has; of them every `stride`-th, from `first` on, is tried. */
export function tryBoundaries(change: Change, name: string, stride: number, first = 0): number {
  const scenario = scenarioOf(change);
  for (let boundary = first; ; boundary += stride) {
    const crash = { process: p(name), atMs: 0, afterEffects: boundary, downMs: boundary % 2 === 0 ? 3 : 300 };
    const { violation, coverage } = simulate({ ...scenario, faults: { ...scenario.faults, crashes: [crash] } });
    if (violation !== undefined) throw new Error(`${name} after ${boundary} steps: ${violation}`);
    if (!coverage.includes('crash')) return boundary;
  }
}
