import Conform.Soundness.Grid
import Conform.Soundness.Least

/-!
# One operation on a grid is exact

The logical relation between a computed number and a grid: where the grid meets the condition of the exact tier, the
number is the exact value. It is kept by addition and multiplication, whatever the rounding does to numbers that are
not in the format, because everything that is computed on the way is in the format.

Main definition: `Conform.Soundness.Exactly`.
Main results: `Conform.Soundness.Exactly.add`, `Conform.Soundness.Exactly.mul`, `Conform.Soundness.Exactly.output`.
-/

namespace Conform.Soundness

open Spec Spec.Laws
open Traced (least sumOfQuanta)

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- What the grid `g` says of its exact value; and the computed number `x` is that value where the condition of the
exact tier holds. -/
structure Exactly (F : Format K) (x : K) (g : Grid K) : Prop where
  value_le : abs g.value ≤ g.magnitude
  multiple : ∀ q, g.quantum = some q → IsMultiple q g.value ∧ twoPow q ≤ g.magnitude
  zero : g.quantum = none → g.value = 0
  floor : ∀ q, g.quantum = some q → ∃ f, g.floor = some f ∧ f ≤ q
  peak : g.magnitude ≤ g.peak
  input : g.depth = 0 → x = g.value
  exact : g.Fits F → x = g.value

namespace Exactly

variable [BinaryLaws K] {F : Format K} {x y z : K} {a b : Grid K}

/-- A magnitude is not negative. -/
theorem magnitude_nonneg (h : Exactly F x a) : 0 ≤ a.magnitude := le_trans (abs_nonneg _) h.value_le

/-- An input is exact. -/
theorem ofInput {q : Option Int} (h : IsQuantum x q) : Exactly F x (Grid.input x q) where
  value_le := le_refl _
  multiple := h.multiple
  zero := h.zero
  floor e he := ⟨e, he, Int.le_refl e⟩
  peak := le_refl _
  input _ := rfl
  exact _ := rfl

/-- Zero is exact. -/
theorem ofZero : Exactly F 0 (0 : Grid K) where
  value_le := le_of_eq OrderedRingLaws.abs_zero
  multiple _ h := nomatch h
  zero _ := rfl
  floor _ h := nomatch h
  peak := le_refl _
  input _ := rfl
  exact _ := rfl

/-- A value on its grid is in the format where the condition of the exact tier holds. -/
theorem represents {g : Grid K} (value_le : abs g.value ≤ g.magnitude)
    (multiple : ∀ q, g.quantum = some q → IsMultiple q g.value ∧ twoPow q ≤ g.magnitude)
    (zero : g.quantum = none → g.value = 0) (floor : ∀ q, g.quantum = some q → ∃ f, g.floor = some f ∧ f ≤ q)
    (peak : g.magnitude ≤ g.peak) (fits : g.Fits F) : F.Represents g.value := by
  cases h : g.quantum with
  | none =>
    rw [zero h]
    exact F.represents_zero (le_trans (le_trans (abs_nonneg _) value_le) (le_trans peak fits.peak))
  | some q =>
    obtain ⟨f, hf, hq⟩ := floor q h
    exact F.represents_of_multiple (multiple q h).1 (Int.le_trans (fits.floor f hf) hq)
      (le_trans value_le (fits.magnitude q h)) (le_trans value_le (le_trans peak fits.peak))

