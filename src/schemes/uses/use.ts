/**
 * What beacons, coins, time-locks and decryption have in common: requests of one kind, each of which is one input of the key's
 * map, and an output made of what the map gives. Only makers of uses see the map itself.
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { CombineError, KeyId, ShareVerdict, Signature, SignatureShare } from '../contract/distributed-signer.js';
import type { ThresholdMap, ThresholdMapVerifier } from '../contract/threshold-map.js';

/** Nobody answers such a request: no such round, label or name, or a ciphertext that cannot be one. */
export interface BadRequest {
  readonly _tag: 'BadRequest';
}

/** Why partial results did not combine. */
export type UseError =
  | BadRequest
  | CombineError
  /** They did, and what they gave is no message: the ciphertext is not one, or has another label. */
  | { readonly _tag: 'DoesNotDecrypt' };

/** An output, and whose partial results were found bad on the way. */
export interface UseResult<Output> {
  readonly output: Output;
  readonly invalid: ProcessSet;
}

/** The public half of a use: whoever combines. */
export interface Use<Request, Output> {
  readonly keyId: KeyId;
  readonly epoch: number;
  canCombine(signers: ProcessSet): boolean;
  /** Judges one process's part; never throws, whatever the bytes. */
  verifyPartial(request: Request, from: ProcessId, partial: SignatureShare): ShareVerdict;
  /** Optimistic, as `DistributedVerifier.combine` is. */
  combine(request: Request, partials: ReadonlyMap<ProcessId, SignatureShare>): Either<UseError, UseResult<Output>>;
}

/** The same with one process's share of the key. */
export interface UseHolder<Request, Output> extends Use<Request, Output> {
  readonly me: ProcessId;
  /** This process's part of the answer. Whether and when to answer is for the caller to decide; whoever has enough parts has it. */
  partial(request: Request): Either<BadRequest, SignatureShare>;
}

/** How requests become inputs of the map, and its values outputs. */
export interface UseRules<Request, Input, Output> {
  /** `undefined` for a request that nobody should answer. */
  input(request: Request): Input | undefined;
  /** `undefined` where the value, which has been verified, is no output. */
  output(request: Request, value: Signature): Output | undefined;
}

export function useOf<Request, Input, Output>(
  map: ThresholdMapVerifier<Input>,
  rules: UseRules<Request, Input, Output>,
): Use<Request, Output> {
  return {
    keyId: map.keyId,
    epoch: map.epoch,
    canCombine: (signers) => map.canCombine(signers),
    verifyPartial(request, from, partial) {
      const input = rules.input(request);
      return input === undefined ? 'invalid' : map.verifyPartial(input, from, partial);
    },
    combine(request, partials) {
      const input = rules.input(request);
      if (input === undefined) return E.left({ _tag: 'BadRequest' });
      const combined = map.combine(input, partials);
      if (E.isLeft(combined)) return combined;
      const { signature, invalid } = combined.right;
      const output = rules.output(request, signature);
      return output === undefined ? E.left({ _tag: 'DoesNotDecrypt' }) : E.right({ output, invalid });
    },
  };
}

export function holderOf<Request, Input, Output>(
  map: ThresholdMap<Input>,
  rules: UseRules<Request, Input, Output>,
): UseHolder<Request, Output> {
  return {
    ...useOf(map, rules),
    me: map.me,
    partial(request) {
      const input = rules.input(request);
      return input === undefined ? E.left({ _tag: 'BadRequest' }) : E.right(map.partial(input));
    },
  };
}
