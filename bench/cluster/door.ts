/**
 * An application that authenticates each of its users' requests at its door, by a MAC, before it proposes them: servers know
 * nothing of users. Both sides of the MAC are made in this process, so a write costs two of them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Writer } from '../../src/prelude/canonical.js';
import { invariant } from '../../src/prelude/invariant.js';
import type { Subject } from './subject.js';

/** The same subject, behind the door. */
export function behindDoor(subject: Subject): Subject {
  const key = randomBytes(32);
  const macOf = (request: Uint8Array): Uint8Array => createHmac('sha256', key).update(request).digest();
  let sequence = 0;
  return {
    ...subject,
    name: `${subject.name}, MACs`,
    put: (value) => {
      sequence += 1;
      const request = new Writer().u64(sequence).fixed(value).finish();
      const mac = macOf(request);
      invariant(timingSafeEqual(macOf(request), mac), 'the user holds the key');
      return subject.put(value);
    },
  };
}
