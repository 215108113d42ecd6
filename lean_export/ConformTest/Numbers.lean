import Conform.Text

/-!
# Tests of exact numbers, special values, and their text
-/

namespace Conform

/-! Lowest terms: the mantissa is odd, or the number is `0 * 2 ^ 0`. -/
#guard Dyadic.normalize 12 (-3) = ⟨3, -1⟩
#guard Dyadic.normalize (-12) 0 = ⟨-3, 2⟩
#guard Dyadic.normalize 0 17 = ⟨0, 0⟩
#guard Dyadic.normalize 7 5 = ⟨7, 5⟩
#guard Dyadic.normalize (-(2 ^ 200)) (-200) = ⟨-1, 0⟩
#guard Dyadic.normalize 96 0 = ⟨3, 5⟩ && Dyadic.normalize (2 ^ 300) 1 = ⟨1, 301⟩

/-! Arithmetic: 3/2 + 1/2 = 2, 3/4 + 5 = 23/4, 3/2 * 5/8 = 15/16, x - x = 0. -/
#guard (⟨3, -1⟩ : Dyadic) + ⟨1, -1⟩ = ⟨1, 1⟩
#guard (⟨3, -2⟩ : Dyadic) + ⟨5, 0⟩ = ⟨23, -2⟩
#guard (⟨5, 0⟩ : Dyadic) + ⟨3, -2⟩ = ⟨23, -2⟩
#guard (⟨3, -1⟩ : Dyadic) * ⟨5, -3⟩ = ⟨15, -4⟩
#guard (⟨3, -1⟩ : Dyadic) - ⟨3, -1⟩ = 0
#guard (⟨3, -1⟩ : Dyadic) * 0 = 0 && (0 : Dyadic) + ⟨7, 9⟩ = ⟨7, 9⟩ && (⟨7, 9⟩ : Dyadic) + 0 = ⟨7, 9⟩
#guard (⟨1, 2000⟩ : Dyadic) + ⟨1, -2000⟩ - ⟨1, 2000⟩ = ⟨1, -2000⟩
#guard -(⟨3, -1⟩ : Dyadic) = ⟨-3, -1⟩ && (⟨-3, -1⟩ : Dyadic).abs = ⟨3, -1⟩
#guard (⟨3, -1⟩ : Dyadic) ≤ ⟨1, 1⟩ && !decide ((⟨1, 1⟩ : Dyadic) ≤ ⟨3, -1⟩) && (⟨-1, 5⟩ : Dyadic) ≤ ⟨1, -5⟩
#guard max (⟨3, -1⟩ : Dyadic) ⟨1, 1⟩ = ⟨1, 1⟩ && max (⟨1, 1⟩ : Dyadic) ⟨3, -1⟩ = ⟨1, 1⟩
#guard (⟨3, -1⟩ : Dyadic).leadingExponent = 0 && (⟨-1, -7⟩ : Dyadic).leadingExponent = -7

private def one : Ext := .finite ⟨1, 0⟩
private def minusOne : Ext := .finite ⟨-1, 0⟩
private def inf : Ext := .inf false
private def minusInf : Ext := .inf true
private def nan : Ext := .nan
private def zero : Ext := 0
private def minusZero : Ext := .negZero

/-! Sums with special values. -/
#guard one + inf = inf && minusInf + one = minusInf && inf + inf = inf && minusInf + minusInf = minusInf
#guard inf + minusInf = nan && minusInf + inf = nan
#guard nan + one = nan && one + nan = nan && nan + inf = nan && minusInf + nan = nan
#guard inf + minusZero = inf && minusZero + nan = nan && minusZero + inf = inf

/-! Products with special values. -/
#guard inf * minusOne = minusInf && minusOne * minusInf = inf && inf * minusInf = minusInf && minusInf * minusInf = inf
#guard inf * zero = nan && zero * minusInf = nan && inf * minusZero = nan && minusZero * inf = nan
#guard nan * one = nan && zero * nan = nan && inf * nan = nan && nan * minusZero = nan

/-! Zeros: `x + -x` is positive, `-0 + -0` negative, the sign of a product is the exclusive or. -/
#guard one + minusOne = 0 && minusZero + minusZero = minusZero && zero + minusZero = 0 && minusZero + zero = 0
#guard minusZero + one = one && minusOne + minusZero = minusOne
#guard zero * minusOne = minusZero && minusZero * minusOne = 0
#guard minusZero * minusZero = 0 && minusZero * zero = minusZero
#guard zero * one = 0 && one * minusZero = minusZero
#guard -zero = minusZero && -minusZero = 0 && -inf = minusInf && -one = minusOne && -nan = nan

/-! Absolute values and finite parts. -/
#guard minusInf.abs = inf && nan.abs = nan && minusZero.abs = 0 && minusOne.abs = one
#guard minusInf.finitePart = 0 && minusOne.finitePart = ⟨-1, 0⟩ && minusZero.finitePart = 0

private def text (x : Ext) : String := String.ofList (Text.print x)

/-! Printing. -/
#guard text (.finite ⟨3, -2⟩) = "0x3p-2"
#guard text (.finite ⟨-43, -9⟩) = "-0x2bp-9"
#guard text one = "0x1p0" && text 0 = "0x0p0" && text .negZero = "-0x0p0"
#guard text inf = "inf" && text minusInf = "-inf" && text .nan = "nan"
#guard text (.finite ⟨0x1fffffffffffff, 971⟩) = "0x1fffffffffffffp971"
#guard text (.finite ⟨0xfedcba9876543210f, -1074⟩) = "0xfedcba9876543210fp-1074"

/-! Parsing is printing backwards, and takes numbers that are not in lowest terms. -/
private def samples : List Ext :=
  [0, .negZero, one, minusOne, inf, minusInf, .nan, .finite ⟨43, -9⟩, .finite ⟨-0x1fffffffffffff, 971⟩,
    .finite ⟨255, 10⟩, .finite ⟨-257, -1074⟩, .finite ⟨0xfedcba9876543210f, 9⟩]
#guard samples.all fun x => Text.parse (Text.print x) = some x
#guard Text.parse "0x10p-3".toList = some (.finite ⟨1, 1⟩)
#guard Text.parse "-0x0p7".toList = some .negZero

/-! What is not a number is refused. -/
#guard
  ["", "-", "0x", "0xp0", "0x1", "0x1p", "0x1p-", "1p0", "0x1p0x", "0xgp0", "+0x1p0", "0x1pa", "--0x1p0", "Inf"].all fun s =>
  Text.parse s.toList = none

end Conform
