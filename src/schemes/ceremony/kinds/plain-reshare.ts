/**
 * Plain reshare (Desmedt and Jajodia 1997; Wong, Wang and Wing 2002): every old holder deals its share of each of its rows along
 * the next policy, and the deals of a qualified set, weighted by its λ, add up to a dealing of D times the secret. Which set,
 * and with it λ, is fixed when the complaints are closed, the same for everybody.
 */
import { E, type Either } from '../../../prelude/fp.js';
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { reconstruction } from '../../sharing/reconstruction.js';
import type { Combination, Contribution, DealtSecret } from '../ceremony-scheme.js';
import { type DealRules, type DealVerdict, mayCloseDealing } from '../rounds/deal-rules.js';
import type { AbortReason } from '../fault.js';
import { type CeremonySetting, rowsOf } from '../setting.js';
import type { Deal } from '../transcript.js';

export function plainReshareRules<G, Key>(setting: CeremonySetting<G, Key>): DealRules<G> {
  const { scheme, dealers } = setting;
  const old = present(scheme.old, 'a reshare has a key to start from');
  const oldRows = (dealer: ProcessId) => rowsOf(old.sharing, dealer);
  const judge = (dealer: ProcessId, { dealings }: Deal<G>): DealVerdict | undefined => {
    const isRight = (row: number, index: number) => {
      const root = dealings[index]?.commitments[0];
      return root !== undefined && scheme.isRootOf(root, old.rowKey(row));
    };
    const wrong = oldRows(dealer).findIndex((row, index) => !isRight(row, index));
    return wrong === -1 ? undefined : { fault: { _tag: 'WrongRoot', dealing: wrong }, evidence: [] };
  };
  const settle = (standing: ReadonlyMap<ProcessId, Deal<G>>): Either<AbortReason, Combination<G>> => {
    const lambda = reconstruction(old.sharing, (process) => standing.has(process));
    if (lambda === undefined) {
      const missing = dealers.filter((dealer) => !standing.has(dealer));
      return E.left({ _tag: 'TooFew', round: 'deal', missing });
    }
    const contributions = [...lambda].map(([row, weight]): Contribution<G> => {
      const dealer = present(old.sharing.rows[row], 'a row of the sharing').owner;
      const dealing = oldRows(dealer).indexOf(row);
      const { commitments } = present(standing.get(dealer)?.dealings[dealing], 'a dealing of every row of a dealer');
      return { dealer, dealing, weight, form: scheme.formOf({ _tag: 'row', row }), commitments };
    });
    return E.right({ contributions, constant: 0n });
  };
  return {
    dealers,
    secretsOf: (dealer) => oldRows(dealer).map((row): DealtSecret => ({ _tag: 'row', row })),
    attachmentLength: 0,
    judge,
    mayClose: (posted) => mayCloseDealing(setting, dealers, posted),
    settle,
  };
}
