import Conform.Enclosure.Ball
import Conform.Enclosure.IntervalProperties

/-!
# What a ball says of a number

Main definitions: `Conform.Ball.Holds`, `Conform.ExtBall.Holds`.
Main results: `Conform.Enclosure.holds_round`, `Conform.Enclosure.holds_ofBounds`, `Conform.Enclosure.holds_add`,
`Conform.Enclosure.holds_mul`, `Conform.Enclosure.holds_interval`.
-/

namespace Conform

open Soundness

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- The number is at most the radius away from the midpoint. -/
def Ball.Holds (b : Ball) (x : K) : Prop := abs (x - toRing K b.mid) ≤ toRing K b.rad

/-- What is said of a number holds. Of an infinity or nan, no number of a field is the value. -/
def ExtBall.Holds (b : ExtBall) (x : K) : Prop :=
  match b with
  | .finite b => b.Holds x
  | .negZero => x = 0
  | .past range => Enclosure.Holds range x
  | .inf _ => False
  | .nan => False

end Conform

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {x y : K} {a b : Ball}

/-- A ball, by its ends. -/
theorem ball_holds_iff : b.Holds x ↔ toRing K b.lower ≤ x ∧ x ≤ toRing K b.upper := by
  unfold Ball.Holds Ball.lower Ball.upper
  rw [OrderedFieldLaws.abs_le_iff, toRing_sub, toRing_add]
  generalize toRing K b.mid = m
  generalize toRing K b.rad = r
  refine ⟨fun h => ⟨le_of_eq_add (sub_nonneg h.2) ?_, le_of_eq_add (sub_nonneg h.1) ?_⟩,
    fun h => ⟨le_of_eq_add (sub_nonneg h.2) ?_, le_of_eq_add (sub_nonneg h.1) ?_⟩⟩
  · ring_by [x, m, r]
  · ring_by [x, m, r]
  · ring_by [x, m, r]
  · ring_by [x, m, r]

/-- The interval of a ball holds what the ball does. -/
theorem holds_interval (h : b.Holds x) : Holds b.interval x := ⟨(ball_holds_iff.mp h).1, (ball_holds_iff.mp h).2⟩

theorem holds_exact (z : Dyadic) : (Ball.exact z).Holds (toRing K z) := by
  show abs (toRing K z - toRing K z) ≤ toRing K 0
  rw [sub_self, OrderedRingLaws.abs_zero, toRing_zero]
  exact le_refl _

/-- A ball that is rounded holds what it held. -/
theorem holds_round (h : b.Holds x) : b.round.Holds x := by
  unfold Ball.round
  split
  · exact h
  · dsimp only
    generalize b.mid.roundNearest Ball.midBits = m
    refine le_trans (le_trans (abs_sub_le x (toRing K b.mid) (toRing K m)) ?_) (le_roundUp _ _)
    rw [toRing_add, toRing_abs, toRing_sub]
    exact add_le_add h (le_refl _)

/-- The ball of two bounds holds what lies between them. -/
theorem holds_ofBounds {l u : Dyadic} (low : toRing K l ≤ x) (high : x ≤ toRing K u) : (Ball.ofBounds l u).Holds x := by
  have ends : ∀ l u : K, twoPow (-1) * (l + u) - twoPow (-1) * (u - l) = l ∧
      twoPow (-1) * (l + u) + twoPow (-1) * (u - l) = u := fun l u => by
    refine ⟨Eq.trans ?_ (half_add_half l), Eq.trans ?_ (half_add_half u)⟩
    · ring_by [(twoPow (-1) : K), l, u]
    · ring_by [(twoPow (-1) : K), l, u]
  refine holds_round (ball_holds_iff.mpr ⟨?_, ?_⟩)
  · show toRing K ((l + u).half - (u - l).half) ≤ x
    rw [toRing_sub, toRing_half, toRing_half, toRing_add, toRing_sub, (ends _ _).1]
    exact low
  · show x ≤ toRing K ((l + u).half + (u - l).half)
    rw [toRing_add, toRing_half, toRing_half, toRing_add, toRing_sub, (ends _ _).2]
    exact high

/-- The ball of opposite sign. -/
theorem holds_neg (h : a.Holds x) : (-a).Holds (0 - x) := by
  show abs (0 - x - toRing K (-a.mid)) ≤ toRing K a.rad
  rw [OrderedFieldLaws.abs_le_iff]
  obtain ⟨low, high⟩ := OrderedFieldLaws.abs_le_iff.mp h
  rw [toRing_neg]
  refine ⟨le_trans (le_of_eq ?_) high, le_trans (le_of_eq ?_) low⟩
  · ring_by [x, toRing K a.mid]
  · ring_by [x, toRing K a.mid]

/-- The ball of a sum. -/
theorem holds_add (hx : a.Holds x) (hy : b.Holds y) : (a + b).Holds (x + y) := by
  refine holds_round ?_
  show abs (x + y - toRing K (a.mid + b.mid)) ≤ toRing K (a.rad + b.rad)
  rw [toRing_add, toRing_add, add_sub_add]
  exact le_trans (abs_add_le _ _) (add_le_add hx hy)

/-- The ball of a product. -/
theorem holds_mul (hx : a.Holds x) (hy : b.Holds y) : (a * b).Holds (x * y) := by
  refine holds_round ?_
  show abs (x * y - toRing K (a.mid * b.mid)) ≤ toRing K (a.mid.abs * b.rad + a.rad * (b.mid.abs + b.rad))
  have size : abs y ≤ toRing K b.mid.abs + toRing K b.rad := by
    rw [toRing_abs, add_comm]
    exact le_trans (abs_le_abs_sub_add y (toRing K b.mid)) (add_le_add hy (le_refl _))
  have nonneg : 0 ≤ toRing K a.rad := le_trans (abs_nonneg _) hx
  have split : x * y - toRing K a.mid * toRing K b.mid =
      toRing K a.mid * (y - toRing K b.mid) + (x - toRing K a.mid) * y := by
    ring_by [x, y, toRing K a.mid, toRing K b.mid]
  rw [toRing_mul, split, toRing_add, toRing_mul, toRing_mul, toRing_add]
  refine le_trans (abs_add_le _ _) (add_le_add ?_ ?_)
  · rw [OrderedRingLaws.abs_mul, toRing_abs]
    exact mul_le_mul_left hy (abs_nonneg _)
  · rw [OrderedRingLaws.abs_mul]
    exact mul_le_mul hx size nonneg (abs_nonneg _)

end Conform.Enclosure
