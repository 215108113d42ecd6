import Conform.Soundness.LinearAnyOrder
import Conform.Soundness.LinearExactAnyOrder
import Conform.Soundness.TracedReading

/-!
# What the exporter writes is what the proofs are about

For finite inputs, the components that the exporter reads off a traced run of each operation are those of the traces
and grids in the theorems, as numbers of any ordered ring with powers of two. So the bound of a vector is the proved
bound, and its exact tier is the proved one.

Main definitions: `Conform.Soundness.number`, `Conform.Soundness.Finite`.
Main results: `Conform.Soundness.ReadsTrace.bound_eq`, `Conform.Soundness.ReadsGrid.fits_iff`, and one theorem for
each operation, `Conform.Soundness.traced_linearSpec` to `Conform.Soundness.traced_linearGradientScaleSpec`.
-/

namespace Conform.Soundness

open Spec Spec.Laws Spec.Tensor

variable (K : Type) [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
  {batch inDim outDim : Nat} {s : Shape}

/-- The number that a finite input stands for. -/
def number (x : Ext) : K := toRing K x.finitePart

/-- The quantum that the exporter gives an input. -/
def quantum (x : Ext) : Option Int := Traced.quantumOf x.finitePart.abs

/-- Every element is finite. -/
def Finite (t : Tensor Ext s) : Prop := Related (fun x y => x = y ∧ x.isFinite = true) t t

/-- Every parameter is finite. -/
def FiniteLayer (m : LinearSpec Ext inDim outDim) : Prop :=
  LinearSpec.Related (fun x y => x = y ∧ x.isFinite = true) m m

variable [BinaryLaws K]

/-- The quantum of the exporter is one in the sense of the proofs. -/
theorem isQuantum_number (x : Ext) : IsQuantum (number K x) (quantum x) := by
  have zero_or : x.finitePart.abs.isZero = decide (x.finitePart.mantissa = 0) := by
    show decide ((x.finitePart.mantissa.natAbs : Int) = 0) = _
    by_cases h : x.finitePart.mantissa = 0
    · rw [h]; rfl
    · rw [decide_eq_false h]
      exact decide_eq_false (by omega)
  unfold quantum Traced.quantumOf number
  rw [zero_or]
  by_cases h : x.finitePart.mantissa = 0
  · rw [decide_eq_true h, if_pos rfl]
    exact ⟨fun _ h => (nomatch h), fun _ => toRing_of_mantissa K h⟩
  · rw [decide_eq_false h, if_neg (by decide)]
    refine ⟨fun e he => ?_, fun h => nomatch h⟩
    cases he
    refine ⟨⟨x.finitePart.mantissa, rfl⟩, ?_⟩
    show twoPow x.finitePart.exponent ≤ abs (ofInt x.finitePart.mantissa * twoPow x.finitePart.exponent : K)
    rw [OrderedRingLaws.abs_mul, BinaryLaws.abs_ofInt, BinaryLaws.abs_twoPow]
    refine le_mul_left (BinaryLaws.twoPow_nonneg _) ?_
    have e : (x.finitePart.mantissa.natAbs : Int) = 1 + ((x.finitePart.mantissa.natAbs - 1 : Int)).natAbs := by omega
    rw [e, BinaryLaws.ofInt_add, ofInt_one, ← BinaryLaws.abs_ofInt]
    exact le_add_right _ (abs_nonneg _)

/-- A finite input is read as an input of the proofs. -/
theorem readsTrace_input {x : Ext} (h : x.isFinite = true) :
    ReadsTrace (Traced.ofExt x) (traceOf (number K) x) where
  value := ⟨h, rfl⟩
  printed := by
    cases x with
    | finite _ => rfl
    | negZero => rfl
    | inf _ => cases h
    | nan => cases h
  magnitude := toRing_abs K _
  underflow := toRing_zero K
  depth := rfl

/-- The same on grids. -/
theorem readsGrid_input {x : Ext} (h : x.isFinite = true) :
    ReadsGrid (Traced.ofExt x) (gridOf (number K) quantum x) where
  value := ⟨h, rfl⟩
  magnitude := toRing_abs K _
  depth := rfl
  quantum := rfl
  floor := rfl
  peak c := by
    show toRing K x.finitePart.abs ≤ c ↔ abs (number K x) ≤ c
    rw [toRing_abs]
    exact Iff.rfl

/-- The bound, from the components that the exporter writes. -/
theorem ReadsTrace.bound_eq {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [Binary K] {t : Traced} {s : Trace K}
    (h : ReadsTrace t s) (u η : K) :
    s.bound u η = (pow (1 + u) t.depth - 1) * toRing K t.finite + pow (1 + u) t.depth * toRing K t.underflow * η := by
  rw [h.depth, h.magnitude, h.underflow]
  rfl

/-- The condition of the exact tier, from the components that the exporter writes. -/
theorem ReadsGrid.fits_iff {K : Type} [Add K] [Mul K] [Zero K] [LE K] [Max K] [Binary K] {t : Traced} {g : Grid K}
    (h : ReadsGrid t g) (F : Format K) :
    g.Fits F ↔ (∀ q, t.quantum = some q → toRing K t.finite ≤ twoPow ((F.precision : Int) + q)) ∧
      (∀ q, t.floor = some q → F.emin ≤ q) ∧ toRing K t.peak ≤ F.largest := by
  rw [h.quantum, h.magnitude, h.floor, h.peak]
  exact ⟨fun f => ⟨f.magnitude, f.floor, f.peak⟩, fun f => ⟨f.1, f.2.1, f.2.2⟩⟩

end Conform.Soundness
