/**
 * An alliance for trying: all organizations, servers and applications on one machine, whose keys one program draws. A real
 * alliance is founded by its organizations, each with its own keys on its own machines (design: "Founding").
 */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import type { RandomBytes } from '../../prelude/random.js';
import { type Alliance, allianceVersion } from '../../management/alliance.js';
import {
  allianceIdOf,
  configurationDigestOf,
  decodeAlliance,
  encodeAlliance,
} from '../../management/alliance-codec.js';
import { describeAllianceError } from '../../management/errors.js';
import { hasReportRoom } from '../directory/report-room.js';
import { type AllianceScheme, type DealtKeys, dealKeys, type SearchProgress } from './alliance-key-dealing.js';
import type { FoundingError } from '../directory/errors.js';
import { makeMembers, type Members } from './founding-members.js';
import { allianceEntries } from './founding-files.js';
import { type FoundingPlan, planFounding, type PlanWish } from './founding-plan.js';
import { findFreePorts, type PortChoice } from './free-ports.js';
import { checkVacant, writeNewDirectory } from '../directory/new-directory.js';

export interface FoundingWish extends PlanWish {
  /** Must not exist yet, or be empty. */
  readonly directory: string;
  /** Of the alliance key. */
  readonly scheme: AllianceScheme;
  /** How slow quorums sign their certificates; multisignatures if absent. */
  readonly certificates?: AllianceScheme;
  readonly ports: PortChoice;
  /** The system's own if absent. */
  readonly random?: RandomBytes;
  readonly onProgress?: (progress: SearchProgress) => void;
}

export interface Founded {
  /** Absolute. */
  readonly directory: string;
  readonly alliance: Alliance;
  readonly allianceId: Digest;
  readonly configurationDigest: Digest;
}

const host = '127.0.0.1';
const foundingEpoch = 1;
const baseTimeoutMs = 1000;
/** The largest window for which there is room counts. */
const windows = [256, 128, 64, 32, 16, 8, 4] as const;

/** Makes everything and writes it at the end, all or nothing. The search for safe primes may take a minute. */
export function foundForTrying(wish: FoundingWish): TaskEither<FoundingError, Founded> {
  return async () => {
    const { directory, random = randomBytes, onProgress = () => undefined } = wish;
    const vacant = checkVacant(directory);
    if (E.isLeft(vacant)) return vacant;
    const plan = planFounding(wish);
    if (E.isLeft(plan)) return plan;
    const { trust } = plan.right;
    const { universe } = trust.system.processes;
    const ports = await findFreePorts(wish.ports, host, universe.size);
    if (E.isLeft(ports)) return ports;
    const { scheme, certificates = { _tag: 'multisig' } } = wish;
    const keys = await dealKeys({ scheme, certificates }, trust, foundingEpoch, { random, onProgress });
    if (E.isLeft(keys)) return keys;
    const form = keys.right.slow === undefined ? 'multisig' : 'threshold';
    const members = makeMembers(plan.right, { host, ports: ports.right }, random, form);
    return write(directory, plan.right, members, keys.right);
  };
}

function write(
  directory: string,
  plan: FoundingPlan,
  members: Members,
  keys: DealtKeys,
): Either<FoundingError, Founded> {
  const alliance = assemble(plan, members, keys);
  const allianceId = allianceIdOf(alliance);
  const written = writeNewDirectory(directory, allianceEntries(alliance, members, keys));
  if (E.isLeft(written)) return written;
  const configurationDigest = configurationDigestOf(alliance);
  return E.right({ directory: resolve(directory), alliance, allianceId, configurationDigest });
}

function assemble({ trust }: FoundingPlan, members: Members, keys: DealtKeys): Alliance {
  const organizations = members.organizations.map(({ authority, servers }) => ({
    name: authority.organization,
    certificateAuthority: authority.certificate,
    servers: servers.map(({ entry }) => entry),
  }));
  const publicKeys = {
    allianceKey: keys.alliance.publicKey,
    ...(keys.slow === undefined ? {} : { slowKey: keys.slow.publicKey }),
  };
  const windowSlots = windows.find((slots) => hasReportRoom({ organizations, ...publicKeys }, slots)) ?? 2;
  const alliance: Alliance = {
    version: allianceVersion,
    epoch: foundingEpoch,
    trust,
    organizations,
    applications: members.applications.map(({ entry }) => entry),
    ...publicKeys,
    parameters: { windowSlots, checkpointInterval: Math.max(1, windowSlots / 4), baseTimeoutMs },
  };
  const checked = decodeAlliance(encodeAlliance(alliance));
  invariant(
    E.isRight(checked),
    `a founded alliance is one: ${E.isLeft(checked) ? describeAllianceError(checked.left) : ''}`,
  );
  return checked.right;
}
