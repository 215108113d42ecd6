import Conform.Enclosure.OrderedField
import Conform.Soundness.Approximation

/-!
# How accurate a computed number is

What is assumed of an operation of a backend, and of a function of its library: how far the result may be off the exact
one of the same arguments, and that it has no wrong sign. Nothing is assumed of the arguments.

Main definitions: `Conform.Soundness.Accurate`, `Conform.Soundness.Correct`.
Main result: `Conform.Soundness.Accurate.of_ulps`.

References: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §2.2 and §3.1; OpenCL
environment specification, Relative Error as ULPs.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- `result` is `exact` up to `c` roundings of unit roundoff `u` and `E` underflows of at most `η`, and not of the
other sign. -/
structure Accurate (u η : K) (c E : Nat) (exact result : K) : Prop where
  error : abs (result - exact) ≤ (pow (1 + u) c - 1) * abs exact + pow (1 + u) c * (ofInt E * η)
  nonneg : 0 ≤ exact → 0 ≤ result
  nonpos : exact ≤ 0 → result ≤ 0

/-- One rounding: what IEEE 754 promises of `+`, `-` and `*` where nothing overflows. -/
abbrev Correct (u η exact result : K) : Prop := Accurate u η 1 1 exact result

variable [OrderedFieldLaws K] {u η x y z a b c d : K}

/-- Bernoulli's inequality. -/
theorem one_add_mul_le_pow (hu : 0 ≤ u) (n : Nat) : 1 + ofInt n * u ≤ pow (1 + u) n := by
  induction n with
  | zero =>
    show 1 + ofInt 0 * u ≤ 1
    rw [BinaryLaws.ofInt_zero, zero_mul, add_zero]
    exact le_refl 1
  | succ n ih =>
    have h := mul_le_mul_right ih (le_trans zero_le_one (le_add_right 1 hu))
    rw [pow_succ]
    refine le_trans (le_of_eq_add (mul_nonneg (ofInt_nonneg (Int.natCast_nonneg n)) (mul_self_nonneg u)) ?_) h
    show _ = 1 + ofInt ((n : Int) + 1) * u + _
    rw [BinaryLaws.ofInt_add]
    generalize (ofInt (n : Int) : K) = m
    ring_by [m, u]

/-- An error of `h` halves of a unit in the last place, each at most `u |x| + η / 2`, is one of `h` roundings. -/
theorem Accurate.of_ulps (hu : 0 ≤ u) (hη : 0 ≤ η) {h E : Nat}
    (error : abs (y - x) ≤ ofInt h * (u * abs x) + ofInt E * η) (nonneg : 0 ≤ x → 0 ≤ y) (nonpos : x ≤ 0 → y ≤ 0) :
    Accurate u η h E x y where
  nonneg := nonneg
  nonpos := nonpos
  error := by
    have one := one_le_pow (le_add_right 1 hu) h
    refine le_trans error (add_le_add ?_ (le_mul_left (mul_nonneg (ofInt_nonneg (Int.natCast_nonneg E)) hη) one))
    rw [← mul_assoc]
    refine mul_le_mul_right ?_ (abs_nonneg x)
    refine le_trans (le_of_eq ?_) (sub_le_sub (one_add_mul_le_pow hu h) (le_refl 1))
    generalize (ofInt (h : Int) : K) = m
    ring_by [m, u]

/-- More roundings and more underflows allow more. -/
theorem Accurate.mono (hu : 0 ≤ u) (hη : 0 ≤ η) {k l E F : Nat} (h : Accurate u η k E x y) (hk : k ≤ l) (hE : E ≤ F) :
    Accurate u η l F x y where
  nonneg := h.nonneg
  nonpos := h.nonpos
  error := by
    have one : (1 : K) ≤ 1 + u := le_add_right 1 hu
    have grows := pow_le_pow one hk
    have positive : (0 : K) ≤ pow (1 + u) l := le_trans zero_le_one (one_le_pow one l)
    refine le_trans h.error (add_le_add (mul_le_mul_right (sub_le_sub grows (le_refl 1)) (abs_nonneg x))
      (mul_le_mul grows (mul_le_mul_right (ofInt_le (Int.ofNat_le.mpr hE)) hη) positive ?_))
    exact mul_nonneg (ofInt_nonneg (Int.natCast_nonneg E)) hη

/-- What is exact is accurate. -/
theorem Accurate.exact (hu : 0 ≤ u) (hη : 0 ≤ η) (h E : Nat) (x : K) : Accurate u η h E x x :=
  .of_ulps hu hη (by
    rw [sub_self, OrderedRingLaws.abs_zero]
    exact add_nonneg (mul_nonneg (ofInt_nonneg (Int.natCast_nonneg h)) (mul_nonneg hu (abs_nonneg x)))
      (mul_nonneg (ofInt_nonneg (Int.natCast_nonneg E)) hη)) id id

