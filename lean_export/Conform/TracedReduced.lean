import Conform.TextProperties
import Conform.Traced
import NN.Spec.Layers.LinearRelation

/-!
# Every number of a traced run reads back as printed

Inputs in lowest terms give components in lowest terms, and those are the numbers whose text reads back
(`Conform.Text.parse_print`). The relation is kept by `+`, `*` and `0`, and so by every definition of the spec.

Main definition: `Conform.Traced.IsReduced`.
Main results: `Conform.Traced.isReduced_respects`, `Conform.Traced.parse_print_linearSpec`.
-/

namespace Conform

open Spec

namespace Ext

/-- Both zeros are in lowest terms. -/
theorem isReduced_zeroOf (negative : Bool) : (zeroOf negative).IsReduced := by
  cases negative
  · exact Dyadic.isReduced_zero
  · exact trivial

/-- Sums are in lowest terms. -/
theorem isReduced_add {x y : Ext} (hx : x.IsReduced) (hy : y.IsReduced) : (x + y).IsReduced := by
  cases x with
  | nan => exact trivial
  | finite x =>
    cases y with
    | finite y => exact Dyadic.isReduced_add hx hy
    | negZero => exact hx
    | inf _ => exact trivial
    | nan => exact trivial
  | negZero =>
    cases y with
    | finite y => exact hy
    | negZero => exact trivial
    | inf _ => exact trivial
    | nan => exact trivial
  | inf s =>
    cases y with
    | finite y => exact trivial
    | negZero => exact trivial
    | inf t =>
      show IsReduced (if s = t then inf s else nan)
      by_cases h : s = t
      · rw [if_pos h]; exact trivial
      · rw [if_neg h]; exact trivial
    | nan => exact trivial

/-- Products are in lowest terms. -/
theorem isReduced_mul {x y : Ext} (hx : x.IsReduced) (hy : y.IsReduced) : (x * y).IsReduced := by
  have special : ∀ {c : Prop} [Decidable c] (b : Bool), IsReduced (if c then nan else inf b) := by
    intro c _ b
    by_cases h : c
    · rw [if_pos h]; exact trivial
    · rw [if_neg h]; exact trivial
  cases x with
  | nan => exact trivial
  | finite x =>
    cases y with
    | finite y =>
      show IsReduced (if (x * y).isZero then zeroOf _ else finite (x * y))
      by_cases h : (x * y).isZero = true
      · rw [if_pos h]; exact isReduced_zeroOf _
      · rw [if_neg h]; exact Dyadic.isReduced_mul hx hy
    | negZero => exact isReduced_zeroOf _
    | inf _ => exact special _
    | nan => exact trivial
  | negZero =>
    cases y with
    | finite y => exact isReduced_zeroOf _
    | negZero => exact isReduced_zeroOf false
    | inf _ => exact trivial
    | nan => exact trivial
  | inf _ =>
    cases y with
    | finite y => exact special _
    | negZero => exact trivial
    | inf _ => exact trivial
    | nan => exact trivial

/-- Absolute values are in lowest terms. -/
theorem isReduced_abs {x : Ext} (hx : x.IsReduced) : x.abs.IsReduced := by
  cases x with
  | finite x => exact Dyadic.isReduced_abs hx
  | negZero => exact Dyadic.isReduced_zero
  | inf _ => exact trivial
  | nan => exact trivial

/-- Finite parts are in lowest terms. -/
theorem isReduced_finitePart {x : Ext} (hx : x.IsReduced) : x.finitePart.IsReduced := by
  cases x with
  | finite x => exact hx
  | negZero => exact Dyadic.isReduced_zero
  | inf _ => exact Dyadic.isReduced_zero
  | nan => exact Dyadic.isReduced_zero

end Ext

namespace Traced

/-- Every number that is written is in lowest terms. -/
structure IsReduced (t : Traced) : Prop where
  value : t.value.IsReduced
  magnitude : t.magnitude.IsReduced
  finite : t.finite.IsReduced
  underflow : t.underflow.IsReduced
  peak : t.peak.IsReduced

/-- The larger of two numbers in lowest terms. -/
theorem isReduced_max {x y : Dyadic} (hx : x.IsReduced) (hy : y.IsReduced) : (max x y).IsReduced := by
  show (if x.ble y then y else x).IsReduced
  by_cases h : x.ble y = true
  · rw [if_pos h]; exact hy
  · rw [if_neg h]; exact hx

