/** `koinon member`: the organizations of an alliance. */
import type { Command } from 'commander';
import type { Session } from '../session.js';
import {
  registerMemberAdmit,
  registerMemberRemove,
  registerMemberReplace,
  registerMemberRestore,
  registerMemberSuspend,
} from './member/propose.js';
import { registerMemberAcknowledge } from './member/acknowledge.js';
import { registerMemberList, registerMemberShow } from './member/show.js';

const help = `
Whatever changes is proposed, after a dry run, and voted on like anything else (koinon proposal). Where servers come or go, the
trust model is adapted: the same shape with the servers that there will be. Give another with --trust.

Examples:
  koinon member list league --as acme/app
  koinon member admit league hooli.json --as acme/app --dry-run
  koinon member suspend league initech --for 1h --as acme/app`;

export function registerMember(program: Command, session: Session): void {
  const member = program
    .command('member')
    .description('the organizations of an alliance: who belongs to it, and proposals to change that')
    .addHelpText('after', help);
  registerMemberList(member, session);
  registerMemberShow(member, session);
  registerMemberAdmit(member, session);
  registerMemberAcknowledge(member, session);
  registerMemberRemove(member, session);
  registerMemberReplace(member, session);
  registerMemberSuspend(member, session);
  registerMemberRestore(member, session);
}