/-- A rounding in the sense of the ring, without a wrong sign. -/
theorem Correct.of_isRounding (hc : Constants u η) (h : IsRounding u η x y) (nonneg : 0 ≤ x → 0 ≤ y)
    (nonpos : x ≤ 0 → y ≤ 0) : Correct u η x y :=
  .of_ulps hc.u_nonneg hc.η_nonneg (by
    show _ ≤ ofInt 1 * _ + ofInt 1 * η
    rw [ofInt_one, one_mul, one_mul]
    exact h) nonneg nonpos

/-! ## Absolute values and the greater of two numbers -/

theorem le_abs (x : K) : x ≤ abs x := (OrderedFieldLaws.abs_le_iff.mp (le_refl _)).1

theorem neg_le_abs (x : K) : 0 - x ≤ abs x := (OrderedFieldLaws.abs_le_iff.mp (le_refl _)).2

theorem abs_neg (x : K) : abs (0 - x) = abs x := by
  refine le_antisymm (OrderedFieldLaws.abs_le_iff.mpr ⟨neg_le_abs x, ?_⟩)
    (OrderedFieldLaws.abs_le_iff.mpr ⟨?_, le_abs _⟩)
  · refine le_trans (le_of_eq ?_) (le_abs x)
    ring_by [x]
  · refine le_trans (le_of_eq ?_) (neg_le_abs (0 - x))
    ring_by [x]

theorem abs_sub_comm (x y : K) : abs (x - y) = abs (y - x) := by
  rw [← abs_neg]
  congr 1
  ring_by [x, y]

/-- A distance, by both sides. -/
theorem abs_sub_le_iff : abs (x - y) ≤ d ↔ y - d ≤ x ∧ x ≤ y + d := by
  rw [OrderedFieldLaws.abs_le_iff]
  refine ⟨fun h => ⟨le_of_eq_add (sub_nonneg h.2) ?_, le_of_eq_add (sub_nonneg h.1) ?_⟩,
    fun h => ⟨le_of_eq_add (sub_nonneg h.2) ?_, le_of_eq_add (sub_nonneg h.1) ?_⟩⟩ <;> ring_by [x, y, d]

theorem le_max_right (x y : K) : y ≤ max x y := (BinaryLaws.max_le_iff.mp (le_refl _)).2

theorem max_eq_left (h : y ≤ x) : max x y = x :=
  le_antisymm (BinaryLaws.max_le_iff.mpr ⟨le_refl _, h⟩) (le_max_left x y)

theorem max_eq_right (h : x ≤ y) : max x y = y :=
  le_antisymm (BinaryLaws.max_le_iff.mpr ⟨h, le_refl _⟩) (le_max_right x y)

theorem max_le_max (h : a ≤ b) (h' : c ≤ d) : max a c ≤ max b d :=
  BinaryLaws.max_le_iff.mpr ⟨le_trans h (le_max_left b d), le_trans h' (le_max_right b d)⟩

/-- The greater of two numbers moves no more than they do. -/
theorem abs_max_sub_max_le (hx : abs (x - a) ≤ d) (hy : abs (y - b) ≤ d) : abs (max x y - max a b) ≤ d := by
  obtain ⟨xl, xu⟩ := abs_sub_le_iff.mp hx
  obtain ⟨yl, yu⟩ := abs_sub_le_iff.mp hy
  refine abs_sub_le_iff.mpr ⟨?_, BinaryLaws.max_le_iff.mpr
    ⟨le_trans xu (add_le_add (le_max_left a b) (le_refl d)), le_trans yu (add_le_add (le_max_right a b) (le_refl d))⟩⟩
  rcases le_total a b with h | h
  · rw [max_eq_right h]
    exact le_trans yl (le_max_right x y)
  · rw [max_eq_left h]
    exact le_trans xl (le_max_left x y)

/-- The absolute value moves no more than its number does. -/
theorem abs_abs_sub_abs_le (x y : K) : abs (abs x - abs y) ≤ abs (x - y) :=
  abs_sub_le_iff.mpr
    ⟨le_of_eq_add (sub_nonneg (abs_le_abs_sub_add y x)) (by
        rw [abs_sub_comm y x]
        ring_by [abs x, abs y, abs (x - y)]),
      le_trans (abs_le_abs_sub_add x y) (le_of_eq (add_comm _ _))⟩

end Conform.Soundness