/-- A result kept in the format `F` and rounded once to the format `F'` is exact where the condition of the exact tier
holds in both. -/
theorem output {F' : Format K} (h : Exactly F x a) (fits : a.Fits F) (fits' : a.Fits F') (hz : F'.Rounds x z) :
    z = a.value := by
  rw [h.exact fits] at hz
  exact hz (represents h.value_le h.multiple h.zero h.floor h.peak fits')

/-- The value of a number lies on every coarser grid. -/
theorem isMultiple_of_le (h : Exactly F x a) {q : Int} (le : ∀ f, a.quantum = some f → q ≤ f) :
    IsMultiple q a.value := by
  cases hq : a.quantum with
  | none => rw [h.zero hq]; exact isMultiple_zero q
  | some f => exact (h.multiple f hq).1.mono (le f hq)

/-- A sum keeps the relation. -/
theorem add (ha : Exactly F x a) (hb : Exactly F y b) (hz : F.Rounds (x + y) z) : Exactly F z (a + b) := by
  have value_le : abs (a + b).value ≤ (a + b).magnitude :=
    le_trans (abs_add_le _ _) (add_le_add ha.value_le hb.value_le)
  have multiple : ∀ q, (a + b).quantum = some q → IsMultiple q (a + b).value ∧ twoPow q ≤ (a + b).magnitude := by
    intro q h
    obtain ⟨which, lea, leb⟩ := least_eq_some h
    refine ⟨(ha.isMultiple_of_le lea).add (hb.isMultiple_of_le leb), which.elim (fun h => ?_) fun h => ?_⟩
    · exact le_trans (ha.multiple q h).2 (le_add_right _ hb.magnitude_nonneg)
    · exact le_trans (hb.multiple q h).2 (le_add_left _ ha.magnitude_nonneg)
  have zero : (a + b).quantum = none → (a + b).value = 0 := by
    intro h
    show a.value + b.value = 0
    rw [ha.zero (least_eq_none h).1, hb.zero (least_eq_none h).2, zero_add]
  have floor : ∀ q, (a + b).quantum = some q → ∃ f, (a + b).floor = some f ∧ f ≤ q := by
    intro q h
    refine (least_eq_some h).1.elim (fun h => ?_) fun h => ?_
    · obtain ⟨f, hf, hfq⟩ := ha.floor q h
      obtain ⟨c, hc, hcf⟩ := exists_least_le (q := b.floor) (Or.inl hf)
      exact ⟨c, hc, Int.le_trans hcf hfq⟩
    · obtain ⟨f, hf, hfq⟩ := hb.floor q h
      obtain ⟨c, hc, hcf⟩ := exists_least_le (p := a.floor) (Or.inr hf)
      exact ⟨c, hc, Int.le_trans hcf hfq⟩
  refine ⟨value_le, multiple, zero, floor, le_max_left _ _, fun h => absurd h (Nat.succ_ne_zero _), fun fits => ?_⟩
  have peaks := BinaryLaws.max_le_iff.mp (BinaryLaws.max_le_iff.mp fits.peak).2
  have part : ∀ {m : K} {q : Int}, m ≤ a.magnitude + b.magnitude → (a.quantum = some q ∨ b.quantum = some q) →
      m ≤ twoPow ((F.precision : Int) + q) := by
    intro m q hm hq
    obtain ⟨e, he, heq⟩ := exists_least_le hq
    exact le_trans hm (le_trans (fits.magnitude e he) (twoPow_le_twoPow (by omega)))
  have hx := ha.exact
    ⟨fun q h => part (le_add_right _ hb.magnitude_nonneg) (Or.inl h), (le_least fits.floor).1, peaks.1⟩
  have hy := hb.exact
    ⟨fun q h => part (le_add_left _ ha.magnitude_nonneg) (Or.inr h), (le_least fits.floor).2, peaks.2⟩
  rw [hx, hy] at hz
  exact hz (represents value_le multiple zero floor (le_max_left _ _) fits)

omit [Add K] [One K] [Sub K] [Max K] [BinaryLaws K] in
/-- A factor of a product is exact where its magnitude has room for it: its floor and peak are in those of the
product, unless it is an input, which is exact by itself. -/
theorem factor (h : Exactly F x a) (floor : ∀ f, a.computedFloor = some f → F.emin ≤ f)
    (peak : a.computedPeak ≤ F.largest)
    (room : ∀ q, a.quantum = some q → a.magnitude ≤ twoPow ((F.precision : Int) + q)) :
    x = a.value := by
  by_cases hd : a.depth = 0
  · exact h.input hd
  · unfold Grid.computedFloor at floor
    unfold Grid.computedPeak at peak
    rw [if_neg hd] at floor peak
    exact h.exact ⟨room, floor, peak⟩

/-- From `m n ≤ 2 ^ (p + (q + r))` and `2 ^ r ≤ n` follows `m ≤ 2 ^ (p + q)`. -/
theorem le_of_mul_le {m n : K} {p q r : Int} (hm : 0 ≤ m) (h : m * n ≤ twoPow (p + (q + r))) (hn : twoPow r ≤ n) :
    m ≤ twoPow (p + q) := by
  apply le_of_mul_twoPow_le (q := r)
  rw [← BinaryLaws.twoPow_add, Int.add_assoc]
  exact le_trans (mul_le_mul_left hn hm) h

/-- A product keeps the relation. -/
theorem mul (ha : Exactly F x a) (hb : Exactly F y b) (hz : F.Rounds (x * y) z) : Exactly F z (a * b) := by
  have both : ∀ q, (a * b).quantum = some q →
      ∃ r s, a.quantum = some r ∧ b.quantum = some s ∧ q = r + s := by
    intro q h
    have h' : sumOfQuanta a.quantum b.quantum = some q := h
    cases hr : a.quantum with
    | none => rw [hr] at h'; cases h'
    | some r =>
      cases hs : b.quantum with
      | none => rw [hr, hs] at h'; cases h'
      | some s => rw [hr, hs] at h'; cases h'; exact ⟨r, s, rfl, rfl, rfl⟩
  have value_le : abs (a * b).value ≤ (a * b).magnitude := by
    show abs (a.value * b.value) ≤ _
    rw [OrderedRingLaws.abs_mul]
    exact mul_le_mul ha.value_le hb.value_le ha.magnitude_nonneg (abs_nonneg _)
  have multiple : ∀ q, (a * b).quantum = some q → IsMultiple q (a * b).value ∧ twoPow q ≤ (a * b).magnitude := by
    intro q h
    obtain ⟨r, s, hr, hs, rfl⟩ := both q h
    refine ⟨(ha.multiple r hr).1.mul (hb.multiple s hs).1, ?_⟩
    rw [BinaryLaws.twoPow_add]
    exact mul_le_mul (ha.multiple r hr).2 (hb.multiple s hs).2 ha.magnitude_nonneg (BinaryLaws.twoPow_nonneg s)
  have zero : (a * b).quantum = none → (a * b).value = 0 := by
    intro h
    have h' : sumOfQuanta a.quantum b.quantum = none := h
    show a.value * b.value = 0
    cases hr : a.quantum with
    | none => rw [ha.zero hr, zero_mul]
    | some r =>
      cases hs : b.quantum with
      | none => rw [hb.zero hs, mul_zero]
      | some s => rw [hr, hs] at h'; cases h'
  have floor : ∀ q, (a * b).quantum = some q → ∃ f, (a * b).floor = some f ∧ f ≤ q :=
    fun q h => exists_least_le (Or.inl h)
  refine ⟨value_le, multiple, zero, floor, le_max_left _ _, fun h => absurd h (Nat.succ_ne_zero _), fun fits => ?_⟩
  have peaks := BinaryLaws.max_le_iff.mp (BinaryLaws.max_le_iff.mp fits.peak).2
  have floors := le_least (le_least fits.floor).2
  have product : x * y = (a * b).value := by
    show x * y = a.value * b.value
    cases hr : a.quantum with
    | none =>
      have hx := ha.factor floors.1 peaks.1 fun q h => by rw [hr] at h; cases h
      rw [hx, ha.zero hr, zero_mul, zero_mul]
    | some r =>
      cases hs : b.quantum with
      | none =>
        have hy := hb.factor floors.2 peaks.2 fun q h => by rw [hs] at h; cases h
        rw [hy, hb.zero hs, mul_zero, mul_zero]
      | some s =>
        have quantum : (a * b).quantum = some (r + s) := by
          show sumOfQuanta a.quantum b.quantum = _
          rw [hr, hs]
          rfl
        have room : a.magnitude * b.magnitude ≤ twoPow ((F.precision : Int) + (r + s)) := fits.magnitude _ quantum
        have hx := ha.factor floors.1 peaks.1 fun q h => by
          rw [hr] at h
          cases h
          exact le_of_mul_le ha.magnitude_nonneg room (hb.multiple s hs).2
        have hy := hb.factor floors.2 peaks.2 fun q h => by
          rw [hs] at h
          cases h
          rw [mul_comm, Int.add_comm r s] at room
          exact le_of_mul_le hb.magnitude_nonneg room (ha.multiple r hr).2
        rw [hx, hy]
  rw [product] at hz
  exact hz (represents value_le multiple zero floor (le_max_left _ _) fits)

end Exactly

end Conform.Soundness
