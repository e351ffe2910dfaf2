/** Boxes of ceremonies as a thief finds them in the log on a disk that it copied, and whatever on disks might open them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../src/prelude/bytes.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Attempt } from '../../src/management/changes/attempt.js';
import { openBox, type BoxAddress } from '../../src/schemes/ceremony/sealing/sealed-box.js';
import { oneTimeKeyLength, publicKeyOf } from '../../src/schemes/ceremony/sealing/one-time-key.js';
import type { Loot } from '../../src/cli/demo/thief.js';
import { loadServerDirectory } from '../../src/server/directory/server-directory.js';
import { parsePrivateKey } from '../../src/server/directory/private-key-file.js';
import { DecidedLog } from '../../src/server/log/decided-log.js';
import { managedServices, noApplications } from '../../src/server/services.js';
import { Executor } from '../../src/server/state/executor.js';
import { openLogStore } from '../../src/storage/lmdb.js';
import { right } from '../support/right.js';

export interface SealedBox {
  readonly address: BoxAddress;
  /** The receiver's, as it announced it. */
  readonly receiverKey: Uint8Array;
  readonly box: Uint8Array;
}

/** The attempts at ceremonies that came to something, replayed from the first slot on. */
export async function attemptsIn({ path }: Pick<Loot, 'path'>): Promise<readonly Attempt[]> {
  const { alliance, allianceId, former, dataPath } = right(await loadServerDirectory(path)());
  const services = managedServices(former.get(1)?.alliance ?? alliance, noApplications);
  const executor = new Executor({ allianceId, ...services });
  const found = new Map<string, Attempt>();
  const store = right(await openLogStore(join(dataPath, 'log'))());
  const log = new DecidedLog(store, allianceId, (error) => {
    throw error;
  });
  const replayed = log.recover(undefined, (slot, chain, batch) => {
    executor.execute(slot, chain, batch);
    const { change } = services.membership.governance;
    if (change === undefined || change.state === 'gathering') return;
    for (const attempt of change.moves.attempts) found.set(toHex(attempt.name.ceremonyId), attempt);
  });
  right(replayed);
  await store.close();
  return [...found.values()].filter(({ state }) => state._tag === 'committed');
}

/** What every dealer sealed for `receiver`. */
export function boxesFor(receiver: ProcessId, attempts: readonly Attempt[]): readonly SealedBox[] {
  return attempts.flatMap(({ setting, board }) =>
    [...board.transcript.deals].flatMap(([sender, { boxes }]): SealedBox[] => {
      const receiverKey = board.transcript.keys.get(receiver)?.deal.get(sender);
      const box = boxes.get(receiver);
      const address = { ceremonyId: setting.id, purpose: 'deal', sender, receiver } as const;
      return receiverKey === undefined || box === undefined ? [] : [{ address, receiverKey, box }];
    }),
  );
}

/** Boxes that open with one of these secrets. */
export function opened(boxes: readonly SealedBox[], secrets: readonly Uint8Array[]): readonly SealedBox[] {
  const byKey = new Map(boxes.map((sealed) => [toHex(sealed.receiverKey), sealed]));
  return secrets.flatMap((secret) => {
    const sealed = byKey.get(toHex(publicKeyOf(secret)));
    return sealed !== undefined && openBox(sealed.address, secret, sealed.box) !== undefined ? [sealed] : [];
  });
}

/**
 * Whatever might be a private key of 32 bytes: every stretch of that length in a file that is secret, as it lies there and as its
 * hexadecimal and base64 parts say; and of an Ed25519 key also what becomes of it on the other form of its curve.
 */
export function secretsOn(...paths: readonly string[]): readonly Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (const file of paths.flatMap(secretFilesBelow)) {
    const bytes = readFileSync(file);
    const text = bytes.toString('latin1');
    const hex = [...text.matchAll(/[0-9a-f]{64,}/g)].flatMap(
      ([digits]) => fromHex(digits.slice(0, digits.length & ~1)) ?? [],
    );
    const base64 = [...text.matchAll(/[A-Za-z0-9+/=\n]{40,}/g)].map(([part]) => Buffer.from(part, 'base64'));
    const seed = parsePrivateKey(text);
    const converted =
      seed === undefined ? [] : [createHash('sha512').update(seed).digest().subarray(0, oneTimeKeyLength)];
    for (const source of [bytes, ...hex, ...base64, ...converted])
      for (let start = 0; start + oneTimeKeyLength <= source.length; start++) {
        const secret = Uint8Array.from(source.subarray(start, start + oneTimeKeyLength));
        found.set(toHex(secret), secret);
      }
  }
  return [...found.values()];
}

/** What its owner alone may read, but for the log, which everybody has. */
function secretFilesBelow(path: string): readonly string[] {
  return filesBelow(path).filter((file) => (statSync(file).mode & 0o077) === 0 && !file.includes('/data/'));
}

export function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(full) : [full];
  });
}
