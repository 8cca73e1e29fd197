import type { Task } from "../../core/data/targets.ts";
import type { RunRecord } from "../../core/training/run-record.ts";
import type { MeasuredLayer } from "./choose-layers.ts";
import type { ExportDtype } from "./dtypes.ts";
import type { Accuracy, Parity } from "./parity.ts";

/** One file of an export. */
export interface ExportedDtype {
  name: ExportDtype;
  /** Below the folder. */
  file: string;
  bytes: number;
  /** On this machine, in batches of texts of similar length. */
  rowsPerSecond: number;
  parity: Parity;
  /** Of q8: layers that compute in float32, of weights in int8, since int8 would lose too much. */
  float32Products?: string[];
  /** Of q8: layers that stay in float32 altogether. */
  float32Layers?: string[];
  /** Of q8: what that was chosen by. */
  calibration?: { source: string; rows: number; difference: number; layers: MeasuredLayer[] };
}

/** What `export.json` says of an export. */
export interface ExportRecord {
  textuneVersion: string;
  /** As the user named the model. */
  model: string;
  task: Task;
  pair: boolean;
  labels: string[];
  /** Of a multi-label model. */
  thresholds?: number[];
  /** What the answers were compared on. */
  texts: { source: string; rows: number; labelled: boolean };
  /** The classifier that was exported, in textune. */
  classifier: { accuracy?: Accuracy; rowsPerSecond: number };
  dtypes: ExportedDtype[];
  /** What tools that open the folder can't know, one sentence each. */
  limits: string[];
  environment: RunRecord["environment"];
}
