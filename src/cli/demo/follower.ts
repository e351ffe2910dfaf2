/** One server's log, followed from slot 1 and verified on the way: what the tour compares. */
import type { ProcessId } from '../../prelude/process.js';
import type { Delivered } from '../../consensus/delivery.js';
import type { DecidedRange, PrefixCertificate } from '../../consensus/range.js';
import type { ApplicationDirectory } from '../../server/directory/application-directory.js';
import { openClient } from '../../server/applications/application-client.js';

export interface Follower {
  readonly server: ProcessId;
  readonly delivered: readonly Delivered[];
  readonly ranges: readonly DecidedRange[];
  readonly certificates: readonly PrefixCertificate[];
  /** The last slot that was verified. */
  readonly upTo: number;
  /** What was not believed: there must be none. */
  readonly doubts: readonly string[];
  close(): void;
}

export function follow(application: ApplicationDirectory, server: ProcessId): Follower {
  const delivered: Delivered[] = [];
  const ranges: DecidedRange[] = [];
  const certificates: PrefixCertificate[] = [];
  const doubts: string[] = [];
  let upTo = 0;
  const client = openClient(application, {
    from: 1,
    server,
    onRange: (verified, range) => {
      delivered.push(...verified.delivered);
      ranges.push(range);
      certificates.push(verified.certificate);
      upTo = verified.upTo;
    },
    onDoubt: (from, reason) => {
      doubts.push(`${from}: ${reason}`);
    },
  });
  return {
    server,
    delivered,
    ranges,
    certificates,
    doubts,
    get upTo() {
      return upTo;
    },
    close() {
      client.close();
    },
  };
}
