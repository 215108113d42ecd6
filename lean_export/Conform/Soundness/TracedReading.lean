import Conform.Soundness.DyadicReading
import Conform.Soundness.Grid
import Conform.Soundness.Trace
import Conform.Traced
import NN.Spec.Core.Relation

/-!
# The exporter's scalar is the scalar of the proofs

Where its inputs are finite, `Conform.Traced` computes, component by component, what `Conform.Soundness.Trace` and
`Conform.Soundness.Grid` compute over any ordered ring with powers of two.

Main definitions: `Conform.Soundness.ReadsTrace`, `Conform.Soundness.ReadsGrid`.
Main results: `Conform.Soundness.readsTrace_respects`, `Conform.Soundness.readsGrid_respects`.
-/

namespace Conform.Soundness

open Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- A finite extended number and the element of `K` that it stands for; both zeros stand for zero. -/
structure ReadsValue (x : Ext) (v : K) : Prop where
  isFinite : x.isFinite = true
  value : toRing K x.finitePart = v

/-- The components that the error bound is made of. -/
structure ReadsTrace (t : Traced) (s : Trace K) : Prop where
  value : ReadsValue t.value s.value
  printed : t.magnitude = .finite t.finite
  magnitude : toRing K t.finite = s.magnitude
  underflow : toRing K t.underflow = s.underflow
  depth : t.depth = s.depth

/-- The components that the exact tier is decided by. -/
structure ReadsGrid (t : Traced) (g : Grid K) : Prop where
  value : ReadsValue t.value g.value
  magnitude : toRing K t.finite = g.magnitude
  depth : t.depth = g.depth
  quantum : t.quantum = g.quantum
  floor : t.floor = g.floor
  peak : ∀ c, toRing K t.peak ≤ c ↔ g.peak ≤ c

variable [BinaryLaws K]

/-- The sum of finite numbers is finite, and the sum. -/
theorem ReadsValue.add {x y : Ext} {v w : K} (hx : ReadsValue x v) (hy : ReadsValue y w) :
    ReadsValue (x + y) (v + w) := by
  obtain ⟨fx, rfl⟩ := hx
  obtain ⟨fy, rfl⟩ := hy
  cases x with
  | inf _ => cases fx
  | nan => cases fx
  | finite x =>
    cases y with
    | inf _ => cases fy
    | nan => cases fy
    | finite y => exact ⟨rfl, toRing_add K x y⟩
    | negZero =>
      refine ⟨rfl, ?_⟩
      show toRing K x = toRing K x + toRing K 0
      rw [toRing_zero, add_zero]
  | negZero =>
    cases y with
    | inf _ => cases fy
    | nan => cases fy
    | finite y =>
      refine ⟨rfl, ?_⟩
      show toRing K y = toRing K 0 + toRing K y
      rw [toRing_zero, zero_add]
    | negZero =>
      refine ⟨rfl, ?_⟩
      show toRing K 0 = toRing K 0 + toRing K 0
      rw [toRing_zero, zero_add]

/-- Both zeros stand for zero. -/
theorem readsValue_zeroOf (negative : Bool) : ReadsValue (Ext.zeroOf negative) (0 : K) := by
  cases negative
  · exact ⟨rfl, toRing_zero K⟩
  · exact ⟨rfl, toRing_zero K⟩

/-- The product of finite numbers is finite, and the product. -/
theorem ReadsValue.mul {x y : Ext} {v w : K} (hx : ReadsValue x v) (hy : ReadsValue y w) :
    ReadsValue (x * y) (v * w) := by
  obtain ⟨fx, rfl⟩ := hx
  obtain ⟨fy, rfl⟩ := hy
  cases x with
  | inf _ => cases fx
  | nan => cases fx
  | finite x =>
    cases y with
    | inf _ => cases fy
    | nan => cases fy
    | finite y =>
      show ReadsValue (if (x * y).isZero then Ext.zeroOf (Ext.isNegative (.finite x) != Ext.isNegative (.finite y))
        else Ext.finite (x * y)) (toRing K x * toRing K y)
      rw [← toRing_mul]
      by_cases h : (x * y).isZero = true
      · rw [if_pos h, toRing_of_mantissa K (of_decide_eq_true h)]
        exact readsValue_zeroOf _
      · rw [if_neg h]
        exact ⟨rfl, rfl⟩
    | negZero =>
      show ReadsValue (Ext.zeroOf _) (toRing K x * toRing K 0)
      rw [toRing_zero, mul_zero]
      exact readsValue_zeroOf _
  | negZero =>
    cases y with
    | inf _ => cases fy
    | nan => cases fy
    | finite y =>
      show ReadsValue (Ext.zeroOf _) (toRing K 0 * toRing K y)
      rw [toRing_zero, zero_mul]
      exact readsValue_zeroOf _
    | negZero =>
      show ReadsValue (Ext.zeroOf false) (toRing K 0 * toRing K 0)
      rw [toRing_zero, zero_mul]
      exact readsValue_zeroOf _

/-- Zero is finite, and zero. -/
theorem readsValue_zero : ReadsValue (0 : Ext) (0 : K) := ⟨rfl, toRing_zero K⟩

