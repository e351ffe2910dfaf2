/** `koinon alliance`: how an alliance is founded, what it is, and what it has been. */
import type { Command } from 'commander';
import type { Session } from '../session.js';
import { registerAllianceAcknowledge } from './alliance/acknowledge.js';
import { registerAllianceAssemble } from './alliance/assemble.js';
import { registerAllianceDeal } from './alliance/deal.js';
import { registerAllianceShow } from './alliance/show.js';
import { registerAllianceTranscript } from './alliance/transcript.js';
import { registerAllianceVerify } from './alliance/verify.js';

const help = `
Examples:
  koinon alliance assemble acme.json globex.json initech.json umbrella.json --trust league.trust
  koinon alliance acknowledge alliance.json acme
  koinon alliance show league
  koinon alliance verify history.json --key alliance-key.pem
  koinon alliance transcript transcripts/change-3.transcript --history history.json`;

export function registerAlliance(program: Command, session: Session): void {
  const alliance = program
    .command('alliance')
    .description('found an alliance; show how it is governed; check its history')
    .addHelpText('after', help);
  registerAllianceAssemble(alliance, session);
  registerAllianceAcknowledge(alliance, session);
  registerAllianceShow(alliance, session);
  registerAllianceDeal(alliance, session);
  registerAllianceVerify(alliance, session);
  registerAllianceTranscript(alliance, session);
}
