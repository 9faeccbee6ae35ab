"""Invented people for demonstrations and measurements: seeded, so that the same seed is the same crowd.

Names are put together from common given and family names of the region; nobody is meant. This is not
a model of any population: the commonest names are merely commoner, so that searches meet real buckets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """`latin_*` is the passport line, given for about two thirds; sex F or M; country alpha-3."""

    given: str
    family: str
    script: str
    language: str
    sex: str
    birth_year: int
    nationality: str
    latin_given: str = ""
    latin_family: str = ""

    @property
    def forms(self) -> tuple[str, ...]:
        """Every name form, as `workflows.names.keys.keys_of` takes them."""
        own = f"{self.family} {self.given}"
        latin = f"{self.latin_family} {self.latin_given}"
        return (own, latin) if self.latin_given and latin != own else (own,)


@dataclass(frozen=True, slots=True)
class _Stock:
    """Names of one language; each is `own/latin`, or one spelling where they are the same."""

    language: str
    script: str
    nationality: str
    weight: int
    women: str
    men: str
    families: str
    female_ending: tuple[str, str] = ("", "")


_STOCKS = (
    _Stock(
        "tgk", "Cyrl", "TJK", 20,
        "Шаҳноза/Shahnoza Мадина/Madina Нигора/Nigora Зарина/Zarina Фарзона/Farzona Манижа/Manizha "
        "Гулбаҳор/Gulbahor Ситора/Sitora Парвина/Parvina Нилуфар/Nilufar Мавзуна/Mavzuna Тахмина/Tahmina",
        "Далер/Daler Фаррух/Farrukh Беҳрӯз/Behruz Ҷамшед/Jamshed Сӯҳроб/Suhrob Парвиз/Parviz "
        "Шавкат/Shavkat Рустам/Rustam Фирдавс/Firdavs Комрон/Komron Абдулло/Abdullo Саид/Said",
        "Раҳимов/Rahimov Холиқов/Kholiqov Мирзоев/Mirzoev Назаров/Nazarov Сафаров/Safarov Шарипов/Sharipov "
        "Ҳакимов/Hakimov Қурбонов/Qurbonov Давлатов/Davlatov Ғафуров/Ghafurov Юсуфов/Yusufov Ятимов/Yatimov "
        "Одинаев/Odinaev Бобоев/Boboev Камолов/Kamolov Исмоилов/Ismoilov",
        ("а", "a"),
    ),
    _Stock(
        "uzn", "Latn", "UZB", 18,
        "Dilnoza Feruza Gulnora Malika Nodira Sevara Zulfiya Barno Kamola Shahlo Umida Oydin",
        "Javohir Otabek Sardor Ulugʻbek Dilshod Bobur Jasur Eldor Aziz Sherzod Nodir Gʻayrat",
        "Karimov Toʻraqulov Yoʻldoshev Abdullayev Rashidov Xoʻjayev Qodirov Ergashev Saidov Umarov "
        "Ismoilov Jumaboyev Mirzayev Oʻrinboyev Tursunov Sobirov",
        ("a", "a"),
    ),
    _Stock(
        "kaz", "Cyrl", "KAZ", 8,
        "Жанар/Zhanar Айгүл/Aigul Ләззат/Lyazzat Дана/Dana Сәуле/Saule Мәдина/Madina Әсел/Asel Гүлнәр/Gulnar",
        "Нұрлан/Nurlan Мұрат/Murat Дәурен/Dauren Ерлан/Yerlan Бауыржан/Bauyrzhan Тимур/Timur Асқар/Askar "
        "Қайрат/Kairat",
        "Бекмұхамбетов/Bekmukhambetov Қасымов/Kassymov Шәріпов/Sharipov Өтегенов/Utegenov Тұрсынов/Tursynov "
        "Сағынбаев/Sagynbayev Омаров/Omarov Ахметов/Akhmetov Жұмабаев/Zhumabayev Серіков/Serikov",
        ("а", "a"),
    ),
    _Stock(
        "kir", "Cyrl", "KGZ", 8,
        "Бүбүсара/Bubusara Айгүл/Aigul Нургүл/Nurgul Жылдыз/Jyldyz Гүлнара/Gulnara Чолпон/Cholpon",
        "Таалайбек/Taalaibek Нурбек/Nurbek Азамат/Azamat Бакыт/Bakyt Эмил/Emil Талант/Talant",
        "Токтогулов/Toktogulov Үсөнов/Usonov Асанов/Asanov Жолдошбеков/Joldoshbekov Мамбетов/Mambetov "
        "Сыдыков/Sydykov Осмонов/Osmonov Бейшеналиев/Beishenaliev",
        ("а", "a"),
    ),
    _Stock(
        "prs", "Arab", "AFG", 30,
        "فاطمه/Fatima زهرا/Zahra مریم/Maryam خدیجه/Khadija زینب/Zainab شکریه/Shukria فرزانه/Farzana "
        "نرگس/Nargis لطیفه/Latifa پروانه/Parwana حمیده/Hamida راضیه/Razia",
        "محمد/Mohammad احمد/Ahmad علی/Ali حسین/Hussain عبدالله/Abdullah حمیدالله/Hamidullah نعیم/Naeem "
        "رضا/Reza مصطفی/Mustafa ذبیح‌الله/Zabihullah نجیب/Najib یعقوب/Yaqub",
        "احمدی/Ahmadi رحیمی/Rahimi حسینی/Hussaini کریمی/Karimi نوری/Noori محمدی/Mohammadi صدیقی/Sediqi "
        "امیری/Amiri عزیزی/Azizi ناصری/Naseri حیدری/Haidari شریفی/Sharifi یوسفی/Yousufi جعفری/Jafari "
        "رضایی/Rezaei قاسمی/Qasimi",
    ),
    _Stock(
        "pbt", "Arab", "AFG", 12,
        "پلوشه/Palwasha زرغونه/Zarghuna سپوږمی/Spozhmai ملالی/Malalai شمیم/Shamim ګلالۍ/Gulalai",
        "بریالی/Baryalai ببرک/Babrak حمدالله/Hamdullah اجمل/Ajmal زلمی/Zalmai شیرخان/Sherkhan",
        "هوتک/Hotak پوپل/Popal اچکزی/Achakzai نورزی/Noorzai ستانکزی/Stanikzai وردک/Wardak احمدزی/Ahmadzai "
        "سلیمانخیل/Sulaimankhel",
    ),
    _Stock(
        "tuk", "Latn", "TKM", 4,
        "Maýsa Ogulgerek Jeren Bahar Aýna Gözel",
        "Kerim Döwlet Merdan Batyr Serdar Begenç",
        "Saparow Annagulyýew Garaýew Orazow Nuryýew Atabaýew Hojaýew Gurbanow",
        ("a", "a"),
    ),
)  # fmt: skip


def _split(names: str) -> list[tuple[str, str]]:
    parted = [name.partition("/") for name in names.split()]
    return [(own, latin or own) for own, _, latin in parted]


class _Source:
    """A stock made ready to draw from; the n-th name is drawn with a weight of 1 / (n + 2)."""

    def __init__(self, stock: _Stock) -> None:
        self.stock = stock
        self.given = {"F": _split(stock.women), "M": _split(stock.men)}
        self.families = _split(stock.families)
        self.weights = {
            len(names): list(accumulate(1 / (n + 2) for n in range(len(names))))
            for names in (*self.given.values(), self.families)
        }

    def _pick(self, random: Random, names: Sequence[tuple[str, str]]) -> tuple[str, str]:
        return random.choices(names, cum_weights=self.weights[len(names)])[0]

    def draw(self, random: Random) -> InventedPerson:
        sex = "M" if random.random() < 0.58 else "F"
        given, latin_given = self._pick(random, self.given[sex])
        if random.random() < 0.45:  # two given names are common, and spread the crowd
            second, latin_second = self._pick(random, self.given[sex])
            if second != given:
                given, latin_given = f"{given} {second}", f"{latin_given} {latin_second}"
        family, latin_family = self._pick(random, self.families)
        if sex == "F":
            family += self.stock.female_ending[0]
            latin_family += self.stock.female_ending[1]
        passport = random.random() < 0.66
        return InventedPerson(
            given=given,
            family=family,
            script=self.stock.script,
            language=self.stock.language,
            sex=sex,
            birth_year=int(random.triangular(1945, 2026, 1998)),
            nationality=self.stock.nationality,
            latin_given=latin_given if passport else "",
            latin_family=latin_family if passport else "",
        )


def people(seed: int, n: int) -> Iterator[InventedPerson]:
    """`n` invented people; the first k of a longer crowd are the shorter crowd of the same seed."""
    random = Random(seed)  # noqa: S311  # a crowd for trying out, nothing secret
    sources = [_Source(stock) for stock in _STOCKS]
    weights = list(accumulate(stock.weight for stock in _STOCKS))
    for _ in range(n):
        yield random.choices(sources, cum_weights=weights)[0].draw(random)
