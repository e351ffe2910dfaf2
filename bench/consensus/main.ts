/**
 * What consensus costs in one process: `npm run bench -- consensus [--only messages|throughput|view-change] [--seconds 2]
 * [--rounds 3] [--n 4,6,7,13,31] [--schemes multisig,bls] [--certificates multisig,threshold] [--outstanding 1024]
 * [--slots 1,64,1024]`. Ratios are to the first n, the first scheme and the first number of slots.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { describeTrust, schemeNames } from './alliance.js';
import { reportMessages } from './messages.js';
import { slowKeyModes } from './slow-key.js';
import { reportThroughput } from './throughput.js';
import { reportViewChanges } from './view-change.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    n: { type: 'string', default: '4,6,7,13,31' },
    schemes: { type: 'string', default: schemeNames.join() },
    certificates: { type: 'string', default: slowKeyModes.join() },
    outstanding: { type: 'string', default: '1024' },
    slots: { type: 'string', default: '1,64,1024' },
  },
});
const numbers = (text: string): readonly number[] => text.split(',').map(Number);
const [sizes, slots, rounds] = [numbers(values.n), numbers(values.slots), Number(values.rounds)];
const chosen = values.schemes.split(',');
const schemes = schemeNames.filter((name) => chosen.includes(name));
const forms = values.certificates.split(',');
const modes = slowKeyModes.filter((mode) => forms.includes(mode));
const [outstanding, seconds] = [Number(values.outstanding), Number(values.seconds)];

const parts: Readonly<Record<string, () => Promise<void>>> = {
  messages: () => reportMessages(sizes, modes),
  throughput: () => reportThroughput({ sizes, schemes, modes, outstanding, seconds, rounds }),
  'view-change': () => reportViewChanges({ sizes, slots, schemes, modes, rounds }),
};
if (schemes.length !== chosen.length) fail(`no such scheme: ${chosen.join()}; there are ${schemeNames.join()}`);
if (modes.length !== forms.length) fail(`no such certificates: ${forms.join()}; there are ${slowKeyModes.join()}`);
const wanted = Object.entries(parts).filter(([name]) => name === (values.only ?? name));
if (wanted.length === 0) fail(`no such part: ${String(values.only)}; there are ${Object.keys(parts).join()}`);

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `Trust models: ${sizes.map(describeTrust).join('; ')}. Slow key, for commit certificates: ${modes.join()}.`,
);
for (const [, report] of wanted) await report();
process.exit(0);

function fail(reason: string): never {
  console.error(reason);
  process.exit(2);
}
