/** Assembles src/core/training/vector-kernels.wat into vector-kernels.ts beside it: `npm run build:kernels`. */

import { writeFileSync } from "node:fs";
import { assembleKernels, kernelsModule } from "./kernels.ts";

writeFileSync(kernelsModule, await assembleKernels());
