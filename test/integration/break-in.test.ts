/**
 * Somebody copies the disks of one server after another, with all their long-term keys and those of their organizations, and has the
 * whole log. Two disks of one epoch sign for the alliance. Where new shares were made in between, they do not, and neither do three.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { Assembly } from '../../src/cli/demo/assembly.js';
import { forge, type Loot, readLoot } from '../../src/cli/demo/thief.js';
import { chainStart } from '../../src/consensus/statement.js';
import { certificateStatement } from '../../src/client/verify.js';
import type { Alliance } from '../../src/management/alliance.js';
import type { KeyRole } from '../../src/management/proposals/action.js';
import { keyOfRole, roleName } from '../../src/management/proposals/key-roles.js';
import { publicKeyOf } from '../../src/schemes/ceremony/sealing/one-time-key.js';
import { sealBox } from '../../src/schemes/ceremony/sealing/sealed-box.js';
import { secretsOf } from '../../src/schemes/contract/linear-key-share.js';
import { publicVerifier } from '../../src/schemes/public-verifier.js';
import { fileNames, organizationPath } from '../../src/server/directory/layout.js';
import { parsePrivateKey } from '../../src/server/directory/private-key-file.js';
import { right } from '../support/right.js';
import { safePrimes1024 } from '../support/rsa-keys.js';
import { AllianceProcesses } from './alliance-processes.js';
import { attemptsIn, boxesFor, filesBelow, opened, secretsOn } from './sealed-boxes.js';

const patienceMs = 120_000;
const [a, b, c, d] = ['a/1' as ProcessId, 'b/1' as ProcessId, 'c/1' as ProcessId, 'd/1' as ProcessId];
const roles: readonly KeyRole[] = [{ _tag: 'alliance' }, { _tag: 'document', name: 'receipts' }];

let made: AllianceProcesses;
let assembly: Assembly;
let founding: Alliance;
/** By server and epoch, such as `a/1 in 2`. */
const loots = new Map<string, Loot>();
/** Secrets of b that a refresh made worthless, as hexadecimal digits. */
let overwritten: readonly string[];

/** The server is stopped meanwhile, so that what is copied is of one moment. */
async function steal(server: ProcessId, epoch: number): Promise<void> {
  const copy = join(made.root, `copy-${epoch}-${server.replace('/', '-')}`);
  const pid = present(made.pidOf(server), 'the server runs');
  process.kill(pid, 'SIGSTOP');
  // Of another process, the lock would keep everybody from the log.
  cpSync(made.pathOf(server), copy, { recursive: true, filter: (file) => !basename(file).startsWith('koinon.lock') });
  process.kill(pid, 'SIGCONT');
  const loot = right(await readLoot(copy));
  expect(loot.alliance.epoch).toBe(epoch);
  expect([...loot.shares.keys()]).toEqual(roles.map(roleName));
  loots.set(`${server} in ${epoch}`, loot);
}

function lootOf(name: string): Loot {
  return present(loots.get(name), name);
}

async function refresh(epoch: number): Promise<void> {
  right(await assembly.decide([{ _tag: 'refresh', lost: [] }], ['a', 'b', 'c']));
  right(await assembly.awaitEpoch(epoch, patienceMs));
  const isOver = ({ sharings }: { readonly sharings: readonly { readonly isInForce: boolean }[] }): boolean =>
    sharings.every(({ isInForce }) => isInForce);
  right(await assembly.await('old shares are erased', patienceMs, isOver));
}

/** Something that the alliance never said: a log that ends before it began, and a document that nobody agreed to. */
function messageFor(role: KeyRole): Uint8Array {
  if (role._tag === 'document') return utf8('We owe the bearer everything.');
  const { allianceKey } = founding;
  const { allianceId } = made.application;
  return certificateStatement({ allianceId, allianceKey }, { slot: 1_000_000, chain: chainStart(allianceId) });
}

/** Whether whoever has the public key of the founding document believes what is signed with these disks. */
async function doesForge(role: KeyRole, ...names: readonly string[]): Promise<boolean> {
  const message = messageFor(role);
  const signature = forge(names.map(lootOf), role, message);
  if (signature === undefined) return false;
  const isValid = await publicVerifier(present(keyOfRole(founding, role), 'a key'))(message, signature);
  expect(isValid, 'what combines verifies').toBe(true);
  return true;
}

