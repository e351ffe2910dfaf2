/** What plainly cannot take effect is refused before it is sent. */
import { describe, expect, it } from 'vitest';
import { refusedAtPresent } from '../../../src/cli/governance/proposing.js';
import type { Seen } from '../../../src/client/governance/intentions.js';
import { describeManagementError } from '../../../src/management/governance/errors.js';
import type { Action } from '../../../src/management/proposals/action.js';
import { governedAlliance } from '../../management/governed-alliance.js';

const document = governedAlliance();

/** What servers show, as far as it is asked for. */
function seen(suspended: readonly string[], change?: object): Seen {
  const organizations = document.organizations.map(({ name }) => ({
    name,
    state: suspended.includes(name) ? 'suspended' : 'active',
  }));
  return { document, overview: { organizations, change } } as unknown as Seen;
}

function complaint(now: Seen, action: Action): string {
  const refused = refusedAtPresent(now, [action]);
  return refused === undefined ? 'none' : describeManagementError(refused);
}

const restore: Action = { _tag: 'restore', organization: 'a' };
const abandon: Action = { _tag: 'abandon', change: 7 };
const dayMs = 86_400_000;

describe('what is refused as things are', () => {
  it('is the end of a suspension that there is not', () => {
    expect(complaint(seen([]), restore)).toBe('action 1: a is not suspended');
    expect(complaint(seen(['b']), restore)).toBe('action 1: a is not suspended');
    expect(complaint(seen(['a']), restore)).toBe('none');
  });

  it('is to give up a change that is not under way, or that is made', () => {
    expect(complaint(seen([]), abandon)).toBe('action 1: change 7 is not under way');
    expect(complaint(seen([], { number: 6, state: 'gathering' }), abandon)).toBe('action 1: change 7 is not under way');
    expect(complaint(seen([], { number: 7, state: 'gathering' }), abandon)).toBe('none');
    expect(complaint(seen([], { number: 7, state: 'activated' }), abandon)).toBe(
      'change 7 is activated: it is not the time for "abandon" any more',
    );
  });

  it('is a suspension beyond the term, which is said in days', () => {
    const suspend = (lengthMs: number): Action => ({ _tag: 'suspend', organization: 'a', lengthMs });
    const { suspensionMs } = document.governance.terms;
    expect(complaint(seen([]), suspend(suspensionMs))).toBe('none');
    expect(complaint(seen([]), suspend(suspensionMs + 1))).toBe(
      `action 1: a suspension lasts ${suspensionMs / dayMs} days at most, and longer than nothing`,
    );
  });

  it('is nothing that needs a change of epoch', () => {
    expect(complaint(seen([]), { _tag: 'remove', organization: 'nobody' })).toBe('none');
  });
});
