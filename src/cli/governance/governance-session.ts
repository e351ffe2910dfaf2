/** A connection to an alliance's management, for one command. */
import { E, type Either } from '../../prelude/fp.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import type { AskError } from '../../client/governance/errors.js';
import { describeAskError } from '../../client/governance/errors.js';
import { GovernanceClient } from '../../client/governance/governance-client.js';
import type { Seen } from '../../client/governance/intentions.js';
import { OrganizationVoice, type VoiceError } from '../../client/governance/organization-voice.js';
import { describeVoiceError } from '../../client/governance/voice-errors.js';
import type { ExecutionOutcome } from '../../client/proposals.js';
import type { OrganizationEntry } from '../../management/alliance.js';
import type { ViewKind, Views } from '../../services/membership/view-shapes.js';
import { openClient } from '../../server/applications/application-client.js';
import { type ClientDirectory, clientDirectoryAt } from './client-directory.js';
import { exitCodes, badInput, type Failure, unavailable } from '../outcome.js';
import type { Session } from '../session.js';
import { tellingTroubles } from '../troubles.js';
import { Enrolment } from './enrolment.js';
import { describeMissingKeys, keyFilesOf, readAdministrators } from './administrator-keys.js';

export interface ConnectionOptions {
  readonly as?: string;
  /** In seconds. */
  readonly timeout: number;
}

/** Talks to the servers until it is closed. */
export class GovernanceSession {
  private constructor(
    /** As it was named. */
    readonly path: string,
    private readonly directory: ClientDirectory,
    readonly client: GovernanceClient,
    readonly close: () => void,
  ) {}

  static async open(
    path: string,
    options: ConnectionOptions,
    session: Session,
  ): Promise<Either<Failure, GovernanceSession>> {
    const directory = await clientDirectoryAt(path, options.as);
    if (E.isLeft(directory)) return directory;
    const { me, alliance } = directory.right.identity;
    const enrolment = new Enrolment(me.id, alliance.trust.system);
    const tell = tellingTroubles(session);
    const onTrouble = (server: ProcessId, reason: string): void => {
      tell(server, reason);
      enrolment.hear(server, reason);
    };
    const client = openClient(directory.right.identity, { from: 0, onTrouble });
    const dismissed = enrolment.denied.then((): ExecutionOutcome => ({ _tag: 'unknown', reason: dismissal(me.id) }));
    const patient = {
      execute: (command: Uint8Array) => Promise.race([inTime(client.execute(command), options.timeout), dismissed]),
    };
    const close = (): void => {
      client.close();
    };
    return E.right(new GovernanceSession(path, directory.right, new GovernanceClient(patient), close));
  }

  /** To which whoever connects belongs. */
  get organization(): string {
    return organizationOf(this.directory.identity.me.id);
  }

  async ask<K extends ViewKind>(kind: K, number?: number): Promise<Either<Failure, Views[K]>> {
    return E.mapLeft((error: AskError) => this.failureOf(error))(await this.client.ask(kind, number));
  }

  /** Overview and document. */
  async look(): Promise<Either<Failure, Seen>> {
    const overview = await this.ask('overview');
    if (E.isLeft(overview)) return overview;
    const document = await this.ask('document');
    return E.isLeft(document) ? document : E.right({ overview: overview.right, document: document.right });
  }

  /**
   * The organization whose administrators' keys these are: by default those of the application's own, where founding has put them.
   *
   * @param entries - of organizations that are not in the document.
   */
  async voice(
    files: readonly string[] | undefined,
    { document }: Seen,
    entries: readonly OrganizationEntry[] = [],
  ): Promise<Either<Failure, OrganizationVoice>> {
    const own = this.organization;
    const named = files ?? this.ownKeyFiles(own);
    if (named.length === 0) return badInput(describeMissingKeys(this.path, own));
    const administrators = await readAdministrators(named, [...document.organizations, ...entries]);
    if (E.isLeft(administrators)) return administrators;
    const { organization, keys } = administrators.right;
    return E.right(new OrganizationVoice({ client: this.client, organization, keys, now: Date.now }));
  }

  private ownKeyFiles(organization: string): readonly string[] {
    const found = keyFilesOf(this.path, organization);
    return found.length > 0 ? found : keyFilesOf(this.directory.path, organization);
  }

  /** What a command ends with. */
  failureOf(error: VoiceError): Failure {
    const message = describeVoiceError(error);
    switch (error._tag) {
      case 'Unanswered':
        if (error.reason === dismissal(this.directory.identity.me.id))
          return failure(badInput(`${this.path}: ${error.reason}`));
        return failure(unavailable(`${this.path}: ${message}; koinon status ${this.path} shows who is there`));
      case 'ResultUnknown':
        return failure(unavailable(`${this.path}: ${message}`));
      case 'KeepsChanging':
      case 'NotUnderstood':
        return failure(unavailable(`${this.path}: ${message}`));
      case 'NothingThere':
        return failure(badInput(describeAskError(error)));
      default:
        return { exitCode: exitCodes.no, message };
    }
  }
}

function failure(left: Either<Failure, never>): Failure {
  return E.isLeft(left) ? left.left : { exitCode: exitCodes.bug, message: '' };
}

function dismissal(id: ProcessId): string {
  return `${id} is not enrolled, the servers say: its organization has dismissed it, or is no member any more; use another with --as`;
}

/** A command that servers do not answer is given up, though it may still be decided. */
function inTime(outcome: Promise<ExecutionOutcome>, seconds: number): Promise<ExecutionOutcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000, { _tag: 'unknown', reason: `none came within ${seconds} s` });
    void outcome.then((settled) => {
      clearTimeout(timer);
      resolve(settled);
    });
  });
}
