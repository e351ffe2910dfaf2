/**
 * Completes package-lock.json after a change of dependencies: a registry that does not offer every platform's optional
 * packages leaves them out of the lock, and `npm ci` then refuses it everywhere. Each gets an entry for its platform, which is
 * fetched only there. Usage: node .ci/complete-lock.mjs
 */
import { readFileSync, writeFileSync } from 'node:fs';

const platform =
  /(darwin|win32|linux|android|freebsd|openharmony|openbsd|netbsd|sunos|aix)-(arm64|x64|arm|ia32|ppc64|s390x|riscv64)/;

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const packages = lock.packages;
let added = 0;
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const [, os, cpu] = platform.exec(name) ?? [];
    const place = `node_modules/${name}`;
    if (os === undefined || packages[place] !== undefined || packages[`${path}/${place}`] !== undefined) continue;
    const libc = name.endsWith('-musl') ? { libc: ['musl'] } : {};
    packages[place] = { version, cpu: [cpu], ...(entry.dev ? { dev: true } : {}), optional: true, os: [os], ...libc };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added`);
