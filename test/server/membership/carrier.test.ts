/** What carries a server's acts into the log: again until they are delivered, so many at once, and none for ever. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Request } from '../../../src/consensus/batch.js';
import { Carrier } from '../../../src/server/membership/carrier.js';
import type { ExecutedCommand } from '../../../src/server/state/executor.js';

const me = 'a/1' as ProcessId;
const session = 7;
const act = Uint8Array.of(1, 2, 3);
/** More than a command holds. */
const longAct = new Uint8Array(200_000);

let carrier: Carrier;
let submitted: Request[];
let nowMs: number;

beforeEach(() => {
  [submitted, nowMs] = [[], 0];
  carrier = new Carrier({
    me,
    session,
    sign: (request) => ({ ...request, signature: new Uint8Array(64) }),
    submit: (request) => submitted.push(request),
    clock: () => nowMs,
  });
});

/** The commands of a request, as the log delivers them. */
function executed({ firstSequence, commands }: Request, from = me, of = session): readonly ExecutedCommand[] {
  return commands.map((command, index) => ({
    delivered: { slot: 1, index, client: from, session: of, sequence: firstSequence + index, command },
    result: new Uint8Array(),
  }));
}

async function deliver(request: Request | undefined): Promise<void> {
  if (request === undefined) throw new Error('nothing was submitted');
  carrier.onExecuted(executed(request));
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
}

describe('what others bring', () => {
  const brought = (number: number, length = 2) => new Uint8Array(length).fill(number);

  it('waits once, however often it is brought', () => {
    for (let count = 0; count < 100; count++) expect(carrier.bring(act)).toBe(true);
    expect(submitted).toHaveLength(1);
  });

  it('is so many acts at most, and leaves the server room for its own', async () => {
    const taken = Array.from({ length: 100 }, (_, number) => carrier.bring(brought(number)));
    expect(taken.filter((each) => each)).toHaveLength(64);
    expect(carrier.carry(act)).toBe(true);
    await deliver(submitted[0]);
    expect(carrier.bring(brought(99))).toBe(true);
    expect(carrier.bring(brought(98))).toBe(false);
  });

  it('is so many bytes at most', () => {
    const taken = Array.from({ length: 5 }, (_, number) => carrier.bring(brought(number, 512 * 1024)));
    expect(taken).toEqual([true, true, true, true, false]);
  });
});

describe('a carrier', () => {
  it('sends an act at once, and again until it is delivered', async () => {
    expect(carrier.carry(act)).toBe(true);
    expect(submitted).toHaveLength(1);
    carrier.tick();
    expect(submitted).toHaveLength(1);
    nowMs = 1000;
    carrier.tick();
    nowMs = 3000;
    carrier.tick();
    expect(submitted).toHaveLength(3);
    expect(new Set(submitted).size).toBe(1);
    await deliver(submitted[0]);
    nowMs = 100_000;
    carrier.tick();
    expect(submitted).toHaveLength(3);
  });

  it('takes what others say, and what was said in an earlier session, for nothing of its own', () => {
    carrier.carry(act);
    const [request] = submitted;
    if (request === undefined) throw new Error('nothing was submitted');
    carrier.onExecuted([...executed(request, 'b/1' as ProcessId), ...executed(request, me, session - 1)]);
    nowMs = 1000;
    carrier.tick();
    expect(submitted).toHaveLength(2);
  });

  it('cuts what is longer than a command, and numbers the pieces in their order', () => {
    carrier.carry(longAct);
    const sequences = submitted.flatMap(({ firstSequence, commands }) =>
      commands.map((_, index) => firstSequence + index),
    );
    expect(sequences.length).toBeGreaterThan(1);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('has room for 256 acts, each until it is delivered whole', async () => {
    for (let count = 0; count < 256; count++) expect(carrier.carry(act)).toBe(true);
    expect(carrier.carry(act)).toBe(false);
    await deliver(submitted[0]);
    expect(carrier.carry(act)).toBe(true);
    expect(carrier.carry(act)).toBe(false);
  });

  it('knows that what comes before a command was delivered, though in slots that were not executed here', async () => {
    for (let count = 0; count < 256; count++) carrier.carry(act);
    await deliver(submitted.at(-1));
    nowMs = 100_000;
    carrier.tick();
    expect(submitted).toHaveLength(256);
    expect(carrier.carry(act)).toBe(true);
  });

  it('sends nothing more when it is closed', () => {
    carrier.carry(act);
    carrier.close();
    nowMs = 100_000;
    carrier.tick();
    expect(submitted).toHaveLength(1);
  });
});