/-- An input in lowest terms. -/
theorem isReduced_ofExt {x : Ext} (h : x.IsReduced) : (ofExt x).IsReduced where
  value := h
  magnitude := Ext.isReduced_abs h
  finite := Dyadic.isReduced_abs (Ext.isReduced_finitePart h)
  underflow := Dyadic.isReduced_zero
  peak := Dyadic.isReduced_abs (Ext.isReduced_finitePart h)

/-- One is in lowest terms. -/
theorem isReduced_one : (Dyadic.twoPow 0).IsReduced := Or.inl rfl

/-- The peak of a factor in lowest terms. -/
theorem isReduced_computedPeak {a : Traced} (h : a.IsReduced) : a.computedPeak.IsReduced := by
  unfold computedPeak
  by_cases hd : a.depth = 0
  · rw [if_pos hd]; exact Dyadic.isReduced_zero
  · rw [if_neg hd]; exact h.peak

/-- A traced sum is in lowest terms. -/
theorem isReduced_add {a b : Traced} (ha : a.IsReduced) (hb : b.IsReduced) : (a + b).IsReduced where
  value := Ext.isReduced_add ha.value hb.value
  magnitude := by
    show Ext.IsReduced (match a.magnitude, b.magnitude with
      | .finite _, .finite _ => .finite (a.finite + b.finite)
      | m, n => m + n)
    have finite := Dyadic.isReduced_add ha.finite hb.finite
    have extended := Ext.isReduced_add ha.magnitude hb.magnitude
    revert extended
    generalize a.magnitude = m
    generalize b.magnitude = n
    intro extended
    cases m <;> cases n <;> first | exact finite | exact extended
  finite := Dyadic.isReduced_add ha.finite hb.finite
  underflow := Dyadic.isReduced_add (Dyadic.isReduced_add ha.underflow hb.underflow) isReduced_one
  peak := isReduced_max (Dyadic.isReduced_add ha.finite hb.finite) (isReduced_max ha.peak hb.peak)

/-- A traced product is in lowest terms. -/
theorem isReduced_mul {a b : Traced} (ha : a.IsReduced) (hb : b.IsReduced) : (a * b).IsReduced where
  value := Ext.isReduced_mul ha.value hb.value
  magnitude := by
    show Ext.IsReduced (match a.magnitude, b.magnitude with
      | .finite _, .finite _ => .finite (a.finite * b.finite)
      | m, n => m * n)
    have finite := Dyadic.isReduced_mul ha.finite hb.finite
    have extended := Ext.isReduced_mul ha.magnitude hb.magnitude
    revert extended
    generalize a.magnitude = m
    generalize b.magnitude = n
    intro extended
    cases m <;> cases n <;> first | exact finite | exact extended
  finite := Dyadic.isReduced_mul ha.finite hb.finite
  underflow := Dyadic.isReduced_add (Dyadic.isReduced_add (Dyadic.isReduced_add
    (Dyadic.isReduced_mul ha.underflow hb.finite) (Dyadic.isReduced_mul hb.underflow ha.finite))
    (Dyadic.isReduced_mul ha.underflow hb.underflow)) isReduced_one
  peak := isReduced_max (Dyadic.isReduced_mul ha.finite hb.finite)
    (isReduced_max (isReduced_computedPeak ha) (isReduced_computedPeak hb))

/-- The spec keeps lowest terms, because addition and multiplication do. -/
theorem isReduced_respects : RespectsArithmetic fun (t : Traced) (_ : Traced) => t.IsReduced where
  zero := isReduced_ofExt (x := 0) Dyadic.isReduced_zero
  add := isReduced_add
  mul := isReduced_mul

/-- For one: what is printed of an output of `linear` reads back. -/
theorem parse_print_linearSpec {inDim outDim : Nat} {m : LinearSpec Traced inDim outDim} {x : Vec Traced inDim}
    (hm : LinearSpec.Related (fun t _ => t.IsReduced) m m) (hx : Tensor.Related (fun t _ => t.IsReduced) x x)
    (i : Fin outDim) :
    let t := (linearSpec m x).get₁ i
    Text.parse (Text.print t.value) = some t.value ∧ Text.parse (Text.print t.magnitude) = some t.magnitude :=
  have h := (related_linearSpec isReduced_respects hm hx).get₁ i
  ⟨Text.parse_print _ h.value, Text.parse_print _ h.magnitude⟩

end Traced

end Conform
