"""A second channel that is a copy is told by samples, whatever a sample looks like."""

import io

import numpy as np
import pytest
import soundfile

from service_chain.content_type import HEAD_BYTES
from service_chain.copied_channel import WINDOW_BYTES, is_copied, sound_of

RATE = 16_000
SECONDS = 6
WAV = ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW", "ULAW")


def tone(seed):
    """Make a sound like no other: a tone that rises, in noise of its own."""
    steps = np.arange(RATE * SECONDS) / RATE
    noise = np.random.default_rng(seed).normal(0, 0.02, len(steps))
    return 0.4 * np.sin(440 * steps * (1 + steps / 9) + seed) + noise


def written(left, right, media_format, subtype, compression=None):
    file = io.BytesIO()
    sound = np.stack([left, right], axis=1)
    how = {"format": media_format, "subtype": subtype, "compression_level": compression}
    soundfile.write(file, sound, RATE, **how)
    return file.getvalue()


def sound_in(media_format, data):
    sound = sound_of(media_format, data[:HEAD_BYTES], len(data))
    assert sound is not None
    return sound


def verdicts(media_format, data):
    sound = sound_in(media_format, data)
    return [is_copied(sound, data[begin:end]) for begin, end in sound.windows()]


@pytest.mark.parametrize("subtype", WAV)
def test_a_wav_whose_channels_are_the_same_is_a_copy_and_no_other_is(subtype):
    same = verdicts("wav", written(tone(1), tone(1), "WAV", subtype))
    other = verdicts("wav", written(tone(1), tone(2), "WAV", subtype))
    assert set(same) == {True}
    assert set(other) == {False}


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100])
def test_an_mp3_whose_channels_have_no_difference_is_a_copy_and_no_other_is(monkeypatch, rate):
    monkeypatch.setitem(globals(), "RATE", rate)
    same = verdicts("mp3", written(tone(1), tone(1), "MP3", "MPEG_LAYER_III"))
    other = verdicts("mp3", written(tone(1), tone(2), "MP3", "MPEG_LAYER_III"))
    assert set(same) == {True}
    assert set(other) == {False}


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("compression", [0.0, 0.5, 1.0])
def test_a_flac_whose_channels_are_the_same_is_a_copy_and_no_other_is(subtype, compression):
    same, other = (written(tone(1), tone(seed), "FLAC", subtype, compression) for seed in (1, 2))
    assert set(verdicts("flac", same)) == {True}
    assert set(verdicts("flac", other)) == {False}


@pytest.mark.parametrize("changed", [0, -1])
def test_a_flac_with_one_other_sample_is_no_copy(changed):
    left, right = tone(1)[:RATE], tone(1)[:RATE]
    right[changed] += 0.01
    assert False in verdicts("flac", written(left, right, "FLAC", "PCM_16"))


@pytest.mark.parametrize(
    ("media_format", "kind"), [("wav", "PCM_16"), ("mp3", "MPEG_LAYER_III"), ("flac", "PCM_16")]
)
def test_silence_says_nothing(media_format, kind):
    silence = np.zeros(RATE * SECONDS)
    assert set(verdicts(media_format, written(silence, silence, media_format, kind))) == {None}


def test_who_answers_late_is_not_overheard():
    """A call that begins with the same ringing on both channels."""
    left, right = tone(1), tone(1)
    right[RATE * 4 :] = tone(2)[RATE * 4 :]
    found = verdicts("wav", written(left, right, "WAV", "PCM_16"))
    assert found[0] is True
    assert found[-1] is False


def test_windows_lie_on_whole_samples_from_the_beginning_to_the_end():
    data = written(tone(1), tone(1), "WAV", "PCM_24")
    sound = sound_in("wav", data)
    windows = list(sound.windows())
    assert 6 <= len(windows) <= 9
    assert windows[0][0] == sound.begin
    assert windows[-1][1] >= sound.end - WINDOW_BYTES
    assert not [begin for begin, _ in windows if (begin - sound.begin) % 6]


def test_of_what_has_to_be_decoded_nothing_is_told():
    assert sound_of("ogg", b"", 0) is None


def test_a_wav_that_packs_its_samples_tells_nothing():
    packed = written(tone(1), tone(1), "WAV", "IMA_ADPCM")
    assert sound_of("wav", packed[:HEAD_BYTES], len(packed)) is None
    assert sound_of("wav", packed[:30], len(packed)) is None
