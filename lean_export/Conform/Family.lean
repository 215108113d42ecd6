import Conform.Format
import Conform.Signature
import Conform.SplitMix64

/-!
# Families of inputs

A family fills the parameters of an operation element by element. It sees an element by its place in the sum that the
case aims at: which factor it is, in which term, for which result. Its numbers are integers times powers of two in
the range of the format, so they are representable by construction.

Main definitions: `Conform.Site`, `Conform.FamilyContext`, `Conform.Family`.
-/

namespace Conform

/-- What an element is to the sum that the case aims at. -/
inductive Role where
  | left
  | right
  | addend
  /-- The sum does not read the element. -/
  | unused
  deriving DecidableEq, Repr, Inhabited

/-- The place of an element: term `position` of the sum numbered `row` among those that read this parameter. -/
structure Site where
  role : Role
  position : Nat
  row : Nat
  deriving DecidableEq, Repr, Inhabited

/-- What a family knows of the case. -/
structure FamilyContext where
  format : Format
  sum : Sum
  /-- Terms of the sum, addends included. -/
  terms : Nat
  /-- Terms of the sum that are products, or run along the axis. -/
  length : Nat
  /-- The greatest number of terms in any sum of the operation. -/
  mostTerms : Nat
  /-- The operation has more than one kind of sum. -/
  manySums : Bool
  /-- The number of the case in its family, for this operation and format. -/
  variant : Nat
  stream : SplitMix64
  /-- A random order of the terms: the rank of each position. -/
  ranks : Array Nat

/-- Classes of sizes; each is a trait of the cases too, where it can be seen from the sizes alone. -/
inductive SizeClass where
  | square
  | nonSquare
  | prime
  | sizeOne
  | empty
  /-- Past a multiple of every usual unroll and block size, by one. -/
  | tail
  /-- A row of arguments of a function. -/
  | row
  /-- From one to four terms. -/
  | few
  /-- Three terms and more, for eight results and more. -/
  | probe
  /-- 257 terms. -/
  | long
  /-- 257 and 1025 terms. -/
  | longer
  /-- 4097 terms. -/
  | longest
  /-- More than a thousand results, of sums that are not as long. -/
  | many
  /-- Full tiles of 16 and 32 and a tail in every dimension. -/
  | tiles
  /-- 131 in one dimension and few in the others. -/
  | wide
  /-- 512 and 4096 terms, and one less. -/
  | aligned
  /-- 4098 terms. -/
  | far
  /-- 514 terms. -/
  | halves
  /-- One factor is a single number. -/
  | single
  /-- More than 32,768 columns, results and terms, and more than 65,536 weights. -/
  | large
  deriving DecidableEq, Repr, Inhabited

/-- Arguments in a row. -/
def SizeClass.rowLength : Nat := 16

/-- A family of inputs. -/
structure Family where
  name : String
  description : String
  /-- The defects that the family is there to catch. -/
  catches : List String
  floatsOnly : Bool := false
  integersOnly : Bool := false
  /-- Its arrays are mostly runs of equal entries, and written so. -/
  compact : Bool := false
  /-- Classes of sizes, with the number of cases of each in the core profile. -/
  classes : List (SizeClass × Nat)
  /-- Classes of which every sum gets cases, not one sum or another in turn. -/
  forEachSum : List (SizeClass × Nat) := []
  /-- The sums that the family says something about. -/
  suits : Sum → Bool := fun _ => true
  /-- Case `n` is of scenario `n % scenarios`; every sum gets every scenario. -/
  scenarios : Nat := 1
  fill : FamilyContext → Site → Ext

/-- The family has cases in the format. -/
def Family.has (family : Family) (format : Format) : Bool :=
  if format.isInteger then !family.floatsOnly else !family.integersOnly

/-- Number `n` and above need this many bits: the least `c` with `n ≤ 2 ^ c`. -/
def ceilLog2 (n : Nat) : Nat := if n ≤ 1 then 0 else (n - 1).log2 + 1

namespace FamilyContext

/-- Bits that a term may have so that no sum of the operation needs more bits than the precision. -/
def budget (c : FamilyContext) : Nat := c.format.precision - ceilLog2 c.mostTerms

/-- The stream of an element. -/
def streamAt (c : FamilyContext) (s : Site) : SplitMix64 :=
  let tag := match s.role with
    | .left => 0
    | .right => 1
    | .addend => 2
    | .unused => 3
  (c.stream.child tag).child (s.row * 0x10000 + s.position)

/-- Output `i` of the stream that all elements share. -/
def shared (c : FamilyContext) (i : Nat) : SplitMix64 := (c.stream.child 4).child i

/-- Terms are elements rather than products, so an addend plays the part of a left factor. -/
def addsOnly (c : FamilyContext) : Bool := !c.sum.hasFactors

/-- Bits for an element that the sum does not read, where a right factor would get as many. It may be a factor in
another sum of the operation, of terms that leave no room for more than its sign. -/
def unusedBits (c : FamilyContext) (bits : Nat) : Nat := if c.addsOnly then 0 else bits

end FamilyContext

/-- The sums of products, and sums that are alone in their operation. A sum of elements beside them reads a factor of
theirs and needs no cases of its own. -/
def suitsProducts (s : Sum) : Bool := s.hasFactors || s.axis.isNone

/-! ## Numbers -/

/-- `m * 2 ^ e`. -/
def number (m : Int) (e : Int := 0) : Ext := .finite (Dyadic.normalize m e)

/-- `m` with the sign that a coin gives. -/
def signed (negative : Bool) (m : Nat) : Int := if negative then -(m : Int) else m

/-- A nonzero integer of at most `bits` bits, drawn at `i` and `i + 1`; without bits it is one or minus one. -/
def drawInteger (s : SplitMix64) (i bits : Nat) : Int :=
  let size := if bits ≤ 1 then 1 else 1 + s.below i (2 ^ bits - 1)
  signed (s.coin (i + 1)) size

/-- An odd integer of exactly `bits` bits, with either sign. -/
def drawFull (s : SplitMix64) (i bits : Nat) : Int :=
  let size := if bits ≤ 1 then 1 else s.bits i bits % 2 ^ (bits - 1) ||| 2 ^ (bits - 1) ||| 1
  signed (s.coin (i + 1)) size

/-- An integer between `low` and `high`. -/
def drawBetween (s : SplitMix64) (i : Nat) (low high : Int) : Int :=
  low + s.below i (high - low + 1).toNat

/-- One or minus one. -/
def drawUnit (s : SplitMix64) : Ext := number (signed (s.coin 0) 1)

end Conform
