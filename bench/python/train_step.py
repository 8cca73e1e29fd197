"""One full fine-tuning step (forward, backward, clip, AdamW) of a Hugging Face classifier with random weights.

python bench/python/train_step.py --arch distilbert|bert|deberta|deberta-v2 --batch 16 --length 128
"""

import argparse

import torch
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    DebertaConfig,
    DebertaV2Config,
    DistilBertConfig,
)

from common import encoder_gflop, gemm_gflops, median_seconds, print_result

RELATIVE = dict(relative_attention=True, position_biased_input=False, type_vocab_size=0, max_relative_positions=-1)
CONFIGURATIONS = {  # the published base models' shapes
    "distilbert": lambda: DistilBertConfig(),
    "bert": lambda: BertConfig(),
    "deberta": lambda: DebertaConfig(pos_att_type="c2p|p2c", **RELATIVE),
    "deberta-v2": lambda: DebertaV2Config(
        hidden_size=768,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=3072,
        position_buckets=256,
        share_att_key=True,
        norm_rel_ebd="layer_norm",
        pos_att_type="p2c|c2p",
        **RELATIVE,
    ),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--arch", choices=CONFIGURATIONS, default="distilbert")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fused", action="store_true", help="torch's fused AdamW instead of its default one")
    return parser.parse_args()


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(42)
    gemm = gemm_gflops()
    config = CONFIGURATIONS[args.arch]()
    config.num_labels = 3
    model = AutoModelForSequenceClassification.from_config(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=args.fused or None)
    # Rows of different length, the longest full: without padding transformers would drop the mask.
    lengths = torch.linspace(args.length // 2, args.length, args.batch).long()
    mask = (torch.arange(args.length)[None, :] < lengths[:, None]).long()

    def step(_):
        ids = torch.randint(1000, 30000, (args.batch, args.length)) * mask
        labels = torch.randint(0, 3, (args.batch,))
        loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    seconds = median_seconds(step, args.steps, args.warm_up)
    gflop = encoder_gflop(config, args.batch, args.length, backward=True)
    rate = gflop / seconds["median"]
    print_result(
        {
            "arch": args.arch,
            "batch": args.batch,
            "length": args.length,
            "optimizer": "AdamW fused" if args.fused else "AdamW",
            "parameters": sum(p.numel() for p in model.parameters()),
            "millisecondsPerStep": 1000 * seconds["median"],
            "allSeconds": seconds["all"],
            "gflopPerStep": gflop,
            "gflops": rate,
            "gemmGflops": gemm,
            "shareOfGemm": rate / gemm,
        }
    )


if __name__ == "__main__":
    main()
