import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../src/prelude/process.js';
import { Fault } from '../../src/cli/demo/fault.js';

const victim = 'acme/1' as ProcessId;

function setting(killAt: number, restartAt: number) {
  const said: string[] = [];
  const done: string[] = [];
  let die: () => void = () => undefined;
  const fault = new Fault(victim, {
    killAt,
    restartAt,
    say: (line) => said.push(line),
    kill: () => {
      done.push('kill');
      return new Promise((resolve) => {
        die = resolve;
      });
    },
    start: () => {
      done.push('start');
      return Promise.resolve(true);
    },
  });
  return {
    fault,
    said,
    done,
    die: () => {
      die();
    },
  };
}

describe('the fault of the tour', () => {
  it('strikes before the only line of a short file', async () => {
    const { fault, done, die } = setting(0, 1);
    fault.onCertified(0, 0);
    expect(done).toEqual(['kill']);
    fault.onCertified(1, performance.now());
    die();
    expect(await fault.end()).toBe(true);
    expect(done).toEqual(['kill', 'start']);
    expect(fault.recoveryMs).toBeGreaterThan(0);
  });

  it('starts the server only when the killed one is gone', async () => {
    const { fault, done, die } = setting(1, 2);
    fault.onCertified(1, 0);
    fault.onCertified(2, 0);
    await setImmediate();
    expect(done).toEqual(['kill']);
    die();
    await setImmediate();
    expect(done).toEqual(['kill', 'start']);
  });

  it('is over when a line is certified that was proposed after the kill', () => {
    const { fault, said } = setting(2, 9);
    fault.onCertified(2, performance.now());
    fault.onCertified(3, performance.now() - 1000);
    expect(fault.recoveryMs).toBe(0);
    fault.onCertified(4, performance.now());
    expect(fault.recoveryMs).toBeGreaterThan(0);
    expect(said).toHaveLength(2);
  });

  it('strikes and heals once', async () => {
    const { fault, done, die } = setting(1, 2);
    for (let count = 1; count < 9; count++) fault.onCertified(count, performance.now());
    die();
    await fault.end();
    expect(done).toEqual(['kill', 'start']);
  });
});
