import Conform.Enclosure.ImageProperties
import Conform.Soundness.ExporterContext

/-!
# The exporter's enclosures hold

Of any ordered field with an exponential function, its logarithm, hyperbolic functions and a root: the exporter's
enclosures of them hold the values, as `ExporterEnclosures` asks. Of sine, cosine and π this is tested only, and stays a
hypothesis.

Main results: `Conform.Soundness.encloses_exp` and the others; `Conform.Soundness.exporterEnclosures`.
-/

namespace Conform.Soundness

open Enclosure Spec Spec.Laws Beyond

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [OrderedFieldLaws K]
variable {exp log sqrt tanh sinh cosh : K → K}

/-- `|e ^ t - 1| ≤ d + 2 d²` for `|t| ≤ d ≤ 1/2`. -/
theorem abs_exp_sub_one_le (hexp : IsExp exp) {t d : K} (ht : abs t ≤ d) (hd : d + d ≤ 1) :
    abs (exp t - 1) ≤ d + d * d + d * d := by
  have nonneg : 0 ≤ d := le_trans (abs_nonneg t) ht
  obtain ⟨high, low⟩ := OrderedFieldLaws.abs_le_iff.mp ht
  have square := mul_self_nonneg d
  have less : Positive (1 - d) := by
    refine Positive.of_add_self (positive_one.of_le ?_)
    exact le_of_eq_add (sub_nonneg hd) (by ring_by [d])
  refine OrderedFieldLaws.abs_le_iff.mpr ⟨?_, ?_⟩
  · have one := le_trans (mul_le_mul_left (hexp.mono high) less.nonneg) (hexp.one_sub_mul_le d)
    have target : (1 - d) * exp t ≤ (1 - d) * (1 + (d + d * d + d * d)) := by
      refine le_trans one (le_of_eq_add (mul_nonneg square (sub_nonneg hd)) ?_)
      ring_by [d]
    have := le_of_mul_le_mul_left target less
    exact le_of_eq_add (sub_nonneg this) (by ring_by [d, exp t])
  · have above := hexp.one_add_le t
    refine le_of_eq_add (add_nonneg (add_nonneg (sub_nonneg above) (sub_nonneg low)) (add_nonneg square square)) ?_
    ring_by [d, t, exp t]

theorem encloses_exp (hexp : IsExp exp) : Beyond.exp.Encloses (fun _ => True) exp where
  value x finite _ := ⟨trivial, holds_exp hexp finite⟩
  image h _ _ := ⟨trivial, holds_image_exp hexp h⟩
  spread {d size e I x v} h near hsize := by
    have h : (if d.ble (.twoPow (-1)) = true then
      some ((⟨.finite 0, .inf false⟩ : Interval), size * (d + d * d + d * d)) else none) = some (I, e) := h
    split at h
    · next hd =>
      cases h
      have half : toRing K d + toRing K d ≤ 1 := by
        have := (toRing_le K _ _).mp hd
        rw [toRing_twoPow] at this
        exact le_trans (add_le_add this this) (le_of_eq twoPow_neg_one_add)
      have positive : ∀ y : K, Holds ⟨.finite 0, .inf false⟩ (exp y) := fun y =>
        ⟨by show toRing K 0 ≤ exp y; rw [toRing_zero]; exact hexp.nonneg y, rfl⟩
      refine ⟨trivial, ?_, positive x, positive v⟩
      have split : exp x - exp v = exp v * (exp (x - v) - 1) := by
        have : exp x = exp (x - v) * exp v := by rw [← hexp.add, sub_add_cancel]
        rw [this]
        ring_by [exp v, exp (x - v)]
      rw [split, OrderedRingLaws.abs_mul, toRing_mul, toRing_add, toRing_add, toRing_mul]
      exact mul_le_mul hsize (abs_exp_sub_one_le hexp near half) (le_trans (abs_nonneg _) hsize) (abs_nonneg _)
    · cases h

theorem encloses_tanh (hexp : IsExp exp) (htanh : IsTanh exp tanh) : Beyond.tanh.Encloses (fun _ => True) tanh where
  value _ finite _ := ⟨trivial, holds_tanh hexp htanh finite⟩
  image h _ _ := ⟨trivial, holds_image_tanh hexp htanh h⟩
  spread h := nomatch h

theorem encloses_sinh (hexp : IsExp exp) (hsinh : IsSinh exp sinh) : Beyond.sinh.Encloses (fun _ => True) sinh where
  value _ finite _ := ⟨trivial, holds_sinh hexp hsinh finite⟩
  image h _ _ := ⟨trivial, holds_image_sinh hexp hsinh h⟩
  spread h := nomatch h

