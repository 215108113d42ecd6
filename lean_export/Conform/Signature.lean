import Conform.Dim

/-!
# Signatures

Parameters and results of an operation with their symbolic shapes, its attributes, and the sums that its results are
made of, so that the families can place their numbers where a defect of such a sum would show, and a reader of the
vectors can make defects and probes of them.

Main definitions: `Conform.Parameter`, `Conform.Attribute`, `Conform.Sum`.
-/

namespace Conform

/-- A named array, one of the parameters or results of an operation. -/
structure Parameter where
  name : String
  shape : List Dim
  deriving DecidableEq, Repr, Inhabited

/-- The number of elements under these sizes. -/
def Parameter.count (p : Parameter) (sizes : Sizes) : Nat := p.shape.foldl (fun n d => n * d.eval sizes) 1

/-- An integer that is no array, such as a stride. -/
structure Attribute where
  name : String
  meaning : String
  /-- The least value that it may have. -/
  least : Nat := 0
  /-- The values that cases take in turn. -/
  values : List Nat
  deriving DecidableEq, Repr, Inhabited

/-- How a dimension of a factor is read where a window moves along it: at `scale` times the coordinate of the result
in `result`, plus `step` times the place along the axis numbered `axis`, plus `offset`. What lies outside is no term. -/
structure Window where
  parameter : String
  dimension : Nat
  result : Nat
  axis : Nat
  scale : Dim := 1
  step : Dim := 1
  offset : Dim := 0
  deriving DecidableEq, Repr, Inhabited

/-- What a result sums: products of elements of `left` and `right` along the axes, if there are any, and elements of
the addends. An addend that has an axis is summed along it; the others are terms of their own, after the products.
Every dimension of a factor or an addend is an axis, a dimension of the result, or that of a window. -/
structure Sum where
  result : String := ""
  axes : List Dim := []
  left : Option String := none
  right : Option String := none
  addends : List String := []
  windows : List Window := []
  deriving DecidableEq, Repr, Inhabited

namespace Sum

/-- The first axis, along which the length of the sum varies. -/
def axis (s : Sum) : Option Dim := s.axes.head?

/-- The number of terms that run along the axes; a product without an axis is one term. -/
def length (s : Sum) (sizes : Sizes) : Nat :=
  if s.axes.isEmpty then (if s.left.isSome then 1 else 0) else s.axes.foldl (fun n d => n * d.eval sizes) 1

/-- The number of terms. -/
def terms (s : Sum) (sizes : Sizes) : Nat :=
  match s.axis, s.left with
  | some _, none => s.length sizes
  | _, _ => s.length sizes + s.addends.length

/-- The terms are products. -/
def hasFactors (s : Sum) : Bool := s.left.isSome

/-- Addends follow the products. -/
def hasAddend (s : Sum) : Bool := s.hasFactors && !s.addends.isEmpty

/-- The result is an input, as it is. -/
def isCopy (s : Sum) : Bool := s.axes.isEmpty && !s.hasFactors && s.addends.length = 1

end Sum

end Conform
