"""Figures out of XML, eight characters at a time for all cells together: what Python's ``int`` and ``float`` would give."""

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Bytes8 = npt.NDArray[np.uint64]

_ONES, _HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_QUOTES, _POINTS = _ONES * np.uint64(ord('"')), _ONES * np.uint64(ord("."))
_UPPER, _ZEROS, _SIXES = _ONES * np.uint64(0xF0), _ONES * np.uint64(0x30), _ONES * np.uint64(6)
_ALL = np.uint64(2**64 - 1)
_ONE, _SEVEN, _EIGHT, _TOP = np.uint64(1), np.uint64(7), np.uint64(8), np.uint64(56)
#: Length → mask of so many first, or last, bytes.
_FIRST = np.array([2 ** (8 * length) - 1 for length in range(9)], np.uint64)
_LAST = np.array([2**64 - 2 ** (64 - 8 * length) for length in range(9)], np.uint64)
#: 256 to the power of k → k, by the remainder modulo 19, which tells the powers apart; the last is for 0.
_POWER = np.zeros(19, np.int64)
_POWER[[pow(256, k, 19) for k in range(8)]] = range(8)
_TENS = 10.0 ** np.arange(17)
#: Characters that Python and XML programs agree on in a number.
_NUMERIC = b"0123456789+-.eE\n"
_LONGEST = 32


class NotPlainError(Exception):
    """The sheet is written in another way than programs write it plainly."""


class Words:
    """The bytes of a piece of XML, and any eight of them as a number (the first is the lowest)."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.raw = np.frombuffer(content, np.uint8)
        padded = content + bytes(32)
        self._eights = np.ndarray((len(content) + 24,), "<u8", padded, 0, (1,))
        self._twos = np.ndarray((len(content) + 24,), "<u2", padded, 0, (1,))

    def pairs(self, at: Places) -> npt.NDArray[np.uint16]:
        """Two bytes at each place."""
        return self._twos[at]

    def all_begin(self, at: Places, word: bytes) -> bool:
        """Whether the word, of at most eight bytes, stands at each place."""
        return bool(((self._eights[at] & _FIRST[len(word)]) == np.uint64(int.from_bytes(word, "little"))).all())

    def between(self, starts: Places, stops: Places) -> Bytes8:
        """At most eight bytes from each start on, as far as its stop; the others are zero."""
        lengths = np.clip(stops - starts, 0, 8)
        words: Bytes8 = self._eights[np.where(lengths > 0, starts, 0)] & _FIRST[lengths]
        return words

    def digits_to_quote(self, starts: Places) -> tuple[Places, Places]:
        """The whole numbers of one to seven digits that end at a double quote, and how many digits they have."""
        words = self._eights[starts]
        quote = _first_hit(words ^ _QUOTES)
        lengths = _POWER[quote % np.uint64(19)]
        if not (lengths > 0).all():
            raise NotPlainError
        aligned = (words & (quote - _ONE)) * (_ALL // quote + _ONE)
        if not _are_digits(aligned, _LAST[lengths]).all():
            raise NotPlainError
        return _eight_digits(aligned).astype(np.int64), lengths

    def whole_numbers(self, starts: Places, stops: Places) -> Places:
        """The whole numbers of one to eight digits between starts and stops."""
        lengths = stops - starts
        if not len(starts):
            return lengths
        if lengths.min() < 1 or lengths.max() > 8:
            raise NotPlainError
        words = self._eights[stops - 8] & _LAST[lengths]
        if not _are_digits(words, _LAST[lengths]).all():
            raise NotPlainError
        return _eight_digits(words).astype(np.int64)

    def floats(self, starts: Places, stops: Places) -> npt.NDArray[np.float64]:
        """The numbers between starts and stops, at least 16 bytes from the beginning; the nearest float of each.

        Up to 15 digits and a point are a whole number below 2**53 and a power of ten below 10**17: both are exact
        floats, so their quotient is the nearest one. The others are Python's to read.
        """
        negative = self.raw[starts] == ord("-")
        starts = starts + negative
        lengths = stops - starts
        high = self._eights[stops - 8] & _LAST[np.clip(lengths, 0, 8)]
        low = self._eights[stops - 16] & _LAST[np.clip(lengths - 8, 0, 8)]
        in_high, in_low = _first_hit(high ^ _POINTS), _first_hit(low ^ _POINTS)
        # The digits before the point move up by a byte, over it.
        carried = np.where(in_high > 0, low >> _TOP, np.uint64(0))
        low = np.where(in_high > 0, low << _EIGHT, _without(low, in_low))
        high = _without(high, in_high) | carried
        pointed = (in_high > 0) | (in_low > 0)
        decimals = np.where(in_high > 0, 7, 15) - _POWER[np.where(in_high > 0, in_high, in_low) % np.uint64(19)]
        digits = lengths - pointed
        easy = (
            (digits > 0)
            & (lengths <= 16)
            & _are_digits(high, _LAST[np.clip(digits, 0, 8)])
            & _are_digits(low, _LAST[np.clip(digits - 8, 0, 8)])
        )
        whole = _eight_digits(low) * np.uint64(10**8) + _eight_digits(high)
        numbers = whole.astype(np.float64) / _TENS[np.where(pointed & easy, decimals, 0)]
        if not easy.all():
            numbers[~easy] = self._odd_floats(starts[~easy], stops[~easy])
        return np.where(negative, -numbers, numbers)

    def _odd_floats(self, starts: Places, stops: Places) -> list[float]:
        if (stops - starts).max() > _LONGEST:
            raise NotPlainError
        numbers = [self.content[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)]
        if b"\n".join(numbers).translate(None, _NUMERIC) or any(number[:1] in b"+-" for number in numbers):
            raise NotPlainError
        try:
            return [float(number) for number in numbers]
        except ValueError:
            raise NotPlainError from None


def _first_hit(words: Bytes8) -> Bytes8:
    """256 to the power of the place of the first zero byte; 0 where there is none."""
    hits = (words - _ONES) & ~words & _HIGHS
    return (hits & (~hits + _ONE)) >> _SEVEN


def _without(words: Bytes8, hit: Bytes8) -> Bytes8:
    """The words without the byte that was hit: what stands before it moves up."""
    before = hit - _ONE
    moved = (words & ~((hit << _EIGHT) - _ONE)) | ((words & before) << _EIGHT)
    return np.where(hit > 0, moved, words)


def _are_digits(words: Bytes8, masks: Bytes8) -> npt.NDArray[np.bool_]:
    zeros = _ZEROS & masks
    all_digits: npt.NDArray[np.bool_] = ((words & _UPPER) == zeros) & (((words + (_SIXES & masks)) & _UPPER) == zeros)
    return all_digits


def _eight_digits(words: Bytes8) -> Bytes8:
    """The number that eight digits say, the first in the lowest byte; zero bytes count as 0."""
    words = (words & np.uint64(0x0F0F0F0F0F0F0F0F)) * np.uint64(2561) >> _EIGHT
    words = (words & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601) >> np.uint64(16)
    return (words & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001) >> np.uint64(32)
