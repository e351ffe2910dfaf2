/** How tests go through changes of epoch in a simulation. A test file that uses it mocks `node:fs` by `failing`. */
import { expect } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { temporaryDirectory } from '../temporary-directory.js';
import { copyOf, type KeySet } from './alliance-files.js';
import { Chance } from './chance.js';
import { Liar, type Lie } from './liar.js';
import { calm, isRunning, Simulation, type Weather } from './simulation.js';
import type { LoggedAct } from './slot-execution.js';

const root = temporaryDirectory();
let copies = 0;

export async function begin(
  seed: number,
  keys: KeySet,
  lie?: Lie,
  loses?: (logged: LoggedAct) => boolean,
): Promise<Simulation> {
  const chance = new Chance(seed);
  copies += 1;
  const files = await copyOf(root, keys, `alliance-${copies}`);
  const liar =
    lie === undefined ? undefined : new Liar(chance.pick(['a/1', 'b/1', 'c/1', 'd/1']) as ProcessId, lie, chance);
  const simulation = await Simulation.begin(files, chance, liar);
  if (loses !== undefined) simulation.loses = loses;
  const isBegun = () =>
    loses === undefined ? isRunning(simulation) : simulation.governance.enacted.signature !== undefined;
  expect(await simulation.until(isBegun, 120_000)).toBe(true);
  return simulation;
}

export const refresh: Action = { _tag: 'refresh', lost: [] };

interface Wish {
  readonly actions?: readonly Action[];
  /** Three organizations abandon it then, if they can. */
  readonly abandonsAfterMs?: number | undefined;
}

/** Goes through one change, in this weather; then waits until everything is as it should be. */
export async function change(
  simulation: Simulation,
  weather: Weather,
  { actions = [refresh], abandonsAfterMs }: Wish = {},
): Promise<void> {
  const { checks } = simulation;
  const ended = (): number => checks.enacted.length + checks.abandoned.length;
  const before = ended();
  simulation.propose(actions);
  simulation.weather = weather;
  if (abandonsAfterMs !== undefined) {
    await simulation.until(() => ended() > before, abandonsAfterMs);
    const { change: underWay } = simulation.governance;
    if (underWay !== undefined && underWay.state !== 'activated')
      simulation.propose([{ _tag: 'abandon', change: underWay.number }]);
  }
  expect(await simulation.until(() => ended() > before, 500_000), 'the change has ended').toBe(true);
  simulation.weather = calm;
  for (const server of simulation.servers) server.refusal = 0;
  for (const { id, isAwake } of simulation.servers) if (!isAwake) await simulation.wake(id);
  const whole = await simulation.until(() => isWhole(simulation), 900_000);
  if (!whole) throw new Error(`not whole: ${told(simulation)}`);
}

/** Every correct server is in the epoch, has its shares, and has erased the others. */
export function isWhole(simulation: Simulation): boolean {
  const { governance, correct, liar } = simulation;
  const { document, without, sharings, change: underWay, time } = governance;
  if (underWay !== undefined || !isRunning(simulation) || !time.isOfThisEpoch) return false;
  if (without.some((id) => id !== liar?.id)) return false;
  const old = sharings.filter(
    (sharing) =>
      sharing !== sharings.findLast(({ role, epoch }) => role === sharing.role && epoch === sharing.epoch) ||
      sharing.epoch < document.epoch,
  );
  const isErased = old.every(({ holders, erased }) =>
    holders.every(({ id, key }) => id === liar?.id || erased.has(key)),
  );
  return isErased && correct.every(({ epoch, execution }) => epoch === document.epoch && execution.epoch === epoch);
}

export function told({ governance, servers, checks, upMs }: Simulation): string {
  const { document, without, change: underWay, sharings, enacted } = governance;
  return JSON.stringify({
    upMs,
    epoch: document.epoch,
    signed: enacted.signature !== undefined,
    without,
    change: underWay?.state,
    enacted: checks.enacted,
    abandoned: checks.abandoned,
    servers: servers.map(({ id, epoch, isAwake, execution, said }) => [
      id,
      epoch,
      isAwake,
      execution.slot,
      said.slice(-2),
    ]),
    sharings: sharings.map(({ role, epoch, erased, id }) => [role, epoch, erased.size, toHex(id).slice(0, 8)]),
  });
}
