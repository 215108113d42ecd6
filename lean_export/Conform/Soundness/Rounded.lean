import Conform.Soundness.Approximation
import NN.Spec.Core.Relation

/-!
# Rounded scalars

A type of numbers whose `+` and `*` round. The spec is run at it as it is. What the proofs assume of it is what IEEE
754 arithmetic satisfies as long as nothing overflows: the result of an operation is off the exact one by at most a
relative `u` and an absolute `η`.

Main definitions: `Conform.Soundness.RoundedArithmetic`, `Conform.Soundness.Rounded`.
Main results: `Conform.Soundness.RoundedArithmetic.respects`, `Conform.Soundness.RoundedArithmetic.sumFin_error`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §2.2, (2.8).
-/

namespace Conform.Soundness

open Spec Spec.Tensor

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K]

/-- The numbers of `β` stand for exact numbers in `K`. Zero is zero; the result of an operation is what the exact
result may be rounded to, where `rounds exact result` says that it may. -/
structure RoundedArithmetic (β : Type) [Add β] [Mul β] [Zero β] (rounds : K → K → Prop) where
  value : β → K
  zero : value 0 = 0
  add : ∀ x y : β, rounds (value x + value y) (value (x + y))
  mul : ∀ x y : β, rounds (value x * value y) (value (x * y))

namespace RoundedArithmetic

variable {β : Type} [Add β] [Mul β] [Zero β] {u η : K} {s : Shape} {n : Nat}

/-- An input of the rounded run as an input of the traced run. -/
def trace {rounds : K → K → Prop} (M : RoundedArithmetic β rounds) (x : β) : Trace K := Trace.input (M.value x)

/-- The rounded and the traced reading: within the bound. -/
def Near (M : RoundedArithmetic β (IsRounding u η)) (x : β) (t : Trace K) : Prop := Approximates u η (M.value x) t

/-- The exact and the traced reading: the value of the trace is the exact number. -/
def IsValue (v : K) (t : Trace K) : Prop := t.value = v

variable [OrderedRingLaws K]

/-- The spec keeps the error bound, because addition and multiplication do. -/
theorem respects (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η)) : RespectsArithmetic M.Near where
  zero := by
    show Approximates u η (M.value 0) 0
    rw [M.zero]
    exact Approximates.zero
  add := fun hx hy => Approximates.add hc hx hy (M.add _ _)
  mul := fun hx hy => Approximates.mul hc hx hy (M.mul _ _)

omit [Sub K] [LE K] [Abs K] [OrderedRingLaws K] in
/-- The spec keeps exact values. -/
theorem isValue_respects : RespectsArithmetic (IsValue (K := K)) where
  zero := rfl
  add := fun hx hy => by rw [← hx, ← hy]; rfl
  mul := fun hx hy => by rw [← hx, ← hy]; rfl

/-- An input is within its bound. -/
theorem near_trace (M : RoundedArithmetic β (IsRounding u η)) (x : β) : M.Near x (M.trace x) := Approximates.input _

/-- The rounded and the traced reading of an input. -/
theorem related_input (M : RoundedArithmetic β (IsRounding u η)) (t : Tensor β s) :
    Related M.Near t (t.map M.trace) :=
  related_self_map M.trace M.near_trace t

omit [One K] [OrderedRingLaws K] in
/-- The exact and the traced reading of an input. -/
theorem isValue_input (M : RoundedArithmetic β (IsRounding u η)) (t : Tensor β s) :
    Related IsValue (t.map M.value) (t.map M.trace) :=
  related_map M.value M.trace (fun _ => rfl) t

omit [OrderedRingLaws K] in
/-- From the two relations to an inequality between numbers. -/
theorem error_le {M : RoundedArithmetic β (IsRounding u η)} {x : β} {v : K} {t : Trace K} (h : M.Near x t)
    (hv : IsValue v t) :
    abs (M.value x - v) ≤ t.bound u η := by
  have := h.error
  rwa [hv] at this

/-- A rounded sum in the order of the spec is within the bound of its trace. -/
theorem sumFin_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η)) (f : Fin n → β) :
    abs (M.value (sumFin n f) - sumFin n fun i => M.value (f i)) ≤
      (sumFin n fun i => M.trace (f i)).bound u η :=
  error_le (related_sumFin (M.respects hc) fun i => M.near_trace (f i))
    (related_sumFin isValue_respects fun _ => rfl)

end RoundedArithmetic

/-- Exact numbers whose operations are followed by `fl`. -/
structure Rounded (fl : K → K) where
  value : K

namespace Rounded

variable {fl : K → K}

instance : Add (Rounded fl) := ⟨fun x y => ⟨fl (x.value + y.value)⟩⟩
instance : Mul (Rounded fl) := ⟨fun x y => ⟨fl (x.value * y.value)⟩⟩
instance : Zero (Rounded fl) := ⟨⟨0⟩⟩

/-- Any function that rounds makes a rounded arithmetic, so the theorems speak of every rounding mode. -/
def arithmetic {rounds : K → K → Prop} (h : ∀ x, rounds x (fl x)) : RoundedArithmetic (Rounded fl) rounds where
  value := Rounded.value
  zero := rfl
  add _ _ := h _
  mul _ _ := h _

end Rounded

end Conform.Soundness