theorem encloses_cosh (hexp : IsExp exp) (hcosh : IsCosh exp cosh) : Beyond.cosh.Encloses (fun _ => True) cosh where
  value _ finite _ := ⟨trivial, holds_cosh hexp hcosh finite⟩
  image h _ _ := ⟨trivial, holds_image_cosh hexp hcosh h⟩
  spread h := nomatch h

theorem encloses_sqrt (hsqrt : IsSqrt sqrt) : Beyond.sqrt.Encloses (fun x : K => 0 ≤ x) sqrt where
  value x finite ball := by
    have nonneg : 0 ≤ number K x := by
      cases x with
      | finite z =>
        refine toRing_nonneg (K := K) fun s => ?_
        have shape : Enclosure.sqrt (.finite z) = .nan := if_pos s
        have ball : (Enclosure.sqrt (.finite z)).settle.isBall = true := ball
        rw [shape] at ball
        cases ball
      | negZero => exact le_of_eq (toRing_zero K).symm
      | inf _ => cases finite
      | nan => cases finite
    exact ⟨nonneg, holds_sqrt hsqrt finite nonneg⟩
  image h defined _ := ⟨nonneg_of_holds h defined, holds_image_sqrt hsqrt (nonneg_of_holds h defined) h⟩
  spread h := nomatch h

theorem encloses_log (hexp : IsExp exp) (hlog : IsLog exp log) : Beyond.log.Encloses (fun x : K => Positive x) log where
  value x finite ball := by
    have ball : (Enclosure.log x).settle.isBall = true := ball
    have positive : Positive (number K x) := by
      cases x with
      | finite z =>
        refine toRing_positive (fun s => ?_) fun zero => ?_
        · have shape : Enclosure.log (.finite z) = .nan := if_pos s
          rw [shape] at ball
          cases ball
        · have shape : Enclosure.log (.finite z) = if z.isNegative then .nan else if z.isZero then .inf true else
            ofInterval (logInterval z) := rfl
          rw [shape, show z.isZero = true from zero] at ball
          cases hn : z.isNegative with
          | true => rw [hn] at ball; cases ball
          | false => rw [hn] at ball; cases ball
      | negZero => cases ball
      | inf _ => cases finite
      | nan => cases finite
    exact ⟨positive, holds_log hexp hlog finite positive⟩
  image {I x} h defined lower := by
    have positive : Positive x := fun nonpos => by
      obtain ⟨l, u⟩ := I
      have below := h.below
      have defined : (!l.isNegative) = true := defined
      cases l with
      | inf negative =>
        have e : negative = true := below
        subst e
        cases defined
      | finite c =>
        have below : toRing K c ≤ x := below
        have hn : c.isNegative = false := by
          have defined : (!c.isNegative) = true := defined
          cases hn : c.isNegative with
          | true => rw [hn] at defined; cases defined
          | false => rfl
        have zero : c.isZero = true := Classical.byContradiction fun nonzero =>
          toRing_positive (K := K) (by rw [hn]; decide) nonzero (le_trans below nonpos)
        refine lower ?_
        show (Endpoint.map _ (if c.isNegative || c.isZero then (⟨.inf true, .inf true⟩ : Interval)
          else logInterval c).lower) = .inf true
        rw [zero, Bool.or_true, if_pos rfl]
        rfl
    exact ⟨positive, holds_image_log hexp hlog positive h⟩
  spread h := nomatch h

/-- What remains to be assumed of the enclosures is of sine, cosine and π. -/
theorem exporterEnclosures {K : Type} [Context K] [Abs K] [Binary K] [OrderedFieldLaws K]
    (exp : IsExp (MathFunctions.exp : K → K)) (log : IsLog MathFunctions.exp (MathFunctions.log : K → K))
    (sqrt : IsSqrt (MathFunctions.sqrt : K → K)) (tanh : IsTanh MathFunctions.exp (MathFunctions.tanh : K → K))
    (sinh : IsSinh MathFunctions.exp (MathFunctions.sinh : K → K))
    (cosh : IsCosh MathFunctions.exp (MathFunctions.cosh : K → K))
    (sin : Beyond.sin.Encloses (TableFunction.HasValue .sin) (MathFunctions.sin : K → K))
    (cos : Beyond.cos.Encloses (TableFunction.HasValue .cos) (MathFunctions.cos : K → K))
    (pi : ∀ c : ExtBall, c = Enclosure.pi → c.Holds (MathFunctions.pi : K)) : ExporterEnclosures K where
  function
    | .exp => encloses_exp exp
    | .tanh => encloses_tanh exp tanh
    | .cosh => encloses_cosh exp cosh
    | .sqrt => encloses_sqrt sqrt
    | .log => encloses_log exp log
    | .cos => cos
    | .sin => sin
    | .sinh => encloses_sinh exp sinh
  pi := pi

end Conform.Soundness
