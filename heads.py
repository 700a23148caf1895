"""Link heads on frozen states of a model that saw none of these articles: python heads.py FORM SEED [key=val]"""
import sys, json, pathlib, torch, numpy as np, time, pickle
torch.set_num_threads(1)
sys.path.insert(0,'.')
from tolltrace import jsonlines, markup, scheme
from tolltrace.model import loading, candidates, network
from tolltrace.model.encoding import align, tokenize
from tolltrace.model.predictor import Predictor
from tolltrace.model.decoding import decode_links
from tolltrace.model.batches import join_spans
from tolltrace.reading import find_set_aside, ranges_to_read
from training import splits
CACHE=pathlib.Path('heads.pkl')
if not CACHE.exists():
    p=Predictor(loading.load('tolltrace/default_model'),dtype=torch.float32)
    new=[]
    for d in sorted(pathlib.Path('drafts').glob('w*')):
        if int(d.name[1:])<15: continue
        for f in sorted(d.glob('p*.txt')):
            try: new.append(markup.read_file(f))
            except Exception as e: print('skip',f,e)
    corpus=list(jsonlines.read('data/corpus.jsonl')); s=splits.read('data/splits.json')
    sets={'new':new,'val':[a for a in corpus if s[a.id]!='train'],'real':list(jsonlines.read('../shared/real-dev/gold.jsonl'))}
    out={}
    for k,docs in sets.items():
        rows=[]
        for a in docs:
            t=tokenize(p.tokenizer,[a.text],[ranges_to_read(a.text,find_set_aside(a.text))])[0]
            if not t.words: continue
            g=align(t,a); c=candidates.find(g.spans,t.sentence,130,330); y,_=candidates.truth(c,g.links)
            with torch.inference_mode(): st=p._states([t]).clone()
            rows.append((a.id,st,g.spans,c,y,g.links,len(a.links)))
        out[k]=rows; print(k,len(rows))
    pickle.dump(out,open(CACHE,'wb'))
data=pickle.load(open(CACHE,'rb'))
import hashlib
new=[r for r in data['new']]; 
held=[r for r in new if int(hashlib.sha256(r[0].encode()).hexdigest(),16)%5==0]; train=[r for r in new if r not in held] if False else [r for r in new if int(hashlib.sha256(r[0].encode()).hexdigest(),16)%5!=0]
form,seed=sys.argv[1],int(sys.argv[2]); torch.manual_seed(seed); rng=np.random.default_rng(seed)
opts=dict(a.split('=') for a in sys.argv[3:])
head=network.LINK_HEADS[form](384,int(opts.get('size',192)),int(opts.get('size',192)),float(opts.get('drop',0.1)))
def init(m):
    if isinstance(m,torch.nn.Linear): torch.nn.init.normal_(m.weight,std=.02); m.bias is not None and torch.nn.init.zeros_(m.bias)
    elif isinstance(m,torch.nn.Embedding): torch.nn.init.normal_(m.weight,std=.02)
head.apply(init)
E=int(opts.get('epochs',12)); B=4
opt=torch.optim.AdamW(head.parameters(),lr=float(opts.get('lr',2e-3)),weight_decay=.01)
steps=E*(len(train)//B); sched=torch.optim.lr_scheduler.LambdaLR(opt,lambda s:min((s+1)/(.1*steps),max(0,(steps-s)/(.9*steps))))
def batch(rows):
    b=join_spans([r[2] for r in rows],[r[3] for r in rows],[len(r[1]) for r in rows])
    return torch.cat([r[1] for r in rows]),b,torch.from_numpy(np.concatenate([r[4] for r in rows]))
def evaluate(rows):
    tot=np.zeros((len(scheme.LINK_NAMES),3))
    head.eval()
    with torch.inference_mode():
        for r in rows:
            st,b,_=batch([r])
            if not len(b['pairs']): 
                for h,t,n in r[5]: tot[n,2]+=1
                continue
            pr=torch.sigmoid(head(st,b['spans'],b['pairs'],b['features'])).numpy()
            got={(h,t,n) for h,t,n,_ in decode_links(pr,r[3],dict.fromkeys(scheme.LINK_NAMES,.5))}; gold=set(r[5])
            for s,c in ((got&gold,0),(got,1),(gold,2)):
                for h,t,n in s: tot[n,c]+=1
    head.train()
    f=lambda x:round(float(2*x[0]/max(x[1]+x[2],1)),3)
    return f(tot.sum(0)),{scheme.LINK_NAMES[i]:f(tot[i]) for i in range(len(tot))}
t0=time.time(); k=0
for e in range(E):
    order=rng.permutation(len(train))
    for i in range(0,len(order)-B+1,B):
        st,b,y=batch([train[j] for j in order[i:i+B]])
        if not len(b['pairs']): continue
        logits=head(st,b['spans'],b['pairs'],b['features'])
        loss=network.link_loss(logits,y,b['allowed'])
        opt.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(head.parameters(),1.); opt.step(); sched.step()
res={'form':form,'seed':seed,'opts':opts,'sec':round(time.time()-t0)}
for k,rows in (('held',held),('val',data['val']),('real',data['real'])): res[k],res[k+'_by']=evaluate(rows)
print({k:v for k,v in res.items() if not k.endswith('_by')}); print({k:v for k,v in res['real_by'].items()})
open('heads.jsonl','a').write(json.dumps(res)+'\n')
