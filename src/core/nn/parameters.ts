import { formatShape } from "../engine/dimension.ts";
import { input, type Tensor } from "../engine/tensor.ts";
import type { Initializer } from "./initializers.ts";

/** A parameter as the traced model asked for it. */
export interface Parameter {
  /** Hugging Face's name: `distilbert.transformer.layer.0.attention.q_lin.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly tensor: Tensor;
}

/**
 * The parameters of one traced model. Tracing declares them: asking for a name makes the graph input of that name,
 * so a model states its parameters, their shapes and their initialisation once, where it uses them.
 */
export class Parameters {
  private readonly byName = new Map<string, Parameter>();

  get(name: string, shape: readonly number[], initializer: Initializer): Tensor {
    const known = this.byName.get(name);
    if (!known) {
      const tensor = input(name, "float32", shape);
      this.byName.set(name, { name, shape, initializer, tensor });
      return tensor;
    }
    if (known.shape.join() !== shape.join()) {
      throw new RangeError(`parameter ${name} is ${formatShape(known.shape)}, not ${formatShape(shape)}`);
    }
    return known.tensor;
  }

  /** In the order they were first used. */
  list(): Parameter[] {
    return [...this.byName.values()];
  }

  /** The parameters under `prefix.`; an empty prefix is the whole. */
  scope(prefix: string): ParameterScope {
    return new ParameterScope(this, prefix);
  }
}

/** A view of the parameters below one dotted prefix. */
export class ParameterScope {
  private readonly parameters: Parameters;
  private readonly prefix: string;

  constructor(parameters: Parameters, prefix: string) {
    this.parameters = parameters;
    this.prefix = prefix;
  }

  get(name: string, shape: readonly number[], initializer: Initializer): Tensor {
    return this.parameters.get(this.path(name), shape, initializer);
  }

  scope(name: string): ParameterScope {
    return new ParameterScope(this.parameters, this.path(name));
  }

  private path(name: string): string {
    return this.prefix ? `${this.prefix}.${name}` : name;
  }
}
