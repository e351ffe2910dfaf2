/** Runs of Paxos by chance: letters lost, doubled and overtaken, disks behind, processes without power. Same seed, same run. */
import { Prng } from '../../support/simulation/random.js';
import type { PaxosActor, PaxosSceneOptions } from './scene.js';
import { PaxosScene } from './scene.js';

interface Chances {
  readonly steps: number;
  readonly loss: number;
  readonly duplication: number;
  readonly crash: number;
  readonly requests: number;
}

export const rough: Chances = { steps: 1500, loss: 0.08, duplication: 0.08, crash: 0.01, requests: 8 };

const parameters = {
  windowSlots: 16,
  maxInFlight: 3,
  baseTimeoutMs: 100,
  maxTimeoutMs: 1000,
  statusMs: 20,
  idleStatusMs: 100,
};

/** Runs a schedule; throws where two processes decide differently. Then all is well, and the scene is played until it is quiet. */
export function runSchedule(seed: number, options: PaxosSceneOptions = {}, chances = rough): PaxosScene {
  const random = new Prng(seed);
  const scene = new PaxosScene({ parameters, ...options });
  for (const actor of scene.actors) actor.isHeld = true;
  let requested = 0;
  for (let step = 0; step < chances.steps; step++) {
    if (requested < chances.requests && random.chance(0.02)) {
      requested += 1;
      random.pick(scene.actors).request(scene.request(`command ${requested}`, 1, requested));
    }
    disturb(scene, random, chances);
  }
  heal(scene);
  for (let session = 1; session <= chances.requests; session++) {
    for (const actor of scene.actors) actor.request(scene.request(`command ${session}`, 1, session));
  }
  scene.play(6000);
  return scene;
}

function disturb(scene: PaxosScene, random: Prng, { loss, duplication, crash }: Chances): void {
  const actor = random.pick(scene.actors);
  if (random.chance(crash)) toggle(actor, random);
  if (random.chance(0.4)) actor.write();
  if (random.chance(0.02)) actor.compact();
  if (random.chance(0.15)) scene.advance(5);
  if (scene.letters.length === 0) return;
  const index = random.between(0, scene.letters.length - 1);
  if (random.chance(loss) || scene.letters.length > 200) scene.letters.splice(index, 1);
  else scene.deliverAt(index, !random.chance(duplication));
}

/** Power is lost, with some of what was under way written, or comes back. */
function toggle(actor: PaxosActor, random: Prng): void {
  if (actor.machine === undefined) actor.start();
  else actor.crash(random.between(0, 2));
}

function heal(scene: PaxosScene): void {
  for (const actor of scene.actors) {
    actor.isHeld = false;
    if (actor.machine === undefined) actor.start();
    while (!actor.isIdle) actor.write();
  }
}
