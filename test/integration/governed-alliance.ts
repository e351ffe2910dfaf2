/** Real servers that manage themselves, in one process, and the administrators of their organizations. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concatBytes, fromUtf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import { type Act, actStatement, encodeAct } from '../../src/management/acts/act.js';
import { encodeBody, type OrganizationBody } from '../../src/management/acts/act-body.js';
import { authorityKeyId } from '../../src/management/acts/authority.js';
import { allianceIdOf } from '../../src/management/alliance-codec.js';
import { examine } from '../../src/management/governance/examination.js';
import type { Governance } from '../../src/management/governance/governance.js';
import type { Action } from '../../src/management/proposals/action.js';
import { encodeActions } from '../../src/management/proposals/action-codec.js';
import { ed25519Sign } from '../../src/schemes/ed25519/ed25519.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { applicationPath, organizationPath, serverPath } from '../../src/server/directory/layout.js';
import { parsePrivateKey } from '../../src/server/directory/private-key-file.js';
import { loadServingDirectory } from '../../src/server/directory/learner-directory.js';
import { type FoundingWish, foundForTrying } from '../../src/server/founding/founding.js';
import { startAs } from '../../src/server/learner/newcomer.js';
import type { RunningServer } from '../../src/server/server.js';
import { bodyKinds, membershipName } from '../../src/services/membership/membership.js';
import { cutIntoPieces } from '../../src/services/membership/pieces.js';
import { encodeServiceCommand } from '../../src/services/service-command.js';
import { right } from '../support/right.js';
import { eventually } from './alliance-processes.js';

/** The built one: a thread runs no TypeScript. */
const signingScript = new URL('../../dist/src/schemes/signing-thread/worker.js', import.meta.url);

type Unnumbered<B> = B extends { readonly number: number } ? Omit<B, 'number'> : never;

export class GovernedAlliance {
  readonly running = new Map<ProcessId, RunningServer>();
  readonly said: string[] = [];
  readonly stopped = new Map<ProcessId, string>();
  private client: AllianceClient | undefined;
  private number = 0;

  private constructor(readonly root: string) {}

  static async found(
    wish: Pick<FoundingWish, 'trust' | 'scheme' | 'certificates' | 'documentKeys' | 'lengths'>,
  ): Promise<GovernedAlliance> {
    const root = mkdtempSync(join(tmpdir(), 'koinon-test-'));
    right(await foundForTrying({ directory: root, ports: { _tag: 'any' }, ...wish })());
    return new GovernedAlliance(root);
  }

  path(id: string): string {
    return serverPath(this.root, id as ProcessId);
  }

  async start(...ids: readonly string[]): Promise<void> {
    for (const id of ids as readonly ProcessId[]) {
      const events = {
        log: (line: string) => this.said.push(`${id}: ${line}`),
        onStopped: (reason: string) => this.stopped.set(id, reason),
      };
      const serving = right(await loadServingDirectory(this.path(id))());
      this.running.set(id, right(await startAs(serving, events, { signingScript })()));
    }
  }

  async stop(id: string): Promise<void> {
    await this.running.get(id as ProcessId)?.close();
    this.running.delete(id as ProcessId);
  }

  governance(id: string): Governance {
    return present(present(this.running.get(id as ProcessId), 'a running server').governance, 'governance');
  }

  /** What an organization says, through an application of the first one; what came of it. */
  async say(organization: string, body: Unnumbered<OrganizationBody>): Promise<string> {
    const client = await this.application();
    const act = encodeAct(this.act(organization, body));
    const pieces = cutIntoPieces(act).map((piece) => concatBytes(Uint8Array.of(bodyKinds.piece), piece));
    const outcomes = await Promise.all(
      pieces.map((piece) => client.execute(encodeServiceCommand({ name: membershipName, body: piece }))),
    );
    const last = present(outcomes.at(-1), 'an act has a piece');
    return last._tag === 'executed' ? (fromUtf8(last.result) ?? '') : last._tag;
  }

  /** Proposes as `organization`, as what `at` knows has it, and lets the others vote for it. */
  async decide(
    at: string,
    actions: readonly Action[],
    [author, ...others]: readonly [string, ...string[]],
  ): Promise<void> {
    const { effect } = right(examine(this.governance(at), actions, []));
    const { configuration: base } = this.governance(at);
    const lengthMs = 60 * 60 * 1000;
    const count = this.governance(at).proposalCount;
    const opened = await this.say(author, {
      _tag: 'propose',
      base,
      actions: encodeActions(actions),
      effect,
      overrides: [],
      lengthMs,
    });
    if (!opened.includes('"taken"')) throw new Error(opened);
    await eventually('the proposal is seen', () => this.governance(at).proposalCount > count);
    const proposal = [...this.governance(at).proposals.values()].find(({ number }) => number === count + 1);
    if (proposal === undefined || proposal.isAutonomous) return;
    for (const voter of [author, ...others]) {
      const told = await this.say(voter, { _tag: 'ballot', proposal: proposal.id, accepts: true, overrides: [] });
      if (!told.includes('"taken"')) throw new Error(told);
    }
  }

  async application(): Promise<AllianceClient> {
    const path = applicationPath(this.root, 'a/app' as ProcessId);
    this.client ??= openClient(right(await loadApplicationDirectory(path)()), { from: 0 });
    return this.client;
  }

  /** Of a secret file of a server, as text; `undefined` where there is none. */
  secret(id: string, ...name: readonly string[]): string | undefined {
    const path = join(this.path(id), ...name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  async end(): Promise<void> {
    this.client?.close();
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
    rmSync(this.root, { recursive: true, force: true });
  }

  private act(organization: string, body: Unnumbered<OrganizationBody>): Act {
    const { document, change } = this.governance([...this.running.keys()][0] ?? '');
    const joining = change?.draft.document.organizations ?? [];
    const entry = present(
      [...document.organizations, ...joining].find(({ name }) => name === organization),
      'an organization',
    );
    const pem = readFileSync(join(organizationPath(this.root, organization), 'admin.key'), 'utf8');
    const seed = present(parsePrivateKey(pem), 'the key of an administrator');
    this.number += 1;
    const bytes = encodeBody({ ...body, number: this.number });
    const statement = actStatement(allianceIdOf(document), authorityKeyId(entry), bytes);
    const by = present(entry.administrators[0], 'an administrator').name;
    const author = { _tag: 'organization', name: organization } as const;
    return { author, body: bytes, signatures: [{ by, signature: ed25519Sign(seed, statement) }] };
  }
}
