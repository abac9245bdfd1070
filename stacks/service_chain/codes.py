"""What the chain's services call languages and voices, so that settings can be checked. Pure."""

# https://docs.aws.amazon.com/translate/latest/dg/what-is-languages.html, read on 2026-11-28.
_TRANSLATED = (
    "af am ar az bg bn bs ca cs cy da de el en es es-MX et fa fa-AF fi fr fr-CA ga gu ha he hi hr "
    "ht hu hy id is it ja ka kk kn ko lt lv mk ml mn mr ms mt nl no pa pl ps pt pt-PT ro ru si sk "
    "sl so sq sr sv sw ta te th tl tr uk ur uz vi zh zh-TW"
)
# https://docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html, read on 2026-11-28.
_ANALYZED = "ar de en es fr hi it ja ko pt zh zh-TW"
# https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html, as in
# botocore 1.43.106, read on 2026-11-28.
_TRANSCRIBED = (
    "ab-GE af-ZA am-ET ar-AE ar-SA ast-ES az-AZ ba-RU be-BY bg-BG bn-IN bs-BA ca-ES ckb-IQ ckb-IR "
    "cs-CZ cy-GB cy-WL da-DK de-CH de-DE el-GR en-AB en-AU en-GB en-IE en-IN en-NZ en-US en-WL "
    "en-ZA es-ES es-MX es-US et-EE et-ET eu-ES fa-AF fa-IR fi-FI fr-CA fr-FR ga-IE gd-GB gl-ES "
    "gu-IN ha-NG he-IL hi-IN hr-HR ht-HT hu-HU hy-AM id-ID is-IS it-IT ja-JP jv-ID ka-GE kab-DZ "
    "kk-KZ km-KH kn-IN ko-KR ky-KG lg-IN lt-LT lv-LV mhr-RU mi-NZ mk-MK ml-IN mn-MN mr-IN ms-MY "
    "mt-MT my-MM ne-NP nl-NL no-NO or-IN pa-IN pl-PL ps-AF pt-BR pt-PT ro-RO ru-RU rw-RW si-LK "
    "sk-SK sl-SI so-SO sq-AL sr-RS su-ID sv-SE sw-BI sw-KE sw-RW sw-TZ sw-UG ta-IN te-IN th-TH "
    "tl-PH tr-TR tt-RU ug-CN uk-UA uz-UZ vi-VN wo-SN zh-CN zh-HK zh-TW zu-ZA"
)
# https://docs.aws.amazon.com/transcribe/latest/dg/lang-id.html, read on 2026-11-28.
_NOT_IDENTIFIED = "sv-SE vi-VN"
# Those of the standard engine, the one that speaks where a request names none.
# https://docs.aws.amazon.com/polly/latest/dg/available-voices.html, read on 2026-11-28.
_VOICES = {
    "ar": "Zeina",
    "cy": "Gwyneth",
    "da": "Mads Naja",
    "de": "Hans Marlene Vicki",
    "en": "Aditi Amy Brian Emma Geraint Ivy Joanna Joey Justin Kendra Kimberly Matthew Nicole "
    "Raveena Russell Salli",
    "es": "Conchita Enrique Lucia Lupe Mia Miguel Penelope",
    "fr": "Celine Chantal Lea Mathieu",
    "hi": "Aditi",
    "is": "Dora Karl",
    "it": "Bianca Carla Giorgio",
    "ja": "Mizuki Takumi",
    "ko": "Seoyeon",
    "nl": "Lotte Ruben",
    "no": "Liv",
    "pl": "Ewa Jacek Jan Maja",
    "pt": "Camila Cristiano Ines Ricardo Vitoria",
    "ro": "Carmen",
    "ru": "Maxim Tatyana",
    "sv": "Astrid",
    "tr": "Filiz",
    "zh": "Zhiyu",
}

TRANSLATED = tuple(_TRANSLATED.split())
ANALYZED = tuple(_ANALYZED.split())
TRANSCRIBED = tuple(_TRANSCRIBED.split())
IDENTIFIED = tuple(code for code in TRANSCRIBED if code not in _NOT_IDENTIFIED.split())
VOICES = {language: tuple(names.split()) for language, names in _VOICES.items()}


def base_of(code: str) -> str:
    """Shorten ``en-US`` to ``en``; Taiwan's Chinese is a language of its own to the services."""
    return code if code == "zh-TW" else code.partition("-")[0]


def is_analyzed(code: str) -> bool:
    """Tell whether Comprehend knows a language, or the one that it is a variant of."""
    return code in ANALYZED or base_of(code) in ANALYZED


def voices_for(code: str) -> tuple[str, ...]:
    """List the standard voices that read a language of Translate's, or another variant of it."""
    return VOICES.get(code.partition("-")[0], ())
