/** The one place where the model meets the simulator: what happens in a run of it, told to the model's rules. */
import { present } from '../../src/prelude/invariant.js';
import type { Scenario } from '../support/simulation/scenario.js';
import { Simulation } from '../support/simulation/simulation.js';
import type { SimulatedServer } from '../support/simulation/server.js';
import { type TraceSetting, TraceRules } from './trace-rules.js';

/** Runs a schedule, every step of its correct processes judged. Throws where a rule is broken. */
export function judgeSchedule(scenario: Scenario, makeRules = (of: TraceSetting) => new TraceRules(of)): TraceRules {
  const simulation = new Simulation(scenario);
  const [first] = [...simulation.servers.values()];
  const { system, leaders } = present(first, 'somebody is simulated').config;
  const rules = makeRules({ system, leaders, byzantine: system.processes.universe.of(scenario.byzantine) });
  listen(simulation, rules);
  const { violation } = simulation.run();
  if (violation !== undefined) throw new Error(violation);
  rules.finish();
  return rules;
}

function listen({ servers, checkers, scenario }: Simulation, rules: TraceRules): void {
  const isCorrect = (server: SimulatedServer): boolean => !scenario.byzantine.includes(server.me);
  const returning = new Set<SimulatedServer>();
  for (const server of [...servers.values()].filter(isCorrect)) {
    const feed = server.feed.bind(server);
    server.feed = (event) => {
      if (event._tag === 'Start') returning.add(server);
      if (event._tag === 'Message' && server.isUp) rules.onReceived(server.me, event.message);
      feed(event);
    };
  }
  const onEffect = checkers.onEffect.bind(checkers);
  checkers.onEffect = (server, effect) => {
    if (returning.delete(server)) rules.onRestart(server.me, server.machine?.view.view ?? 1);
    rules.onEffect(server.me, effect);
    onEffect(server, effect);
  };
  const onSent = checkers.onSent.bind(checkers);
  checkers.onSent = (server, message) => {
    if (isCorrect(server)) rules.onSent(server.me, message);
    onSent(server, message);
  };
}
