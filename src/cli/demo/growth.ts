/** The end of the tour: four organizations become six and then five, and one public key verifies what the alliance certifies in each epoch. */
import { join } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import { utf8 } from '../../prelude/bytes.js';
import { invariant } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { AllianceClient } from '../../client/alliance-client.js';
import { certificateStatement } from '../../client/verify.js';
import type { PrefixCertificate } from '../../consensus/range.js';
import type { Action } from '../../management/proposals/action.js';
import { parseTrust } from '../../quorum/trust/trust-text.js';
import { openClient, trustAnchorOf } from '../../server/applications/application-client.js';
import type { ApplicationDirectory } from '../../server/directory/application-directory.js';
import { organizationPath, serverPath } from '../../server/directory/layout.js';
import type { Assembly } from './assembly.js';
import { foundNewcomer } from './newcomer.js';
import { judgeSignature } from './proof.js';

export interface GrowthPlan {
  /** Of the alliance. */
  readonly directory: string;
  /** Whoever has the public key of the first epoch, and no other. */
  readonly application: ApplicationDirectory;
  readonly client: AllianceClient;
  readonly assembly: Assembly;
  /** Those who are there, all but one of whom decide, and those who are to come. */
  readonly organizations: readonly string[];
  readonly newcomers: readonly string[];
  readonly leaver: string;
  /** The epoch in force. */
  readonly epoch: number;
  /** Resolves with whether the server runs. */
  readonly start: (server: ProcessId, path: string) => Promise<boolean>;
  readonly say: (line: string) => void;
  readonly expect: (holds: boolean, problem: string) => void;
}

/** How long a change of epoch may take. */
const patienceMs = 60_000;

export async function tellGrowth(plan: GrowthPlan): Promise<Either<string, void>> {
  const witness = new Witness(plan);
  try {
    const grown = await admit(plan);
    if (E.isLeft(grown)) return grown;
    await witness.hear(plan.epoch + 1, `${plan.organizations.length + plan.newcomers.length} organizations`);
    const shrunk = await remove(plan);
    if (E.isLeft(shrunk)) return shrunk;
    await witness.hear(plan.epoch + 2, `${plan.organizations.length + plan.newcomers.length - 1} organizations`);
    return E.right(undefined);
  } finally {
    witness.close();
  }
}

async function admit({ directory, organizations, newcomers, leaver, assembly, epoch, start, say }: GrowthPlan) {
  const [first = '', ...others] = organizations.filter((name) => name !== leaver);
  const voters = [first, ...others] as const;
  const admissions: Action[] = [];
  for (const name of newcomers) {
    const history = serverPath(directory, serverOf(first));
    const founded = await foundNewcomer(directory, name, history);
    if (E.isLeft(founded)) return founded;
    admissions.push({ _tag: 'admit', organization: founded.right.organization });
    if (!(await start(serverOf(name), serverPath(organizationPath(directory, name), serverOf(name)))))
      return E.left(`the server of ${name} did not start`);
  }
  say(`${newcomers.join(' and ')} make their keys, verify the history, and their servers begin to learn the log`);
  const everybody = [...organizations, ...newcomers];
  const decided = await assembly.decide([...admissions, trusting(everybody)], voters);
  if (E.isLeft(decided)) return decided;
  const opened = await assembly.await('a change', patienceMs, ({ change }) => change !== undefined);
  if (E.isLeft(opened)) return opened;
  for (const name of newcomers) {
    const acknowledged = await assembly.acknowledge(name);
    if (E.isLeft(acknowledged)) return acknowledged;
  }
  return assembly.awaitEpoch(epoch + 1, patienceMs);
}

function remove({ organizations, newcomers, leaver, assembly, epoch, say }: GrowthPlan) {
  const [first = '', ...others] = [...organizations, ...newcomers].filter((name) => name !== leaver);
  say(`the others vote to go on without ${leaver}`);
  const actions: readonly Action[] = [{ _tag: 'remove', organization: leaver }, trusting([first, ...others])];
  return assembly
    .decide(actions, [first, ...others])
    .then((decided) => (E.isLeft(decided) ? decided : assembly.awaitEpoch(epoch + 2, patienceMs)));
}

function serverOf(organization: string): ProcessId {
  return `${organization}/1` as ProcessId;
}

function trusting(organizations: readonly string[]): Action {
  const trust = parseTrust(`f=1 t=1 of (${organizations.map(serverOf).join(', ')})`);
  invariant(E.isRight(trust), 'a trust model that is written here can be read');
  return { _tag: 'trust', trust: trust.right };
}

/** Follows the log from epoch to epoch, and asks openssl with the key of the first. */
class Witness {
  private newest: PrefixCertificate | undefined;
  private readonly listening: AllianceClient;

  constructor(private readonly plan: GrowthPlan) {
    this.listening = openClient(plan.application, {
      from: 0,
      onRange: ({ certificate }) => {
        this.newest = certificate;
      },
      onDoubt: (server, reason) => {
        plan.expect(false, `${server}: ${reason}`);
      },
    });
  }

  /** Has a line certified in the epoch, and the certificate judged. */
  async hear(epoch: number, who: string): Promise<void> {
    const { client, application, directory, say, expect } = this.plan;
    const outcome = await client.propose(utf8(`the first line of epoch ${epoch}`));
    if (outcome._tag !== 'committed') {
      expect(false, `no line was certified in epoch ${epoch}: ${outcome.reason}`);
      return;
    }
    const { slot } = outcome;
    const deadlineMs = performance.now() + patienceMs;
    while ((this.newest?.slot ?? 0) < slot && performance.now() < deadlineMs)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const certificate = this.newest;
    if (certificate === undefined || certificate.slot < slot) {
      expect(false, `no certificate of epoch ${epoch} came`);
      return;
    }
    const statement = certificateStatement(trustAnchorOf(application), certificate);
    const path = join(directory, `epoch-${epoch}`);
    const verdict = await judgeSignature(path, application, { statement, signature: certificate.signature });
    expect(verdict.isValid, `${verdict.by} does not accept the certificate of epoch ${epoch}: ${verdict.output}`);
    say(`epoch ${epoch}: ${who}; ${verdict.by} says of the certificate of slot ${certificate.slot}: ${verdict.output}`);
  }

  close(): void {
    this.listening.close();
  }
}
