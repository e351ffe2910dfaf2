/** `koinon key`: keys along a policy, dealt, used, refreshed and moved offline. */
import type { Command } from 'commander';
import type { Session } from '../session.js';
import { registerKeyCombine } from './key/combine.js';
import { registerKeyDeal } from './key/deal.js';
import { registerKeyExport } from './key/export.js';
import { registerKeyInspect } from './key/inspect.js';
import { registerKeyRefresh } from './key/refresh.js';
import { registerKeyReshare } from './key/reshare.js';
import { registerKeyShare } from './key/share.js';
import { registerKeyTimeLock } from './key/time-lock.js';
import { registerKeyVerify } from './key/verify.js';

const help = `
Examples:
  koinon key deal --policy '2 of (acme, globex, initech)' --scheme shoup-rsa --out league
  koinon key share --key league/shares/acme.json --in contract.pdf --out acme.share
  koinon key combine --public league --in contract.pdf --out contract.sig acme.share globex.share
  openssl dgst -sha256 -verify league/public.pem -signature contract.sig contract.pdf`;

export function registerKey(program: Command, session: Session): void {
  const key = program
    .command('key')
    .description('keys that a policy holds: deal, sign, combine, verify, refresh, move')
    .addHelpText('after', help);
  registerKeyDeal(key, session);
  registerKeyShare(key, session);
  registerKeyCombine(key, session);
  registerKeyVerify(key, session);
  registerKeyRefresh(key, session);
  registerKeyReshare(key, session);
  registerKeyExport(key, session);
  registerKeyInspect(key, session);
  registerKeyTimeLock(key, session);
}
