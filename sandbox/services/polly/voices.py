"""Amazon Polly's voices: who they are, what they speak and which engines have them."""

from dataclasses import dataclass

_ENGINES = {"s": "standard", "n": "neural", "l": "long-form", "g": "generative"}
_GENDERS = {"F": "Female", "M": "Male"}
_LANGUAGES = {
    "ar-AE": "Gulf Arabic",
    "arb": "Arabic",
    "ca-ES": "Catalan",
    "cmn-CN": "Chinese Mandarin",
    "cs-CZ": "Czech",
    "cy-GB": "Welsh",
    "da-DK": "Danish",
    "de-AT": "Austrian German",
    "de-CH": "Swiss Standard German",
    "de-DE": "German",
    "en-AU": "Australian English",
    "en-GB": "British English",
    "en-GB-WLS": "Welsh English",
    "en-IE": "Irish English",
    "en-IN": "Indian English",
    "en-NZ": "New Zealand English",
    "en-SG": "Singaporean English",
    "en-US": "US English",
    "en-ZA": "South African English",
    "es-ES": "Castilian Spanish",
    "es-MX": "Mexican Spanish",
    "es-US": "US Spanish",
    "fi-FI": "Finnish",
    "fr-BE": "Belgian French",
    "fr-CA": "Canadian French",
    "fr-FR": "French",
    "hi-IN": "Hindi",
    "is-IS": "Icelandic",
    "it-IT": "Italian",
    "ja-JP": "Japanese",
    "ko-KR": "Korean",
    "nb-NO": "Norwegian",
    "nl-BE": "Belgian Dutch",
    "nl-NL": "Dutch",
    "pl-PL": "Polish",
    "pt-BR": "Brazilian Portuguese",
    "pt-PT": "Portuguese",
    "ro-RO": "Romanian",
    "ru-RU": "Russian",
    "sv-SE": "Swedish",
    "tr-TR": "Turkish",
    "yue-CN": "Cantonese",
}
# Source: "Available voices" in the Amazon Polly developer guide, 2025.
# Language, then name, gender and engines of each voice; "+" names a second language.
_TABLE = """\
ar-AE Hala F n +arb, Zayd M n +arb
arb Zeina F s
ca-ES Arlet F n
cmn-CN Zhiyu F sn
cs-CZ Jitka F n
cy-GB Gwyneth F s
da-DK Naja F s, Mads M s, Sofie F n
de-AT Hannah F ng
de-CH Sabrina F n
de-DE Marlene F s, Vicki F sng, Hans M s, Daniel M ng, Lennart M g
en-AU Nicole F s, Olivia F ng, Russell M s
en-GB Amy F sng, Emma F sn, Brian M sng, Arthur M n
en-GB-WLS Geraint M s
en-IE Niamh F ng
en-IN Aditi F s +hi-IN, Raveena F s, Kajal F ng +hi-IN
en-NZ Aria F ng
en-SG Jasmine F ng
en-US Danielle F nlg, Gregory M nl, Ivy F sn, Joanna F sng, Kendra F sn, Kimberly F sn, Salli F sng
en-US Joey M sn, Justin M sn, Kevin M n, Matthew M sng, Ruth F nlg, Stephen M ng, Tiffany F g
en-ZA Ayanda F ng
es-ES Conchita F s, Lucia F sng, Enrique M s, Sergio M ng
es-MX Mia F sng, Andres M ng
es-US Lupe F sng, Penelope F s, Miguel M s, Pedro M ng
fi-FI Suvi F n
fr-BE Isabelle F ng
fr-CA Chantal F s, Gabrielle F ng, Liam M ng
fr-FR Celine F s, Lea F sng, Mathieu M s, Remi M ng, Ambre F g, Florian M g
is-IS Dora F s, Karl M s
it-IT Carla F s, Bianca F sng, Giorgio M s, Adriano M n, Beatrice F g, Lorenzo M g
ja-JP Mizuki F s, Takumi M sn, Kazuha F n, Tomoko F n
ko-KR Seoyeon F sng, Jihye F n
nb-NO Liv F s, Ida F n
nl-BE Lisa F ng
nl-NL Laura F ng, Lotte F s, Ruben M s
pl-PL Ewa F s, Maja F s, Jacek M s, Jan M s, Ola F ng
pt-BR Camila F sng, Vitoria F sn, Ricardo M s, Thiago M n
pt-PT Ines F sn, Cristiano M s
ro-RO Carmen F s
ru-RU Tatyana F s, Maxim M s
sv-SE Astrid F s, Elin F n
tr-TR Filiz F s, Burcu F n
yue-CN Hiujin F n
"""


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice, in the words of Polly's API."""

    name: str
    gender: str
    language: str
    more_languages: tuple[str, ...]
    engines: tuple[str, ...]

    @property
    def language_name(self) -> str:
        """Name the voice's first language in English."""
        return _LANGUAGES[self.language]

    def speaks(self, language: str) -> bool:
        """Tell whether the voice has this language."""
        return language in (self.language, *self.more_languages)


def _read(table: str) -> dict[str, Voice]:
    voices = {}
    for line in table.splitlines():
        language, _, entries = line.partition(" ")
        for entry in entries.split(", "):
            name, gender, engines, *more = entry.split()
            voices[name] = Voice(
                name,
                _GENDERS[gender],
                language,
                tuple(code.lstrip("+") for code in more),
                tuple(_ENGINES[letter] for letter in engines),
            )
    return voices


VOICES = _read(_TABLE)
