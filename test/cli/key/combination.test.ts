/** What is said where nothing came of combining. */
import { describe, expect, it } from 'vitest';
import { describeShortage } from '../../../src/cli/key/use/combination.js';
import { Universe } from '../../../src/prelude/process.js';
import { id } from '../../schemes/shoup-rsa/setup.js';

const among = new Universe(['acme', 'globex'].map(id));

describe('shares that cannot be combined', () => {
  it('are said to be bad where somebody may be to blame, and the key where nobody is', () => {
    const reasonOf = (...names: readonly string[]) =>
      describeShortage({ _tag: 'unattributable', suspects: among.of(names.map(id)) }).reason;
    expect(reasonOf('acme', 'globex')).toBe('a share is bad, and shares of this key cannot show whose: acme, globex');
    expect(reasonOf()).toBe(
      "every share passes its check, and yet they give no result: the key's primes are not what its dealer said; replace the key",
    );
  });
});
