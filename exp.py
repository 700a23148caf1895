import sys, dataclasses, json, pathlib, time
import os; sys.path.insert(0, ".")
import torch, numpy as np
torch.set_num_threads(int(sys.argv[3]) if len(sys.argv)>3 else 1)
from torch import nn
from torch.nn import functional
import training.train as T
from training import config as C, splits, metrics
import tolltrace.model.network as N
from tolltrace import jsonlines, scheme
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
name, variants = sys.argv[1], sys.argv[2].split("+")
T.calibrate = lambda *a: None
c = C.read("full.toml")
tr, mo, au = c.train, c.model, c.augment
R = dataclasses.replace
for v in variants:
    k, _, x = v.partition("=")
    if k == "lr": tr = R(tr, learning_rate=float(x))
    if k == "hlr": tr = R(tr, head_learning_rate=float(x))
    if k == "epochs": tr = R(tr, epochs=int(x), evaluate_every=int(x))
    if k == "win": mo = R(mo, window=int(x), overlap=min(64, int(x)//4))
    if k == "lw": mo = R(mo, link_weight=float(x))
    if k == "layers": mo = R(mo, link_layers=int(x))
    if k == "pair": mo = R(mo, pair_size=int(x), span_size=int(x))
    if k == "drop": mo = R(mo, dropout=float(x))
    if k == "bs": tr = R(tr, batch_documents=int(x))
    if k == "noaug": au = C.AugmentConfig()
    if k == "noise": au = R(au, noise=float(x))
    if k == "seed": tr = R(tr, seed=int(x))
    if k == "lora": tr = R(tr, lora_rank=int(x), lora_alpha=2*int(x), learning_rate=1e-3, head_learning_rate=2e-3)
    if k == "init":
        old_set = T.transformers.set_seed; want = tr.seed
        start0 = T.loading.start
        def start(cfg, start0=start0):
            old_set(1); n = start0(cfg); old_set(tr.seed); return n
        T.loading = type("L", (), {**{a: getattr(loading, a) for a in dir(loading) if not a.startswith("__")}, "start": staticmethod(start)})
    if k == "mlm":
        start0 = T.loading.start
        def start(cfg, start0=start0):
            n = start0(cfg); n.encoder.load_state_dict(torch.load("runs/mlm.pt")); return n
        T.loading = type("L", (), {**{a: getattr(loading, a) for a in dir(loading) if not a.startswith("__")}, "start": staticmethod(start)})
    if k == "llrd":
        d = float(x)
        def opt(self, *_, **__):
            if self.optimizer is None:
                groups = []
                for n, p in self.network.named_parameters():
                    if any(h in n for h in T.HEADS): rate = self.head_rate
                    elif ".layer." in n: rate = self.args.learning_rate * d ** (5 - int(n.split(".layer.")[1].split(".")[0]))
                    else: rate = self.args.learning_rate * d ** 6
                    groups.append({"params": [p], "lr": rate})
                self.optimizer = torch.optim.AdamW(groups, weight_decay=self.args.weight_decay)
            return self.optimizer
        T.TolltraceTrainer.create_optimizer = opt
    if k == "focal":
        g = float(x)
        def tag_loss(logits, tags):
            losses = []
            for part, gold in zip(logits.split(N.TAG_COUNTS, -1), tags):
                l = functional.cross_entropy(part.float(), gold, reduction="none")
                losses.append((l * (1 - torch.exp(-l)) ** g).sum())
            return torch.stack(losses).sum() / N.WORDS
        N.tag_loss = tag_loss
    if k == "weights":  # classes weighted by inverse root of frequency
        docs = list(jsonlines.read("data/corpus.jsonl")); cnt = {l: 0 for l in scheme.LABEL_NAMES}
        for a in docs:
            for s in a.spans: cnt[s.label] += 1
        med = np.median(list(cnt.values()))
        W = []
        for layer in scheme.LAYERS:
            W.append(torch.tensor([1.0] + [float(np.clip((med / cnt[t[2:]]) ** 0.5, 0.5, 3)) for t in scheme.layer_tags(layer)[1:]]))
        def tag_loss(logits, tags):
            return torch.stack([functional.cross_entropy(p.float(), g, weight=w, reduction="sum") for p, g, w in zip(logits.split(N.TAG_COUNTS, -1), tags, W)]).sum() / N.WORDS
        N.tag_loss = tag_loss
    if k == "frozenemb":
        start0 = T.loading.start
        def start(cfg, start0=start0):
            n = start0(cfg)
            n.encoder.embeddings.requires_grad_(False); return n
        T.loading = type("L", (), {**{a: getattr(loading, a) for a in dir(loading) if not a.startswith("__")}, "start": staticmethod(start)})
    if k == "upper":  # LoRA on the upper half of the layers alone
        import peft
        def with_adapter(network, train):
            t = [f"encoder.{n}" for n, m in network.encoder.named_modules() if isinstance(m, nn.Linear) and ".layer." in n and int(n.split(".layer.")[1].split(".")[0]) >= 3]
            return peft.get_peft_model(network, peft.LoraConfig(r=train.lora_rank, lora_alpha=train.lora_alpha, target_modules=t, modules_to_save=list(T.HEADS)))
        T.with_adapter = with_adapter
    if k == "numbers":  # numerals that are no figures: heads without links
        import re
        share = float(x); enc0 = T.encode; import training.dataset as D
        align0 = D.align
        CI = scheme.LABEL_NAMES.index("COUNT"); TI = scheme.LABEL_NAMES.index("TOTAL")
        digits = N.SHAPES.index("digits")
        def align(tokens, annotated):
            g = align0(tokens, annotated)
            taken = {i for a, b, l in g.spans for i in range(a, b + 1) if l in (CI, TI)}
            cas = g.tags[list(scheme.LAYERS).index("casualties")]
            wordshape = np.zeros(tokens.words, dtype=int); wordshape[tokens.word] = tokens.shape
            for i in np.flatnonzero(wordshape == digits):
                if cas[i] == 0 and np.random.random() < share: g.spans.append((int(i), int(i), CI if np.random.random() < .6 else TI))
            return g
        D.align = align
c = R(c, train=tr, model=mo, augment=au)
out = pathlib.Path("runs/experiments") / name
t = time.time(); facts = T.train(c, out); mins = (time.time() - t) / 60
p = Predictor(loading.load(out), dtype=torch.float32)
corpus = list(jsonlines.read("data/corpus.jsonl")); sp = splits.read("data/splits.json")
from tolltrace.pipeline import annotate
row = {"name": name, "minutes": round(mins, 1)}
for s, gold in (("val", splits.select(corpus, sp, "validation")), ("real", list(jsonlines.read("../shared/real-dev/gold.jsonl")))):
    pred = [r.annotated for r in annotate(p, [a.document for a in gold])]
    sums = metrics.count_all(gold, pred).sum(axis=0); f = dict(zip(metrics.KEYS, metrics.f1(sums).tolist()))
    row[s] = {k: round(f[k], 3) for k in ("span", "span_overlap", "link", "claim_core", "blame", "count_scope", "link/location", "link/means", "link/source", "link/victim")}
print("RESULT", json.dumps(row)); open("runs/experiments/results.jsonl", "a").write(json.dumps(row) + "\n")
