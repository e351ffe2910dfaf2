/** Rule R11's controls: what each does, every way in which one is void, and the state's own bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { readAll, Writer } from '../../src/prelude/canonical.js';
import { digest, type Digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import {
  applyControl,
  type Control,
  encodeControl,
  type EpochChange,
  type EpochRules,
  type NextConfiguration,
  noEpochChange,
  readControl,
  readEpochChange,
  readyStatement,
  writeEpochChange,
} from '../../src/consensus/epoch-change.js';
import { ed25519Sign, ed25519Verify, publicKeyFromSeed } from '../../src/schemes/ed25519/ed25519.js';
import { right } from '../support/right.js';
import { testSeed } from '../support/signers.js';
import { trust } from '../support/trust.js';

const allianceId = digest(utf8('alliance'));
const keyId = digest(utf8('identities of epoch 4'));
const [one, other, unknown] = ['one', 'other', 'unknown'].map((text) => digest(utf8(text))) as [Digest, Digest, Digest];
const { system } = trust('f=1 of (a, b, c, d)');
const ids = system.processes.universe.ids;

const verify = (process: ProcessId, statement: Uint8Array, signature: Uint8Array): boolean =>
  ed25519Verify(publicKeyFromSeed(testSeed(process)), statement, signature);
const next: NextConfiguration = { system, identities: { keyId, verify } };
const rules: EpochRules = {
  allianceId,
  epoch: 3,
  windowSlots: 150,
  checkpointInterval: 64,
  configurationOf: (named) => ([one, other].includes(named) ? next : undefined),
};

const prepare = (configuration = one): Control => ({ _tag: 'Prepare', configuration });
const activate = (configuration = one): Control => ({ _tag: 'Activate', configuration });
const context = { allianceId, keyId, epoch: 4 };

interface Signed {
  readonly position?: number;
  readonly configuration?: Digest;
  readonly said?: Digest;
  readonly by?: number;
  readonly in?: Partial<typeof context>;
}

function ready({ position = 0, configuration = one, said = configuration, by = position, in: where }: Signed): Control {
  const signer = ids[by] ?? ('stranger' as ProcessId);
  const signature = ed25519Sign(testSeed(signer), readyStatement({ ...context, ...where }, said));
  return { _tag: 'Ready', configuration, position, signature };
}

/** The controls at slots 1, 2, …; the last at `slot`. */
function run(controls: readonly Control[], slot = controls.length): EpochChange {
  return controls.reduce<EpochChange>(
    (change, control, index) => applyControl(change, index + 1 === controls.length ? slot : index + 1, control, rules),
    noEpochChange,
  );
}

const readied = [prepare(), ready({ position: 2 }), ready({ position: 0 }), ready({ position: 3 })];

describe('an epoch change', () => {
  it('is prepared, made ready by a recovery quorum, and activated', () => {
    expect(run(readied)).toEqual({ _tag: 'Prepared', configuration: one, ready: [0, 2, 3] });
    expect(run([...readied, activate()], 200)).toEqual({
      _tag: 'Activated',
      boundary: { since: 200, slot: 384, configuration: one },
    });
  });

  it.each([
    [42, 192],
    [43, 256],
    [106, 256],
    [107, 320],
  ])('activated in slot %i ends with the first checkpoint a window above, %i', (since, slot) => {
    expect(run([...readied, activate()], since)).toMatchObject({ boundary: { since, slot } });
  });

  it.each<[string, readonly Control[], Control]>([
    ['PREPARE of an unknown configuration', [], prepare(unknown)],
    ['PREPARE of an unknown configuration after another', readied, prepare(unknown)],
    ['the same PREPARE again', readied, prepare()],
    ['READY before any PREPARE', [], ready({})],
    ['READY for another configuration', readied, ready({ position: 1, configuration: other })],
    ['READY for an unknown configuration', readied, ready({ position: 1, configuration: unknown })],
    ['READY twice', readied, ready({ position: 2 })],
    ['READY of a process that the configuration has not', readied, ready({ position: 4, by: 1 })],
    ['READY signed by another', readied, ready({ position: 1, by: 0 })],
    ['READY signed by a stranger', readied, ready({ position: 1, by: 9 })],
    ['READY that says another configuration', readied, ready({ position: 1, said: other })],
    ['READY for another epoch', readied, ready({ position: 1, in: { epoch: 3 } })],
    ['READY in another alliance', readied, ready({ position: 1, in: { allianceId: keyId } })],
    ['READY under another key', readied, ready({ position: 1, in: { keyId: allianceId } })],
    ['READY for a PREPARE that was replaced', [...readied, prepare(other)], ready({ position: 1 })],
    ['ACTIVATE before any PREPARE', [], activate()],
    ['ACTIVATE with too few READY', readied.slice(0, 3), activate()],
    ['ACTIVATE of another configuration', readied, activate(other)],
    ['ACTIVATE of an unknown configuration', readied, activate(unknown)],
    ['ACTIVATE for a PREPARE that was replaced', [...readied, prepare(other)], activate()],
    ['ACTIVATE of what was replaced and prepared again', [...readied, prepare(other), prepare()], activate()],
    ['a second ACTIVATE', [...readied, activate()], activate()],
    ['PREPARE after ACTIVATE', [...readied, activate()], prepare(other)],
    ['READY after ACTIVATE', [...readied, activate()], ready({ position: 1 })],
  ])('B22: does not change by %s', (_, before, control) => {
    const change = run(before);
    expect(applyControl(change, 1000, control, rules)).toBe(change);
  });

  it('begins anew with another PREPARE', () => {
    expect(run([...readied, prepare(other)])).toEqual({ _tag: 'Prepared', configuration: other, ready: [] });
    const again = [1, 2, 3].map((position) => ready({ position, configuration: other }));
    expect(run([...readied, prepare(other), ...again, activate(other)], 1)).toMatchObject({ _tag: 'Activated' });
  });

  it('does not change once management no longer knows the configuration', () => {
    const change = run(readied);
    expect(applyControl(change, 9, activate(), { ...rules, configurationOf: () => undefined })).toBe(change);
  });
});

