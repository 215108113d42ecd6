/-!
# Signatures

Symbolic shapes of the parameters and results of an operation, and the sums that its results are made of, so that
the families can place their numbers where a defect of such a sum would show.

Main definitions: `Conform.Dim`, `Conform.Parameter`, `Conform.Sum`.
-/

namespace Conform

/-- The sizes of a case, by symbol. -/
abbrev Sizes := List (String × Nat)

/-- The size of a symbol, zero if it has none. -/
def Sizes.get (sizes : Sizes) (symbol : String) : Nat := (sizes.lookup symbol).getD 0

/-- A symbolic dimension: a symbol plus a number. -/
structure Dim where
  symbol : String
  offset : Nat := 0
  deriving DecidableEq, Repr, Inhabited

namespace Dim

instance : Coe String Dim := ⟨fun symbol => { symbol }⟩

/-- The dimension under these sizes. -/
def eval (d : Dim) (sizes : Sizes) : Nat := sizes.get d.symbol + d.offset

/-- As it is written in the manifest: `inDim`, `batch+1`. -/
def toText (d : Dim) : String := if d.offset = 0 then d.symbol else s!"{d.symbol}+{d.offset}"

end Dim

/-- A named array, one of the parameters or results of an operation. -/
structure Parameter where
  name : String
  shape : List Dim
  deriving DecidableEq, Repr, Inhabited

/-- The number of elements under these sizes. -/
def Parameter.count (p : Parameter) (sizes : Sizes) : Nat := p.shape.foldl (fun n d => n * d.eval sizes) 1

/-- What a result sums: products of elements of `left` and `right` along `axis`, if there are any, and elements of the
addends. An addend that has the axis is summed along it; the others are terms of their own, after the products. -/
structure Sum where
  axis : Option Dim := none
  left : Option String := none
  right : Option String := none
  addends : List String := []
  deriving DecidableEq, Repr, Inhabited

namespace Sum

/-- The number of terms that run along the axis; a product without an axis is one term. -/
def length (s : Sum) (sizes : Sizes) : Nat :=
  match s.axis with
  | some d => d.eval sizes
  | none => if s.left.isSome then 1 else 0

/-- The number of terms. -/
def terms (s : Sum) (sizes : Sizes) : Nat :=
  match s.axis, s.left with
  | some _, none => s.length sizes
  | _, _ => s.length sizes + s.addends.length

/-- The terms are products. -/
def hasFactors (s : Sum) : Bool := s.left.isSome

/-- Addends follow the products. -/
def hasAddend (s : Sum) : Bool := s.hasFactors && !s.addends.isEmpty

end Sum

end Conform
