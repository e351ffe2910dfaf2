/** Taking requests, from clients and from those who forward them (rule R12). */
import type { ProcessId } from '../prelude/process.js';
import type { Request } from './batch.js';
import type { Context } from './context.js';
import { isValidRequest } from './evidence.js';

/** Whoever forwards requests has checked them: the first that is false ends the reading. */
export function onForward(c: Context, requests: readonly Request[], from: ProcessId): void {
  for (const request of requests) {
    if (onRequest(c, request, from)) continue;
    c.blame(from, { _tag: 'InvalidMessage', reason: 'it forwards a request that is not valid' });
    return;
  }
}

/**
 * A receiver keeps a request and passes one that came from a client on to the leader at once, unless that one was `told` of it.
 * False where it is known not to be valid.
 */
export function onRequest(c: Context, request: Request, from: ProcessId, told?: string): boolean {
  const isFromClient = from === c.config.me;
  const refuse = (reason: string): void => {
    if (isFromClient) c.emit({ _tag: 'Refuse', request, reason });
  };
  const { pool } = c.state;
  if (!pool.isNews(request)) return true;
  const isFull = !pool.hasRoomFor(request);
  // Its signature would be checked in vain.
  if (!isFull && !isValidRequest(c, request)) {
    refuse('its client is not enrolled, its signature is not the client’s, or it is too large');
    return false;
  }
  const outcome = isFull ? 'full' : pool.add(request, c.nowMs);
  if (outcome === 'added') c.expectProgress();
  if (outcome === 'full') refuse('too many requests wait; send it again later');
  const leader = c.leaderOf(c.state.view);
  if (outcome === 'added' && isFromClient && !c.isLeader && leader !== told && !c.isOver)
    c.send(leader, { _tag: 'Forward', requests: [request] });
  return true;
}
