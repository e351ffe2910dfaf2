/** `npm run bench [-- SUBJECT [options]]`: one subject by name, or all that need nothing but this package, one after another. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const alone: Readonly<Record<string, string>> = {
  'shoup-rsa': './shoup-rsa.bench.js',
  bls: './bls.bench.js',
  consensus: './consensus/main.js',
  quorum: './quorum.bench.js',
  'quorum-reports': './quorum-reports.bench.js',
};
/** Those that write to the disk or need other software; only by name. */
const byName: Readonly<Record<string, string>> = {
  storage: './storage.bench.js',
  cluster: './cluster/main.js',
  epochs: './epochs.bench.js',
};

const [name, ...options] = process.argv.slice(2);
const chosen = name === undefined ? Object.values(alone) : [{ ...alone, ...byName }[name]];
for (const file of chosen) {
  if (file === undefined) {
    console.error(`no subject ${String(name)}: ${[...Object.keys(alone), ...Object.keys(byName)].join(', ')}`);
    process.exit(2);
  }
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { status } = spawnSync(process.execPath, [...process.execArgv, path, ...options], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