function secretsIn({ shares }: Loot): readonly string[] {
  return [...shares.values()].flatMap((share) =>
    share._tag === 'multisig' ? [] : [...secretsOf(share).values()].map((secret) => secret.toString(16)),
  );
}

beforeAll(async () => {
  made = await AllianceProcesses.found({
    trust: 'f=1 t=1 of (a, b, c, d)',
    scheme: { _tag: 'bls' },
    documentKeys: new Map([['receipts', { _tag: 'shoup-rsa', modulusBits: 1024, primes: safePrimes1024 }]]),
  });
  founding = made.application.alliance;
  overwritten = secretsIn(right(await readLoot(made.pathOf(b))));
  await made.startAll();
  assembly = new Assembly(made.directory, made.client({ from: 0 }));
  right(await assembly.awaitEpoch(1, patienceMs));
  await steal(a, 1);
  await refresh(2);
  await steal(b, 2);
  await steal(c, 2);
  await refresh(3);
  await steal(d, 3);
}, 4 * patienceMs);

afterAll(() => made.end());

describe.each(roles.map((role) => [roleName(role), role] as const))('disks of servers, and the key "%s"', (_, role) => {
  it('of one epoch sign together, then and for ever', async () => {
    expect(await doesForge(role, 'b/1 in 2', 'c/1 in 2')).toBe(true);
  });

  it.each([
    ['copied before new shares were made and after', 'a/1 in 1', 'b/1 in 2'],
    ['copied after and long before', 'd/1 in 3', 'a/1 in 1'],
    ['of neighbouring epochs', 'd/1 in 3', 'c/1 in 2'],
    ['of three epochs', 'a/1 in 1', 'b/1 in 2', 'd/1 in 3'],
    ['alone', 'b/1 in 2'],
  ])('do not sign: %s', async (_why, ...names) => {
    expect(await doesForge(role, ...names)).toBe(false);
  });
});

describe('what was sealed in the log', () => {
  /** Everything that was stolen. */
  const loot = () => [...loots.values()];
  const longTermKeys = () => ['a', 'b', 'c', 'd'].map((name) => organizationPath(made.directory, name));

  it('does not open with anything on the disks: no share goes forward to the next epoch, and none back', {
    timeout: patienceMs,
  }, async () => {
    const attempts = await attemptsIn(lootOf('d/1 in 3'));
    expect(attempts.map(({ name }) => name.role)).toEqual([...roles, ...roles].map(roleName));
    const boxes = [a, b, c, d].flatMap((id) => boxesFor(id, attempts));
    expect(boxes).toHaveLength(4 * 4 * 4);
    const secrets = secretsOn(...loot().map(({ path }) => path), ...longTermKeys());
    expect(secrets.length).toBeGreaterThan(1000);
    expect(opened(boxes, secrets)).toEqual([]);
  });

  it('would open if it were sealed to a long-term key', () => {
    const { path } = lootOf('a/1 in 1');
    const identity = present(parsePrivateKey(readFileSync(join(path, fileNames.identityKey), 'utf8')), 'a key');
    const address = { ceremonyId: made.application.allianceId, purpose: 'deal', sender: b, receiver: a } as const;
    const receiverKey = publicKeyOf(identity);
    const box = sealBox(address, receiverKey, utf8('a sub-share'), randomBytes);
    expect(opened([{ address, receiverKey, box }], secretsOn(path))).toHaveLength(1);
  });
});

it('finds no share on a disk that was worth something before', () => {
  const after = lootOf('b/1 in 2');
  const holds = (secret: string) =>
    filesBelow(after.path).some((file) => {
      const bytes = readFileSync(file);
      return (
        bytes.includes(secret) ||
        bytes.includes(Buffer.from(secret.padStart(secret.length + (secret.length % 2), '0'), 'hex'))
      );
    });
  expect(overwritten).toHaveLength(roles.length);
  expect(overwritten.filter(holds)).toEqual([]);
  expect(secretsIn(after).filter(holds), 'those of now are there').toHaveLength(roles.length);
  expect(
    toHex(after.alliance.allianceKey._tag === 'bls' ? after.alliance.allianceKey.groupKey : new Uint8Array()),
  ).toBe(toHex(founding.allianceKey._tag === 'bls' ? founding.allianceKey.groupKey : new Uint8Array()));
});
