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
    a about above after again against all also am an and any are as at be because been before being
    below between both but by can could did do does doing down during each etc few for from further
    had has have having he her here hers him his how i if in into is it its itself just let may me
    might more most must my no nor not now of off on once only or other our ours out over own per
    same shall she should so some such than that the their theirs them then there these they this
    those through to too under until up upon us very via was we were what when where which while
    who whom why will with within without would you your yours
    """
)

STOP_WORDS = RUSSIAN | ENGLISH