/-- The traced arithmetic of the exporter is that of `Trace`. -/
theorem readsTrace_respects : RespectsArithmetic (ReadsTrace (K := K)) where
  zero :=
    { value := readsValue_zero, printed := rfl, magnitude := toRing_zero K, underflow := toRing_zero K, depth := rfl }
  add {a s b t} ha hb :=
    { value := ha.value.add hb.value
      printed := by
        show (match a.magnitude, b.magnitude with
          | .finite _, .finite _ => Ext.finite (a.finite + b.finite)
          | m, n => m + n) = Ext.finite (a.finite + b.finite)
        rw [ha.printed, hb.printed]
      magnitude := by
        show toRing K (a.finite + b.finite) = s.magnitude + t.magnitude
        rw [toRing_add, ha.magnitude, hb.magnitude]
      underflow := by
        show toRing K (a.underflow + b.underflow + Dyadic.twoPow 0) = s.underflow + t.underflow + 1
        rw [toRing_add, toRing_add, toRing_one, ha.underflow, hb.underflow]
      depth := by
        show max a.depth b.depth + 1 = max s.depth t.depth + 1
        rw [ha.depth, hb.depth] }
  mul {a s b t} ha hb :=
    { value := ha.value.mul hb.value
      printed := by
        show (match a.magnitude, b.magnitude with
          | .finite _, .finite _ => Ext.finite (a.finite * b.finite)
          | m, n => m * n) = Ext.finite (a.finite * b.finite)
        rw [ha.printed, hb.printed]
      magnitude := by
        show toRing K (a.finite * b.finite) = s.magnitude * t.magnitude
        rw [toRing_mul, ha.magnitude, hb.magnitude]
      underflow := by
        show toRing K (a.underflow * b.finite + b.underflow * a.finite + a.underflow * b.underflow
          + Dyadic.twoPow 0) = s.underflow * t.magnitude + t.underflow * s.magnitude + s.underflow * t.underflow + 1
        simp only [toRing_add, toRing_mul, toRing_one, ha.underflow, hb.underflow, ha.magnitude, hb.magnitude]
      depth := by
        show a.depth + b.depth + 1 = s.depth + t.depth + 1
        rw [ha.depth, hb.depth] }

omit [Add K] [Zero K] [One K] [Sub K] [Abs K] [Max K] [BinaryLaws K] in
/-- The floor of a factor is read alike. -/
theorem ReadsGrid.computedFloor {a : Traced} {g : Grid K} (h : ReadsGrid a g) :
    a.computedFloor = g.computedFloor := by
  unfold Traced.computedFloor Grid.computedFloor
  rw [h.depth, h.floor]

/-- The peak of a factor is read alike. -/
theorem ReadsGrid.computedPeak {a : Traced} {g : Grid K} (h : ReadsGrid a g) (c : K) :
    toRing K a.computedPeak ≤ c ↔ g.computedPeak ≤ c := by
  unfold Traced.computedPeak Grid.computedPeak
  rw [h.depth]
  by_cases hd : g.depth = 0
  · rw [if_pos hd, if_pos hd, toRing_zero]
  · rw [if_neg hd, if_neg hd]
    exact h.peak c

/-- The traced arithmetic of the exporter is that of `Grid`. -/
theorem readsGrid_respects : RespectsArithmetic (ReadsGrid (K := K)) where
  zero :=
    { value := readsValue_zero, magnitude := toRing_zero K, depth := rfl, quantum := rfl, floor := rfl
      peak := fun c => by
        show toRing K 0 ≤ c ↔ (0 : K) ≤ c
        rw [toRing_zero] }
  add {a s b t} ha hb :=
    { value := ha.value.add hb.value
      magnitude := by
        show toRing K (a.finite + b.finite) = s.magnitude + t.magnitude
        rw [toRing_add, ha.magnitude, hb.magnitude]
      depth := by
        show max a.depth b.depth + 1 = max s.depth t.depth + 1
        rw [ha.depth, hb.depth]
      quantum := by
        show Traced.least a.quantum b.quantum = Traced.least s.quantum t.quantum
        rw [ha.quantum, hb.quantum]
      floor := by
        show Traced.least a.floor b.floor = Traced.least s.floor t.floor
        rw [ha.floor, hb.floor]
      peak := fun c => by
        show toRing K (max (a.finite + b.finite) (max a.peak b.peak)) ≤ c ↔
          max (s.magnitude + t.magnitude) (max s.peak t.peak) ≤ c
        rw [toRing_max, toRing_max, BinaryLaws.max_le_iff, BinaryLaws.max_le_iff, toRing_add, ha.magnitude,
          hb.magnitude, ha.peak c, hb.peak c] }
  mul {a s b t} ha hb :=
    { value := ha.value.mul hb.value
      magnitude := by
        show toRing K (a.finite * b.finite) = s.magnitude * t.magnitude
        rw [toRing_mul, ha.magnitude, hb.magnitude]
      depth := by
        show a.depth + b.depth + 1 = s.depth + t.depth + 1
        rw [ha.depth, hb.depth]
      quantum := by
        show Traced.sumOfQuanta a.quantum b.quantum = Traced.sumOfQuanta s.quantum t.quantum
        rw [ha.quantum, hb.quantum]
      floor := by
        show Traced.least (Traced.sumOfQuanta a.quantum b.quantum) (Traced.least a.computedFloor b.computedFloor) =
          Traced.least (Traced.sumOfQuanta s.quantum t.quantum) (Traced.least s.computedFloor t.computedFloor)
        rw [ha.quantum, hb.quantum, ha.computedFloor, hb.computedFloor]
      peak := fun c => by
        show toRing K (max (a.finite * b.finite) (max a.computedPeak b.computedPeak)) ≤ c ↔
          max (s.magnitude * t.magnitude) (max s.computedPeak t.computedPeak) ≤ c
        rw [toRing_max, toRing_max, BinaryLaws.max_le_iff, BinaryLaws.max_le_iff, toRing_mul, ha.magnitude,
          hb.magnitude, ha.computedPeak c, hb.computedPeak c] }

end Conform.Soundness