const anyDigest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Digest);
const u16 = fc.integer({ min: 0, max: 2 ** 16 - 1 });
const u64 = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1 });

const anyChange: fc.Arbitrary<EpochChange> = fc.oneof(
  fc.constant(noEpochChange),
  fc.record({
    _tag: fc.constant('Prepared' as const),
    configuration: anyDigest,
    ready: fc.uniqueArray(u16, { maxLength: 9 }).map((positions) => positions.sort((a, b) => a - b)),
  }),
  fc.tuple(u64, u64, anyDigest).map(([a, b, configuration]) => ({
    _tag: 'Activated' as const,
    boundary: { since: Math.min(a, b), slot: Math.max(a, b) + 1, configuration },
  })),
);

const anyControl: fc.Arbitrary<Control> = fc.oneof(
  anyDigest.map(prepare),
  anyDigest.map(activate),
  fc.record({
    _tag: fc.constant('Ready' as const),
    configuration: anyDigest,
    position: u16,
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  }),
);

const encodeChange = (change: EpochChange): Uint8Array => {
  const writer = new Writer();
  writeEpochChange(writer, change);
  return writer.finish();
};

describe('the encoding', () => {
  it('of every state and control is read back, and of nothing else', () => {
    fc.assert(
      fc.property(anyChange, anyControl, fc.nat(), (change, control, at) => {
        expect(right(readAll(encodeChange(change), readEpochChange))).toEqual(change);
        expect(right(readAll(encodeControl(control), readControl))).toEqual(control);
        const bytes = encodeChange(change);
        const changed = bytes.map((byte, index) => (index === at % bytes.length ? byte ^ (1 << (at % 8)) : byte));
        const read = readAll(changed, readEpochChange);
        if (E.isRight(read)) expect(encodeChange(read.right)).toEqual(changed);
      }),
    );
  });

  it.each<[string, (writer: Writer) => Writer, string]>([
    [
      'positions that do not ascend',
      (w) => w.bool(true).fixed(one).u32(2).u16(3).u16(3).bool(false),
      'positions that ascend',
    ],
    [
      'two stages',
      (w) => w.bool(true).fixed(one).u32(0).bool(true).u64(1).u64(64).fixed(one),
      'one stage of an epoch change',
    ],
    [
      'a boundary of slot 0',
      (w) => w.bool(false).bool(true).u64(0).u64(64).fixed(one),
      'a boundary above the slot of its ACTIVATE',
    ],
    [
      'a boundary below',
      (w) => w.bool(false).bool(true).u64(64).u64(64).fixed(one),
      'a boundary above the slot of its ACTIVATE',
    ],
    ['too many positions', (w) => w.bool(true).fixed(one).u32(65_537), 'at most 65536 items'],
  ])('of a state with %s is refused', (_, write, expected) => {
    expect(readAll(write(new Writer()).finish(), readEpochChange)).toMatchObject({ left: { expected } });
  });

  it('of no control is refused', () => {
    expect(readAll(new Writer().u8(3).fixed(one).finish(), readControl)).toMatchObject({
      left: { expected: 'a control' },
    });
    expect(E.isLeft(readAll(new Uint8Array([...encodeControl(prepare()), 0]), readControl))).toBe(true);
  });
});
