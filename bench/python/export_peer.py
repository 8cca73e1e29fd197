"""The ONNX files that transformers.js' own conversion makes of a model: optimum's export, and dynamic quantisation by
ONNX Runtime with weights by channel and of reduced range, as its scripts set it.

    python export_peer.py MODEL FOLDER

MODEL is a folder that AutoModelForSequenceClassification opens. FOLDER gets config.json, the tokenizer's files,
onnx/model.onnx and onnx/model_quantized.onnx.
"""

import shutil
import sys
from pathlib import Path

from onnxruntime.quantization import QuantType, quantize_dynamic
from optimum.exporters.onnx import main_export

model, folder = Path(sys.argv[1]), Path(sys.argv[2])
main_export(str(model), folder, task="text-classification", do_validation=False)
(folder / "onnx").mkdir(exist_ok=True)
shutil.move(folder / "model.onnx", folder / "onnx" / "model.onnx")
quantize_dynamic(
    folder / "onnx" / "model.onnx",
    folder / "onnx" / "model_quantized.onnx",
    per_channel=True,
    reduce_range=True,
    weight_type=QuantType.QInt8,
    extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
)
