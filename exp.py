"""python exp.py NAME [key=value ...]: one short run; a line of results in results.jsonl."""
import sys, json, dataclasses, tomllib, time, pathlib, os
import torch
torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS','1')))
from training import config as C, train as T, splits, metrics
from training.calibrate import calibrate
from tolltrace import jsonlines
from tolltrace.model import loading
from tolltrace.model.predictor import Predictor
from tolltrace.pipeline import annotate
name=sys.argv[1]; over=dict(a.split('=',1) for a in sys.argv[2:])
cfg=C.read('training/configs/default.toml')
vals={'train':{'epochs':6,'evaluate_every':6},'model':{},'data':{}}
for k,v in over.items():
    sec,key=k.split('.'); 
    try: v=json.loads(v)
    except ValueError: pass
    vals[sec][key]=tuple(v) if isinstance(v,list) else v
vals['train']['evaluate_every']=vals['train']['epochs']
cfg=dataclasses.replace(cfg,train=dataclasses.replace(cfg.train,**vals['train']),model=dataclasses.replace(cfg.model,**vals['model']),data=dataclasses.replace(cfg.data,**vals['data']))
out=pathlib.Path('runs')/name
if name.startswith('mlm'):
    import subprocess
    t0=time.time(); subprocess.run([sys.executable,'mlm.py','mlm.safetensors','3'],check=True,stdout=open('mlm_pre.log','w')); print('mlm minutes',(time.time()-t0)/60)
    cfg=dataclasses.replace(cfg,train=dataclasses.replace(cfg.train,start='mlm.safetensors'))
if name.endswith('_3'): T.calibrate=lambda *a: None
t=time.time(); facts=T.train(cfg,out)
res={'name':name,'over':over,'min':round((time.time()-t)/60,1),'val':facts['history'][-1]}
m=loading.load(out); p=Predictor(m,dtype=torch.float32)
gold=list(jsonlines.read('../shared/real-dev/gold.jsonl'))
val=splits.select(list(jsonlines.read(cfg.data.corpus[0])),splits.read(cfg.data.splits),'validation')
for what,g in (('val',val),('real',gold)):
    pred=[r.annotated for r in annotate(p,[a.document for a in g])]
    s=metrics.f1(metrics.count_all(g,pred).sum(0)); d=dict(zip(metrics.KEYS,s.tolist()))
    res[what]={k:round(v,4) for k,v in d.items()}
    # links on gold spans
print(json.dumps(res)); open('results.jsonl','a').write(json.dumps(res)+'\n')
for w in ('val','real'):
    r=res[w]; print(w,{k:r[k] for k in ('span','link','claim_core') if k in r})
