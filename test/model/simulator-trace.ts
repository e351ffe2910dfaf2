/** The one place where the model meets the simulator: what happens in a run of it, told to the model's rules. */
import type { Scenario } from '../support/simulation/scenario.js';
import { Simulation } from '../support/simulation/simulation.js';
import type { SimulatedServer } from '../support/simulation/server.js';
import { type TraceSetting, TraceRules } from './trace-rules.js';

/** Runs a schedule, every step of its correct processes judged by the rules of its epoch. Throws where one is broken. */
export function judgeSchedule(
  scenario: Scenario,
  makeRules = (of: TraceSetting) => new TraceRules(of),
): readonly TraceRules[] {
  const simulation = new Simulation(scenario);
  const ofEpochs = new Map<number, TraceRules>();
  listen(simulation, ({ config: { epoch, system, leaders, start } }) => {
    const { universe } = system.processes;
    const byzantine = universe.of(scenario.byzantine.filter((process) => universe.indexOf(process) !== undefined));
    const rules = ofEpochs.get(epoch) ?? makeRules({ start: start?.slot ?? 0, system, leaders, byzantine });
    ofEpochs.set(epoch, rules);
    return rules;
  });
  const { violation } = simulation.run();
  if (violation !== undefined) throw new Error(violation);
  for (const rules of ofEpochs.values()) rules.finish();
  return [...ofEpochs.values()];
}

function listen({ servers, checkers, scenario }: Simulation, rulesOf: (server: SimulatedServer) => TraceRules): void {
  const isCorrect = (server: SimulatedServer): boolean => !scenario.byzantine.includes(server.me);
  const returning = new Set<SimulatedServer>();
  for (const server of [...servers.values()].filter(isCorrect)) {
    const feed = server.feed.bind(server);
    server.feed = (event) => {
      if (event._tag === 'Start') returning.add(server);
      if (event._tag === 'Message' && server.isUp) rulesOf(server).onReceived(server.me, event.message);
      feed(event);
    };
  }
  const onEffect = checkers.onEffect.bind(checkers);
  checkers.onEffect = (server, effect) => {
    const rules = rulesOf(server);
    if (returning.delete(server)) rules.onRestart(server.me, server.machine?.view.view ?? 1);
    rules.onEffect(server.me, effect);
    onEffect(server, effect);
  };
  const onSent = checkers.onSent.bind(checkers);
  checkers.onSent = (server, message) => {
    if (isCorrect(server)) rulesOf(server).onSent(server.me, message);
    onSent(server, message);
  };
}
