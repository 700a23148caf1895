"""The wording of page furniture: what a whole line of a menu, a share bar or a comment form reads like.

All patterns meet a normalised line (lower case, single spaces, straight quotes) of limited length, as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_STRAIGHT = str.maketrans("’‘“”«»–—−", '\'\'""""---')

# Code points; longer lines are article text, whatever words they hold.
MAXIMUM_LINE = 220
MAXIMUM_POLICY_LINE = 700


def normalise(line: str) -> str:
    """A line in the form that the patterns are written for; offsets do not carry over."""
    return " ".join(line.translate(_STRAIGHT).lower().split())


def _either(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PAGE = r"(?:article|story|page|post)"

KINDS: Mapping[str, re.Pattern[str]] = {
    "captcha": _either(
        r"\d{1,3} ?[-+x*×] ?\d{1,3} ?= ?\??",
        r"what is \d{1,3} ?[-+x*×] ?\d{1,3} ?\?",
        r"this question is for testing whether .*",
        r"solve this (?:simple )?math(?:ematical|s)? problem\b.*",
        r"(?:math question|(?:image )?captcha|verification code) ?\*?",
        r"i'?m not a robot\.?",
        r"(?:please )?(?:prove|confirm|verify)(?: that)? you are (?:not a robot|(?:a )?human)\b.*",
        r"(?:please )?(?:enter|type) the (?:characters|letters|code|text|word).*(?:image|shown|above|below|see)\b.*",
        r"this (?:site|form) is protected by recaptcha\b.*",
    ),
    "vote": _either(
        r"\d[\d,.]* (?:users?|people|readers?|visitors?|persons?) (?:has|have) voted\.?",
        r"no votes yet\.?",
        r"(?:your|average|overall) rating ?:.{0,40}",
        r"average: ?\d.{0,30}votes?\)?",
        rf"(?:please )?rate this(?: {_PAGE})?[.:]?",
        r"\d[\d,.]* votes?",
    ),
    "comments": _either(
        r"(?:post|add|leave|write|submit|make) (?:a |an |your )?(?:new |first )?(?:comment|reply|response)s?\W?",
        r"(?:\d[\d,.]* )?comments?(?: ?\(\d+\))?:?",
        r"no comments(?: yet)?\.?",
        rf"comments? (?:about|on) this {_PAGE}",
        r"please fill(?: in| out)? the (?:fields|form)(?: below)?\.?",
        r"your e-?mail (?:address )?(?:will|won't) (?:not )?be (?:published|shown|shared)\b.*",
        r"(?:\* ?)?required fields are marked.{0,10}",
        r"(?:cancel reply|leave a reply cancel reply|reply to this comment|report (?:abuse|this comment))",
        r"be the first (?:one )?to (?:post a |write a |leave a )?comment\b.{0,40}",
        r"comments (?:are|have been) (?:now )?(?:closed|disabled|turned off|moderated)\b.{0,60}",
        rf"(?:view|show|see|read|hide|load)(?: all)?(?: \d+)? comments(?: \(\d+\))?(?: on this {_PAGE})?",
        r"save my name, e-?mail.*",
        r"notify me (?:of|when|by|about) .*(?:comments?|posts?)\b.*",
        r"(?:join the (?:conversation|discussion)|have your say)\W?",
        r"more information about text formats",
        r"no html tags allowed\.?",
        r"web page addresses and e-?mail addresses turn into links automatically\.?",
        r"lines and paragraphs break automatically\.?",
        r"(?:please )?(?:log|sign) ?in or (?:register|sign up|create an account)"
        r" to (?:(?:post|leave|add) )?(?:a )?comments?\.?",
        r"[^.]{0,40}\bmoderates? all comments\b.*",
        r"all comments (?:are|will be) (?:moderated|reviewed|checked)\b.*",
        r"comments (?:that|which) (?:do not|don't|fail to) (?:meet|follow|comply)\b.*",
    ),
    "newsletter": _either(
        r"get (?:the |our )?(?:day's |week's )?(?:top|latest|breaking|best|daily|weekly|free)\b.*"
        r"(?:e-?mail(?:ed)?|inbox|newsletter|alerts)\b.*",
        r"(?:please )?(?:subscribe|sign up)(?: now| today| here)?(?: (?:to|for)\b.*)?"
        r"(?:newsletters?|alerts?|mailing list|bulletins?|updates|daily digest|channel)\b.{0,60}",
        r"stay (?:informed|up to date|updated|tuned|connected|in the know)\W? ?(?:subscribe|sign up|follow|join)\b.*",
        r"(?:our |the |daily |weekly |free )?newsletters?(?: sign-?up)?",
        r"(?:please )?enter your e-?mail(?: address)?\b.{0,80}",
        r".{0,80}(?:delivered|straight|sent|directly) (?:straight |directly )?to your (?:inbox|e-?mail)\W?",
    ),
    "notice": _either(
        r"(?:©|\(c\)|copyright\b).{0,20}\b\d{4}\b.{0,120}",
        r"(?:© ?|copyright ).{0,60}all rights reserved.{0,60}",
        r".{0,60}\ball rights reserved\W?",
        r"(?:we|(?:this|our) (?:web ?)?sites?|we and our partners)(?: may)? uses? cookies\b.*",
        r"by (?:continuing|using|browsing|clicking|closing)\b.*"
        r"(?:cookies?|privacy|(?:our|the) terms|terms of (?:use|service))\b.*",
        r"(?:accept|reject|manage|allow)(?: all)?(?: the)? cookies",
        r"(?:(?:privacy|cookies?) (?:policy|settings?|preferences|notice)"
        r"|terms (?:of (?:use|service)|(?:and|&) conditions))",
        r"source link",
        r"(?:advertisements?|advertising|sponsored(?: content| links)?|story continues below(?: this)? advertisement)",
        r"media playback is (?:not supported|unsupported) on (?:your|this) device\.?",
        r"your browser does not support\b.*",
        r"(?:please )?(?:enable|turn on) javascript\b.*",
        r"author'?s rights? (?:of|to|in) the (?:image|photo|picture)\.?",
        r"(?:image|photo|picture) (?:copyright|rights)(?! .*caption):? ?[^.]{0,40}",
        rf"this (?:{_PAGE}|material|content) (?:may not|must not|cannot) be (?:published|reproduced|copied|re).*",
        r"(?:the )?(?:views|opinions) expressed .*(?:author|writer|reflect|represent)\b.*",
    ),
    "related": _either(
        r"(?:read|see|watch|listen) (?:more|also|next)(?: ?[:>»].{0,140}|\W{0,3})",
        r"(?:also (?:read|see|watch)|more (?:on|about) this (?:story|topic|subject)) ?(?::.{0,140})?",
        r"(?:click|tap) here to read more\b.{0,60}",
        r"related(?: (?:articles?|stories|news|posts?|content|topics|coverage|links|reading|items))?(?: ?:.{0,140})?",
        r"(?:the )?most (?:read|popular|viewed|shared|commented|recent)(?: (?:articles?|stories|news|posts?))?:?",
        r"(?:more (?:stories|news|articles)|more from [^.]{1,40}):?",
        r"you (?:may|might)(?: also)? (?:like|be interested in|enjoy):?",
        r"(?:recommended|trending|popular|suggested)(?: (?:for you|now|stories|articles|posts?|news|topics))?:?",
        r"(?:top|latest|other|today's|must-read) (?:stories|news|articles|headlines|posts|videos):?",
        r"(?:editor'?s'? (?:picks?|choice)|don't miss|in case you missed it|what to read next|up next):?",
        r"loading recommendations ?(?:\.{1,3}|…)?",
    ),
    "menu": _either(
        r"you are here(?: ?[:>»].*)?",
        r"(?:home|homepage) ?[>»›/|→] ?.*",
        r"(?:skip|jump) to (?:the )?(?:main )?(?:content|navigation|search|menu)",
        r"(?:back to (?:the )?top|toggle navigation|(?:main |close |open )?(?:menu|navigation)|search|home ?page|home)",
        r"(?:today's paper|e-?paper|print edition|site ?map|about us|contact us|advertise with us|archives?)",
        r"(?:previous|next|prev) (?:article|post|story|page)",
        r"(?:load|show|view|see) (?:more|all|less)(?: \w+)?",
        r"(?:reading time ?: ?)?\d{1,3} ?(?:mins?|minutes?)(?: read(?:ing time)?)?",
        r"(?:text|font) size\b.{0,30}",
        rf"(?:print|listen to|save|bookmark|download)(?: to)?(?: this)? {_PAGE}",
        r"(?:log|sign) ?(?:in|out|up|on)(?: ?(?:/|\||or) ?(?:register|sign ?up|join|log ?in|subscribe))?",
        r"(?:(?:log|sign) ?in|subscribe|register)(?: now)? to (?:continue|read|unlock|access|view)\b.*",
        r"(?:register|subscribe|my account|forgot(?: your)? password ?\??|remember me"
        r"|create (?:an? |your )?(?:new )?account)",
        r"(?:already (?:a (?:subscriber|member)|registered)|(?:do you )?already have an account)"
        r"\?? ?(?:(?:log|sign) ?in)?\.?",
        r"(?:tags?|keywords|topics|filed under|categor(?:y|ies)|posted in|in this story) ?: ?[^.]{1,150}",
        r"tags [^.:]{1,150}",
    ),
}

# Keywords may name harm: they are no sentence.
KEYWORDS = re.compile(r"(?:tags?|keywords|topics|filed under|categor(?:y|ies)|posted in) ?:.*")
# These head a section of a round-up as often as a list of other articles.
NEWS_HEADING = re.compile(r"(?:latest|other) news:?")

# Half of these words make no share bar; all words of a line, with one that names sharing, do.
SHARE_WORDS = _words(
    """
    a and article by channel click comment e email facebook feed flipboard follow friend friends google in
    instagram it join k like link linkedin m mail messenger new on onto opens or our page pin pinterest plus post
    print reddit rss save send share shares sharing snapchat story telegram the this threads tiktok to tumblr
    tweet twitter us viber via whatsapp window with x your youtube
    """
)
SHARE_SIGNS = _words(
    """
    email facebook instagram linkedin messenger pinterest reddit rss share shares sharing telegram tiktok tumblr
    tweet twitter viber whatsapp youtube print
    """
)

# Fields of a comment form; as bare words they mean that only below a heading for comments.
FORM_FIELD = re.compile(
    r"(?:your |full |first |last )?(?:name|e-?mail(?: address)?|web ?site|subject|comments?|message|home ?page|url"
    r"|reply|plain text|send|submit|preview|publish)\W{0,3}(?:\(?required\)?)?"
)
POLICY_PHRASE = _either(
    r"\bmoderates? all comments\b",
    r"\ball comments (?:are|will be) (?:moderated|reviewed|checked)\b",
    r"\bcomments (?:that|which) (?:do not|don't|fail to|violate|contain|include)\b",
    r"\bcomments (?:containing|including|deemed|submitted)\b",
    r"\b(?:comment(?:ing|s)?|community) (?:guidelines|policy|rules|standards)\b",
    r"\bwe (?:will not|do not|won't|don't|cannot) (?:tolerate|publish|allow|accept)\b.*"
    r"\b(?:comments?|profanity|abuse|abusive|attacks|links|insults|language)\b",
    r"\bwe (?:also )?welcome (?:\w+ )?(?:comments|criticism)\b",
    r"\bwe reserve the right to (?:remove|delete|edit|reject|block)\b",
    r"\byour comments? (?:must|will|should|may|has|have|is|are)\b",
    r"\bcomments (?:are|will be) (?:not |never )?(?:edited|moderated|approved|rejected|published|removed|deleted)\b",
    r"\b(?:views|opinions) expressed in (?:the |these )?comments\b",
    r"\b(?:please )?keep (?:your )?comments? (?:\w+ )?(?:civil|respectful|polite|clean|relevant|on topic)\b",
)

# A comment policy may start without a heading, as long as it stands in the last part of the page.
POLICY_START = _either(
    r"[^.]{0,40}\bmoderates? all comments\b",
    r"all comments (?:are|will be) (?:moderated|reviewed|checked)\b",
    r"(?:comment(?:ing|s)?|community) (?:guidelines|policy|rules)\W{0,2}$",
)

# What a bar of languages is known by; other bars must be longer.
LANGUAGES = _words(
    """
    english العربية عربي عربى اردو كوردی کوردی kurdî kurdi kurmanci soranî sorani türkçe turkish français francais
    deutsch español espanol русский فارسی دری پښتو українська עברית 中文 italiano arabic french kurdish urdu pashto
    dari farsi persian russian
    """
)
