import { formatShape } from "../engine/dimension.ts";
import { input, type Tensor } from "../engine/tensor.ts";
import type { Initializer } from "./initializers.ts";

/**
 * What a parameter does: the matrix of a linear layer, a vector that is added, the gain or shift of a layer norm, or a
 * table whose rows are looked up.
 */
export type ParameterRole = "weight" | "bias" | "norm" | "embedding";

/** Where a parameter acts: in front of the encoder's blocks, in the block of an index from 0, or behind the encoder. */
export type ParameterLayer = "embeddings" | number | "head";

/** A parameter as the traced model asked for it. */
export interface Parameter {
  /** Hugging Face's name: `distilbert.transformer.layer.0.attention.q_lin.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  readonly layer: ParameterLayer;
  readonly initializer: Initializer;
  readonly tensor: Tensor;
}

/** What tracing says of a parameter, but for its name. */
type Declaration = Omit<Parameter, "name" | "tensor">;

/**
 * The parameters of one traced model. Tracing declares them: asking for a name makes the graph input of that name,
 * so a model states its parameters, their shapes, roles and initialisation once, where it uses them.
 */
export class Parameters {
  private readonly byName = new Map<string, Parameter>();

  get(name: string, declaration: Declaration): Tensor {
    const { shape, role, layer } = declaration;
    const known = this.byName.get(name);
    if (!known) {
      const tensor = input(name, "float32", shape);
      this.byName.set(name, { name, ...declaration, tensor });
      return tensor;
    }
    if (known.shape.join() !== shape.join()) {
      throw new RangeError(`parameter ${name} is ${formatShape(known.shape)}, not ${formatShape(shape)}`);
    }
    if (known.role !== role || known.layer !== layer) {
      throw new RangeError(`parameter ${name} is ${known.role} of ${known.layer}, not ${role} of ${layer}`);
    }
    return known.tensor;
  }

  /** In the order they were first used. */
  list(): Parameter[] {
    return [...this.byName.values()];
  }

  /** The parameters under `prefix.`, declared as those of `layer`; an empty prefix is the whole. */
  scope(prefix: string, layer: ParameterLayer): ParameterScope {
    return new ParameterScope(this, prefix, layer);
  }
}

/** A view of the parameters below one dotted prefix, and the layer that they are declared in. */
export class ParameterScope {
  private readonly parameters: Parameters;
  private readonly prefix: string;
  private readonly layer: ParameterLayer;

  constructor(parameters: Parameters, prefix: string, layer: ParameterLayer) {
    this.parameters = parameters;
    this.prefix = prefix;
    this.layer = layer;
  }

  get(name: string, shape: readonly number[], role: ParameterRole, initializer: Initializer): Tensor {
    return this.parameters.get(this.path(name), { shape, role, layer: this.layer, initializer });
  }

  /** The parameters below a further name. @param layer Where they act. @default the scope's own */
  scope(name: string, layer: ParameterLayer = this.layer): ParameterScope {
    return new ParameterScope(this.parameters, this.path(name), layer);
  }

  private path(name: string): string {
    return this.prefix ? `${this.prefix}.${name}` : name;
  }
}
