import { distributedSignerLaws } from '../../../spec/laws/distributed-signer-laws.js';
import { lawSetup, shapes } from './law-setups.js';
import { blst, mcl } from './setup.js';

for (const shape of [shapes.flat, shapes.nested, shapes.weighted]) {
  distributedSignerLaws(`BLS, ${shape.name}, min-pk-pop by blst`, () => lawSetup(shape, 'min-pk-pop', blst));
}

distributedSignerLaws('BLS, 2 of 3, min-sig-nul by mcl', () => lawSetup(shapes.small, 'min-sig-nul', mcl));
