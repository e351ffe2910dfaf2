/**
 * The break-in of the tour: somebody copies the disks of servers, keys and all. Two disks of one epoch forge a certificate. New shares of
 * the same key in between, and they do not.
 */
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import { fileNameOf, type ProcessId } from '../../prelude/process.js';
import { certificateStatement } from '../../client/verify.js';
import { chainStart } from '../../consensus/statement.js';
import type { Signature } from '../../schemes/contract/distributed-signer.js';
import { trustAnchorOf } from '../../server/applications/application-client.js';
import type { ApplicationDirectory } from '../../server/directory/application-directory.js';
import { fileNames, serverPath } from '../../server/directory/layout.js';
import type { Assembly } from './assembly.js';
import { judgeSignature, type Verdict } from './proof.js';
import { forge, type Loot, readLoot } from './thief.js';

export interface BreakInPlan {
  /** Of the alliance; copies are made in it. */
  readonly directory: string;
  /** Whoever is fooled, or not. */
  readonly application: ApplicationDirectory;
  readonly assembly: Assembly;
  /** Organizations that vote for new shares, enough of them. */
  readonly voters: readonly [string, ...string[]];
  /** Their disks are copied: the first before there are new shares, the others after. */
  readonly victims: readonly [ProcessId, ProcessId, ProcessId];
  readonly say: (line: string) => void;
  readonly expect: (holds: boolean, problem: string) => void;
}

export interface BreakInResult {
  /** From the proposal until the new shares were seen to work and the old ones overwritten. */
  readonly refreshMs: number;
}

/** How long new shares may take. */
const patienceMs = 60_000;

/** A certificate of a log that never was. */
const forgedSlot = 1_000_000;

export async function tellBreakIn(plan: BreakInPlan): Promise<Either<string, BreakInResult>> {
  const { say, victims } = plan;
  const [before, after, other] = victims;
  const first = await steal(plan, before);
  if (E.isLeft(first)) return first;
  say(`somebody copies the disk of ${before}, all its keys included`);
  const refreshed = await refresh(plan);
  if (E.isLeft(refreshed)) return refreshed;
  const second = await steal(plan, after);
  if (E.isLeft(second)) return second;
  say(`the disk of ${after} is copied as well: two servers sign together, and two disks are stolen`);
  await tryToForge(plan, [first.right, second.right]);
  const third = await steal(plan, other);
  if (E.isLeft(third)) return third;
  say(`the disk of ${other} is copied before there are new shares again`);
  await tryToForge(plan, [second.right, third.right]);
  return refreshed;
}

/** Its log is left out: everybody has that. */
async function steal({ directory }: BreakInPlan, server: ProcessId): Promise<Either<string, Loot>> {
  const copy = join(directory, `stolen-${fileNameOf(server)}`);
  cpSync(serverPath(directory, server), copy, {
    recursive: true,
    filter: (path) => basename(path) !== fileNames.data,
  });
  return readLoot(copy);
}

async function refresh({ assembly, voters, say }: BreakInPlan): Promise<Either<string, BreakInResult>> {
  const startMs = performance.now();
  const decided = await assembly.decide([{ _tag: 'refresh', lost: [] }], voters);
  if (E.isLeft(decided)) return decided;
  say(`${voters.join(', ')} vote for new shares of the alliance key`);
  const begun = await assembly.await(
    'new shares',
    patienceMs,
    ({ epoch, enacted, sharings }) => epoch === 2 && enacted && sharings.every(({ isInForce }) => isInForce),
  );
  if (E.isLeft(begun)) return begun;
  const refreshMs = performance.now() - startMs;
  say(
    `epoch 2, ${(refreshMs / 1000).toFixed(1)} s later: the same public key, and every server has overwritten its old share`,
  );
  return E.right({ refreshMs });
}

/** Disks of one epoch are expected to succeed, of two to fail. */
async function tryToForge(plan: BreakInPlan, loots: readonly Loot[]): Promise<void> {
  const { application, say, expect } = plan;
  const epochs = loots.map(({ alliance }) => alliance.epoch);
  const isOneEpoch = new Set(epochs).size === 1;
  const anchor = trustAnchorOf(application);
  const statement = certificateStatement(anchor, { slot: forgedSlot, chain: chainStart(anchor.allianceId) });
  const signature = forge(loots, { _tag: 'alliance' }, statement);
  const verdict = signature === undefined ? undefined : await judgeForgery(plan, statement, signature);
  expect(
    (verdict?.isValid ?? false) === isOneEpoch,
    `shares of the epochs ${epochs.join(' and ')} ${isOneEpoch ? 'do not sign' : 'sign'}`,
  );
  if (verdict === undefined)
    say(`a share of epoch ${epochs.join(' and one of epoch ')}: they do not combine, and sign nothing`);
  else
    say(
      `two shares of epoch ${epochs[0] ?? 0} certify slot ${forgedSlot}, which never was; ${verdict.by} says: ${verdict.output}`,
    );
}

function judgeForgery(
  { directory, application }: BreakInPlan,
  statement: Uint8Array,
  signature: Signature,
): Promise<Verdict> {
  return judgeSignature(join(directory, 'forged'), application, { statement, signature });
}
