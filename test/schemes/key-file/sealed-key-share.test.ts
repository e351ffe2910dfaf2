import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { canonicalJson } from '../../../src/prelude/codec.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { MultisigKeyShare } from '../../../src/schemes/multisig/key.js';
import type { KeyShareFile, SealedKeyShareFile } from '../../../src/schemes/key-file/key-file.js';
import { keyFileJson, parseKeyFile, printKeyFile } from '../../../src/schemes/key-file/key-file-codec.js';
import { openKeyShare, sealKeyShare } from '../../../src/schemes/key-file/sealed-key-share.js';
import { drawSealing, MasterKey, sealingLimits } from '../../../src/schemes/key-file/sealing.js';
import { right } from '../../support/right.js';
import { seededRandom } from '../../support/seeded-random.js';
import { multisigShare, rsaShare } from './keys.js';

const cheap = sealingLimits.minCost;
const random = seededRandom(3);
const masterOf = (passphrase: string, sealing = drawSealing(random, cheap)) =>
  MasterKey.derive(utf8(passphrase), sealing);
/** For what needs no master key of its own. */
const shared = masterOf('p');
const plainText = (file: KeyShareFile): string => printKeyFile(file);

describe('a key share under a passphrase', () => {
  it.each([
    ['multisig', multisigShare],
    ['shoup-rsa', rsaShare],
  ] as const)('opens with the passphrase alone: %s', async (_scheme, make) => {
    const master = await masterOf('correct horse');
    const sealed = sealKeyShare(make(), master);
    const read = right(parseKeyFile(printKeyFile(sealed))) as SealedKeyShareFile;
    const again = await masterOf('correct horse', read.sealing);
    expect(plainText(right(openKeyShare(read, again)))).toBe(plainText(make()));
    const other = await masterOf('correct house', read.sealing);
    expect(openKeyShare(read, other)).toEqual(E.left({ _tag: 'DoesNotOpen' }));
  });

  it('shows nothing of the secret', async () => {
    const file = multisigShare();
    const seed = (keyFileJson(file) as { share: { seed: string } }).share.seed;
    const master = await shared;
    expect(plainText(file)).toContain(seed);
    expect(printKeyFile(sealKeyShare(file, master))).not.toContain(seed);
    expect(Object.keys(master)).toEqual(['sealing']);
    expect(JSON.stringify(file)).not.toContain(seed);
    expect(inspect(file, { depth: 9 })).not.toContain(seed);
  });

  it.each<[string, (file: SealedKeyShareFile) => SealedKeyShareFile]>([
    ['another member', (file) => ({ ...file, process: 'globex' as ProcessId })],
    ['another key', (file) => ({ ...file, key: rsaShare().key })],
    ['another epoch', (file) => ({ ...file, key: { ...file.key, epoch: 7 } })],
    [
      'one bit of what is sealed',
      (file) => ({ ...file, sealed: file.sealed.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) }),
    ],
    [
      'one bit of the tag',
      (file) => ({ ...file, sealed: file.sealed.map((byte, at) => (at === file.sealed.length - 1 ? byte ^ 1 : byte)) }),
    ],
    ['a shorter tag', (file) => ({ ...file, sealed: file.sealed.subarray(0, -1) })],
    ['nothing sealed', (file) => ({ ...file, sealed: new Uint8Array(0) })],
    ['other parameters', (file) => ({ ...file, sealing: { ...file.sealing, p: 2 } })],
  ])('does not open with %s', async (_what, change) => {
    const master = await shared;
    const sealed = sealKeyShare(multisigShare(), master);
    expect(openKeyShare(change(sealed), master)).toEqual(E.left({ _tag: 'DoesNotOpen' }));
    expect(E.isRight(openKeyShare(sealed, master))).toBe(true);
  });

  it("is refused where somebody sealed another member's share in its place", async () => {
    const master = await shared;
    const file = multisigShare();
    const share = file.share as MultisigKeyShare;
    /** Says one thing when it is named and another when it is written. */
    class TwoFaced extends MultisigKeyShare {
      private asked = 0;
      constructor() {
        super(share.process, share.seed);
        Object.defineProperty(this, 'process', { get: () => (this.asked++ === 0 ? 'globex' : share.process) });
      }
    }
    const sealed = sealKeyShare({ ...file, share: new TwoFaced() }, master);
    expect(sealed.process).toBe('globex');
    expect(openKeyShare(sealed, master)).toEqual(E.left({ _tag: 'NoShareInside' }));
  });

  it('has a key of its own for each public part and salt', async () => {
    const [one, two] = [await shared, await masterOf('p')];
    expect(one.sealing.salt).not.toEqual(two.sealing.salt);
    const [first, second] = [utf8(canonicalJson({ a: 1 })), utf8(canonicalJson({ a: 2 }))];
    const keys = [one.fileKey(first), one.fileKey(second), two.fileKey(first)].map((key) =>
      Buffer.from(key).toString('hex'),
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toHaveLength(64);
  });

  it('is gone with its master key', async () => {
    const master = await masterOf('p');
    const sealed = sealKeyShare(multisigShare(), master);
    master.erase();
    expect(openKeyShare(sealed, master)).toEqual(E.left({ _tag: 'DoesNotOpen' }));
  });
});

describe('parameters that a file asks for', () => {
  const asking = async (change: object): Promise<string> => {
    const sealed = sealKeyShare(multisigShare(), await shared);
    const json = keyFileJson(sealed) as { sealing: object };
    return JSON.stringify({ ...json, sealing: { ...json.sealing, ...change } });
  };

  it.each<[string, object, string]>([
    ['too little cost', { n: cheap / 2 }, '/sealing/n'],
    ['too much cost', { n: sealingLimits.maxCost * 2 }, '/sealing/n'],
    ['a cost that is no power of two', { n: cheap + 1 }, '/sealing/n'],
    ['a wide block', { r: 1024 }, '/sealing/r'],
    ['a narrow block', { r: 1 }, '/sealing/r'],
    ['much parallelism', { p: sealingLimits.maxParallelism + 1 }, '/sealing/p'],
    ['no parallelism', { p: 0 }, '/sealing/p'],
    ['a short salt', { salt: '00' }, '/sealing/salt'],
    ['another function', { kdf: 'pbkdf2' }, '/sealing/kdf'],
  ])('are refused: %s', async (_what, change, path) => {
    expect(parseKeyFile(await asking(change))).toMatchObject(E.left({ path }));
  });

  it('are accepted up to the limits', async () => {
    const most = { n: sealingLimits.maxCost, p: sealingLimits.maxParallelism };
    expect(E.isRight(parseKeyFile(await asking(most)))).toBe(true);
    expect(drawSealing(random).n).toBe(1 << 17);
  });
});
