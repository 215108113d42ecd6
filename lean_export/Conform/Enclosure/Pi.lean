/-!
# The circle constant

Machin's formula `π = 16 atan (1 / 5) - 4 atan (1 / 239)` in integers, to as many bits as the reduction of an argument
needs (J. Machin 1706; J. M. Borwein and P. B. Borwein, *Pi and the AGM*, §11.1).

Main definition: `Conform.Enclosure.piUnits`.
-/

namespace Conform.Enclosure

/-- Terms `± power / (2 i + 1)` of the series of `atan (1 / k)`, from term `i` on; `power` is `unit / k ^ (2 i + 1)`. -/
def atanTerms (square : Nat) : Nat → Nat → Nat → Int
  | 0, _, _ => 0
  | terms + 1, i, power => power / (2 * i + 1) - atanTerms square terms (i + 1) (power / square)

/-- `atan (1 / k)` in units of `2 ^ -bits`, for `k ≥ 5`; each of `bits / 4 + 2` terms is off by less than two. -/
def atanInverse (bits k : Nat) : Int := atanTerms (k * k) (bits / 4 + 2) 0 (2 ^ bits / k)

/-- Bits that `π` is computed to beyond those that are asked for. -/
def guardBits : Nat := 32

/-- `π` in units of `2 ^ -bits`, off by less than two units. -/
def computePi (bits : Nat) : Nat :=
  ((16 * atanInverse (bits + guardBits) 5 - 4 * atanInverse (bits + guardBits) 239) >>> guardBits).toNat

/-- Bits of the constant that is computed once: enough for the reduction of every float64. -/
def cachedPiBits : Nat := 1600

/-- `π` in units of `2 ^ -cachedPiBits`. -/
def cachedPi : Nat := computePi cachedPiBits

/-- `π` in units of `2 ^ -bits`, off by less than two units. -/
def piUnits (bits : Nat) : Nat :=
  if bits ≤ cachedPiBits then cachedPi >>> (cachedPiBits - bits) else computePi bits

end Conform.Enclosure
