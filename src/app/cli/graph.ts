import { Command } from "commander";
import type { Trainable } from "../../core/classifier/trainable.ts";
import { TextClassifier } from "../../node/classifier/text-classifier.ts";
import { interruptible } from "./interrupt.ts";
import { Output, type OutputFlags } from "./output.ts";

/** `textune graph MODEL FILE` */
export function graphCommand(): Command {
  return new Command("graph")
    .description(
      "Write the training step (forward, loss and gradients) as an ONNX file, to look at or to run.",
    )
    .argument("<model>", "run folder, model folder, or model on the hub")
    .argument("<file>", "ONNX file to write; Netron and onnxruntime open it")
    .option(
      "--trainable <what>",
      "what the step differentiates: head, all, top:N, or patterns of names",
      "all",
    )
    .option("--labels <a,b>", "class names of a model that has none", "negative,positive")
    .addHelpText("after", "\nExample:\n  textune graph distilbert-base-uncased step.onnx --trainable top:2")
    .action(
      async (model: string, file: string, options: OutputFlags & { trainable: string; labels: string }) => {
        const { trainable, labels } = options;
        const output = new Output(options);
        await interruptible(async (signal) => {
          const classifier = await TextClassifier.fromPretrained(model, {
            labels: labels.split(","),
            trainable: (trainable.includes("*") ? trainable.split(",") : trainable) as Trainable,
            ...{ signal, onProgress: output.progress },
          });
          await classifier.writeTrainingStep(file);
          output.tell(`wrote ${file}`);
        }).finally(() => output.clear());
      },
    );
}
