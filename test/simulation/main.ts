/** `npm run sim -- --schedules N [--seed S]`: random schedules over the whole matrix; exits 1 at the first violation, with its seed. */
import { simulate, Simulation } from '../support/simulation/simulation.js';
import { randomScenario } from './matrix.js';
import { shrink } from './shrink.js';

function numberAfter(name: string, otherwise: number): number {
  const index = process.argv.indexOf(name);
  const value = index < 0 ? otherwise : Number(process.argv[index + 1]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`${name} is followed by a whole number\n`);
  process.exit(2);
}

const schedules = numberAfter('--schedules', 1000);
const firstSeed = numberAfter('--seed', 1);
const keepsGoing = process.argv.includes('--all');
const startedMs = Date.now();
let steps = 0;
let failures = 0;

for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
  const scenario = randomScenario(seed);
  const outcome = simulate(scenario);
  steps += outcome.steps;
  if (outcome.violation !== undefined) {
    failures += 1;
    const { trust, adversary, byzantine } = scenario;
    process.stdout.write(`seed ${seed}: ${trust}; ${adversary} ${byzantine.join(' ')}: ${outcome.violation}\n`);
    if (!keepsGoing) {
      const small = shrink(scenario);
      process.stdout.write(`shrunk to ${JSON.stringify(small)}\n`);
      if (process.argv.includes('--story')) process.stdout.write(`${tell(small)}\n`);
      process.exit(1);
    }
  }
  const done = seed - firstSeed + 1;
  if (done % 100 === 0 || done === schedules) {
    const seconds = (Date.now() - startedMs) / 1000;
    process.stdout.write(`${done} schedules, ${steps} effects, ${failures} violations, ${seconds.toFixed(1)} s\n`);
  }
}
process.exit(failures === 0 ? 0 : 1);

function tell(scenario: Parameters<typeof shrink>[0]): string {
  const simulation = new Simulation(scenario, true);
  const { story, violation } = simulation.run();
  return [...story.slice(-400), violation ?? 'no violation'].join('\n');
}
