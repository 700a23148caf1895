import sys, os; sys.path.insert(0,".")
import torch, json
torch.set_num_threads(1)
from safetensors.torch import load_file
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate
from tolltrace import jsonlines
from training import splits, metrics
names=sys.argv[1:]
n=loading.load("runs/experiments/"+names[0])
states=[loading.load("runs/experiments/"+x).network.state_dict() for x in names]
n.network.load_state_dict({k: sum(s[k].float() for s in states)/len(states) for k in states[0]})
p=Predictor(n,dtype=torch.float32)
corpus=list(jsonlines.read("data/corpus.jsonl")); sp=splits.read("data/splits.json")
for s,gold in (("val",splits.select(corpus,sp,"validation")),("real",list(jsonlines.read("../shared/real-dev/gold.jsonl")))):
    pred=[r.annotated for r in annotate(p,[a.document for a in gold])]
    f=dict(zip(metrics.KEYS,metrics.f1(metrics.count_all(gold,pred).sum(axis=0)).tolist()))
    print(names,s,{k:round(f[k],3) for k in("span","span_overlap","link","claim_core","blame","link/location")},flush=True)
