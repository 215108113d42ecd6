/-!
# SplitMix64

The generator of Steele, Lea and Flood, *Fast splittable pseudorandom number generators* (OOPSLA 2014): the state
moves by a fixed odd number, and the output is the state scrambled by a bijection. Output `i` therefore depends
on the seed and on `i` alone, so a stream is read at an index and nothing has to be threaded through.

Main definitions: `Conform.SplitMix64`, `Conform.SplitMix64.get`, `Conform.SplitMix64.ofText`.
-/

namespace Conform

/-- A stream of 64-bit numbers. -/
structure SplitMix64 where
  seed : UInt64
  deriving DecidableEq, Inhabited

namespace SplitMix64

/-- The step of the state, `2 ^ 64` over the golden ratio, rounded to odd. -/
def gamma : UInt64 := 0x9e3779b97f4a7c15

/-- Variant 13 of Stafford's mixing functions. -/
def mix (z : UInt64) : UInt64 :=
  let z := (z ^^^ (z >>> 30)) * 0xbf58476d1ce4e5b9
  let z := (z ^^^ (z >>> 27)) * 0x94d049bb133111eb
  z ^^^ (z >>> 31)

/-- Output `i` of the stream, counted from zero. -/
def get (s : SplitMix64) (i : Nat) : UInt64 := mix (s.seed + UInt64.ofNat (i + 1) * gamma)

/-- The stream seeded with output `i`. -/
def child (s : SplitMix64) (i : Nat) : SplitMix64 := ⟨s.get i⟩

/-- The FNV-1a hash of a text of ASCII characters. -/
def hashText (text : String) : UInt64 :=
  text.toList.foldl (fun h c => (h ^^^ UInt64.ofNat c.toNat) * 0x100000001b3) 0xcbf29ce484222325

/-- The stream of a seed and a text: that of a case depends on no other case. -/
def ofText (seed : Nat) (text : String) : SplitMix64 := ⟨mix (UInt64.ofNat seed * gamma) ^^^ hashText text⟩

/-- Output `i` reduced to a number below `bound`; the bias is below `bound / 2 ^ 64`. -/
def below (s : SplitMix64) (i bound : Nat) : Nat := (s.get i).toNat % bound

/-- The top `count ≤ 64` bits of output `i`. -/
def bits (s : SplitMix64) (i count : Nat) : Nat := (s.get i).toNat >>> (64 - count)

/-- A coin at `i`. -/
def coin (s : SplitMix64) (i : Nat) : Bool := s.bits i 1 = 1

end SplitMix64

end Conform
