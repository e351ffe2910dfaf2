import { expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import { Enrolment } from '../../../src/cli/governance/enrolment.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';

const id = 'a/app' as ProcessId;
const { system } = fixedAlliance().trust;
const [first, second, third] = [...system.processes] as readonly ProcessId[] as [ProcessId, ProcessId, ProcessId];
const no = 'refused by the other side: application a/app is not enrolled';

async function isDenied(said: readonly (readonly [ProcessId, string])[]): Promise<boolean> {
  const enrolment = new Enrolment(id, system);
  let isOver = false;
  void enrolment.denied.then(() => {
    isOver = true;
  });
  for (const [server, reason] of said) enrolment.hear(server, reason);
  await Promise.resolve();
  return isOver;
}

it('an application is believed dismissed when servers of which one must be correct have said so', async () => {
  expect(
    await isDenied([
      [first, no],
      [second, no],
    ]),
  ).toBe(true);
  expect(
    await isDenied([
      [first, no],
      [first, no],
    ]),
  ).toBe(false);
  expect(
    await isDenied([
      [first, no],
      [second, 'cannot reach 127.0.0.1:7'],
    ]),
  ).toBe(false);
  expect(
    await isDenied([
      [first, no],
      [second, no.replace('a/app', 'a/other')],
    ]),
  ).toBe(false);
  expect(
    await isDenied([
      [first, no],
      ['z/1' as ProcessId, no],
    ]),
  ).toBe(false);
  // One that has changed its mind was in an earlier epoch.
  expect(
    await isDenied([
      [first, no],
      [first, 'the link was lost'],
      [second, no],
    ]),
  ).toBe(false);
  expect(
    await isDenied([
      [first, no],
      [first, 'the link was lost'],
      [second, no],
      [third, no],
    ]),
  ).toBe(true);
});
