"""Words that carry no profession, by language."""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.replace("ё", "е").split())


RUSSIAN = _listed(
    """
    а без более больше бы был была были было быть в вам вами вас ваш ваша ваше ваши весь во вот все
    всего всей всем всех вся вы где да даже для до его ее ей ему если есть еще же за зачем здесь
    и из или им ими их к каждый как какая какие какой ко когда который которая которые которое кто
    куда ли либо лишь между меня мне много может можно мной мой моя мои мое мы на над надо нам нами
    нас наш наша наше наши не него нее нет ни них но ну о об однако он она они оно от очень перед по
    под после потом потому почему при про раз с сам сама сами свой своя свое свои себе себя со так
    также такая такие такой такое там те тебя тем теперь то тогда того тоже той только том тот ту
    тут ты у уже хотя чего чей чем через что чтобы чье чья эта эти это этого этой этом этот эту я
    """
)

ENGLISH = _listed(
    """
    a about above across after again against all almost along already also although always am
    among an and another any anyone anything are around as at be because become becomes becoming
    been before behind being below beside besides between beyond both but by can cannot could
    did do does doing down due during each either else elsewhere enough etc even ever every
    everyone everything everywhere except few for from further had has have having he hence her
    here hers herself him himself his how however i if in indeed into is it its itself just
    latter least less let many may me meanwhile might more moreover most mostly much must my
    myself namely neither never nevertheless next no nobody none nor not nothing now nowhere of
    off often on once one only onto or other others otherwise our ours ourselves out over own
    per perhaps please quite rather same shall she should since so some somehow someone
    something sometimes somewhere still such than that the their theirs them themselves then
    there thereby therefore these they this those though through throughout thus to together too
    toward towards under unless unlike until up upon us using very via was we well were what
    whatever when whenever where whereas whereby wherein wherever whether which whichever while
    who whoever whole whom whose why will with within without would yet you your yours yourself
    yourselves
    """
)

STOP_WORDS = RUSSIAN | ENGLISH

ORDINARY = _listed(
    """
    angular asterisk bash cam chef cucumber dart ecm eda elixir elk etap excel flask gatling
    go iss jest juniper lean locust mason mercurial playwright plc puppeteer rag react rest
    ros rust sap sass scratch soap solidity spice swift tableau tomcat uml ups vat zoom вик
    вог гип овен опс роп сар тар эхо
    """
)
"""Ordinary words of both languages that are names of skills too."""
