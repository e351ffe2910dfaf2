import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import type { Sharing } from '../../../src/management/proposals/sharing.js';
import { overviewOf } from '../../../src/services/membership/overview.js';
import { fixedAlliance } from '../../management/fixed-alliance.js';
import { documentKey } from '../../management/governed-alliance.js';
import { World } from '../../management/governance/world.js';

/** One shared key, of epoch 1. */
const { governance } = World.running({ ...fixedAlliance(), documentKeys: [documentKey('receipts')] });
const founding = present(governance.sharings[0], 'a sharing');

function shown(...more: readonly Sharing[]) {
  const { sharings } = overviewOf({ ...governance, sharings: [...more, founding, ...more] }, []);
  return sharings.map(({ epoch, isInForce, isQualified, unerased }) => [
    epoch,
    isInForce,
    isQualified,
    unerased.length,
  ]);
}

function sharing(epoch: number, erasedCount: number): Sharing {
  const erased = new Set(founding.holders.slice(0, erasedCount).map(({ key }) => key));
  return { ...founding, id: digest(utf8(`sharing ${epoch}`)), epoch, erased };
}

describe('sharings in the overview', () => {
  it('are those of keys in force: of the epoch of the key, whatever came to nothing since', () => {
    expect(shown()).toEqual([[1, true, true, 4]]);
    const [[, isInForce] = []] = shown(sharing(2, 0)).filter(([epoch]) => epoch === 1);
    expect(isInForce).toBe(true);
  });

  it('are others too as long as those who have not erased their shares could use the key', () => {
    const old = (erasedCount: number) => shown(sharing(7, erasedCount)).filter(([epoch]) => epoch === 7);
    expect(old(0)).toEqual([
      [7, false, true, 4],
      [7, false, true, 4],
    ]);
    expect(old(2)).toEqual([
      [7, false, true, 2],
      [7, false, true, 2],
    ]);
    expect(old(3)).toEqual([]);
  });
});
