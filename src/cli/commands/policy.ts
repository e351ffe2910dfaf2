/** `koinon policy`: who may act together, judged before it does harm. */
import type { Command } from 'commander';
import type { Session } from '../session.js';
import { registerPolicyCheck } from './policy/check.js';
import { registerPolicySearch } from './policy/search.js';
import { registerPolicyCompare } from './policy/compare.js';

export function registerPolicy(program: Command, session: Session): void {
  const policy = program.command('policy').description('judge access policies: who may act together');
  registerPolicyCheck(policy, session);
  registerPolicyCompare(policy, session);
  registerPolicySearch(policy, session);
}
