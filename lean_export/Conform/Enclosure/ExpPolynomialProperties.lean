import Conform.Enclosure.ExpPolynomial
import Conform.Enclosure.IsExp

/-!
# The polynomials bound the exponential function

What has to be compared are polynomials with natural coefficients, from zero to one. There, one of them is at most
another one where every partial sum of its coefficients is: what a term has too much, terms of lower degree have
too little. The two comparisons that the recursion was made for, `L (2y) ≤ L y * L y` and `U y * U y ≤ U (2y)`, are
then decided by computing.

Main definitions: `Conform.Enclosure.value`, `Conform.Enclosure.dominated`.
Main results: `Conform.Enclosure.value_lowerCoefficients_le`, `Conform.Enclosure.le_value_upperCoefficients`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

section Definitions

variable {K : Type} [Add K] [Mul K] [Zero K] [Binary K]

/-- The value at `y` of the polynomial with these coefficients. -/
def value (y : K) : List Nat → K
  | [] => 0
  | c :: cs => ofInt c + y * value y cs

end Definitions

/-- Each partial sum of the first coefficients is at most that of the second ones and `room`. -/
def dominated (room : Nat) : List Nat → List Nat → Bool
  | [], _ => true
  | a :: as, [] => a ≤ room && dominated (room - a) as []
  | a :: as, b :: bs => a ≤ room + b && dominated (room + b - a) as bs

/-- The sum of two polynomials. -/
def addCoefficients : List Nat → List Nat → List Nat
  | [], bs => bs
  | a :: as, [] => a :: as
  | a :: as, b :: bs => (a + b) :: addCoefficients as bs

/-- The product of two polynomials. -/
def mulCoefficients : List Nat → List Nat → List Nat
  | [], _ => []
  | a :: as, bs => addCoefficients (bs.map (a * ·)) (0 :: mulCoefficients as bs)

/-- The polynomial at `2 y`, times `factor`. -/
def doubleCoefficients (factor : Nat) : List Nat → List Nat
  | [] => []
  | a :: as => factor * a :: doubleCoefficients (2 * factor) as

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {y : K}

theorem natCast_add (a b : Nat) : (ofInt ((a + b : Nat) : Int) : K) = ofInt a + ofInt b :=
  BinaryLaws.ofInt_add (a : Int) b

theorem natCast_mul (a b : Nat) : (ofInt ((a * b : Nat) : Int) : K) = ofInt a * ofInt b :=
  BinaryLaws.ofInt_mul (a : Int) b

theorem natCast_nonneg (n : Nat) : (0 : K) ≤ ofInt (n : Int) := ofInt_nonneg (by omega)

theorem natCast_le {m n : Nat} (h : m ≤ n) : (ofInt (m : Int) : K) ≤ ofInt n := ofInt_le (by omega)

theorem value_nonneg (h : 0 ≤ y) (cs : List Nat) : 0 ≤ value y cs := by
  induction cs with
  | nil => exact le_refl _
  | cons c cs ih => exact add_nonneg (natCast_nonneg c) (mul_nonneg h ih)

theorem value_le_of_dominated (h : 0 ≤ y) (h₁ : y ≤ 1) (as : List Nat) : ∀ (room : Nat) (bs : List Nat),
    dominated room as bs = true → value y as ≤ ofInt room + value y bs := by
  -- What is left of the room, times `y`, is at most what is left of it.
  have shrink : ∀ n : Nat, y * ofInt n ≤ (ofInt n : K) := fun n => by
    have := mul_le_mul_right h₁ (natCast_nonneg (K := K) n)
    rwa [one_mul] at this
  induction as with
  | nil => exact fun room bs _ => add_nonneg (natCast_nonneg room) (value_nonneg h bs)
  | cons a as ih =>
    intro room bs hd
    have step : ∀ (n b : Nat) (bs : List Nat), a + n = room + b → dominated n as bs = true →
        value y (a :: as) ≤ ofInt room + (ofInt b + y * value y bs) := by
      intro n b bs e hd
      have i := mul_le_mul_left (ih n bs hd) h
      have e' : (ofInt room : K) + ofInt b = ofInt a + ofInt n := by
        rw [← natCast_add, ← natCast_add, e]
      rw [← add_assoc, e', add_assoc]
      refine add_le_add (le_refl _) (le_trans i ?_)
      rw [mul_add]
      exact add_le_add (shrink n) (le_refl _)
    cases bs with
    | nil =>
      have hd' : a ≤ room ∧ dominated (room - a) as [] = true := by
        unfold dominated at hd
        rw [Bool.and_eq_true, decide_eq_true_eq] at hd
        exact hd
      have := step (room - a) 0 [] (by omega) hd'.2
      have e : (ofInt ((0 : Nat) : Int) + y * value y []) = 0 := by
        show ofInt 0 + y * 0 = 0
        rw [BinaryLaws.ofInt_zero, mul_zero, zero_add]
      rwa [e] at this
    | cons b bs =>
      have hd' : a ≤ room + b ∧ dominated (room + b - a) as bs = true := by
        unfold dominated at hd
        rw [Bool.and_eq_true, decide_eq_true_eq] at hd
        exact hd
      exact step (room + b - a) b bs (by omega) hd'.2

/-- From zero to one, a polynomial that is dominated by another one is at most that one. -/
theorem value_le (h : 0 ≤ y) (h₁ : y ≤ 1) {as bs : List Nat} (hd : dominated 0 as bs = true) :
    value y as ≤ value y bs := by
  have := value_le_of_dominated h h₁ as 0 bs hd
  have e : (ofInt ((0 : Nat) : Int) : K) = 0 := BinaryLaws.ofInt_zero
  rwa [e, zero_add] at this

theorem value_addCoefficients (as : List Nat) : ∀ bs : List Nat,
    value y (addCoefficients as bs) = value y as + value y bs := by
  induction as with
  | nil => exact fun bs => (zero_add _).symm
  | cons a as ih =>
    intro bs
    cases bs with
    | nil => exact (add_zero _).symm
    | cons b bs =>
      show ofInt ((a + b : Nat) : Int) + y * value y (addCoefficients as bs) = _
      rw [ih, natCast_add, mul_add]
      exact add_add_add_comm _ _ _ _

theorem value_map_mul (a : Nat) (bs : List Nat) : value y (bs.map (a * ·)) = ofInt a * value y bs := by
  induction bs with
  | nil => exact (mul_zero _).symm
  | cons b bs ih =>
    show ofInt ((a * b : Nat) : Int) + y * value y (bs.map (a * ·)) = ofInt a * (ofInt b + y * value y bs)
    rw [ih, natCast_mul, mul_add]
    ac_rfl

theorem value_mulCoefficients (as bs : List Nat) :
    value y (mulCoefficients as bs) = value y as * value y bs := by
  induction as with
  | nil => exact (zero_mul _).symm
  | cons a as ih =>
    show value y (addCoefficients (bs.map (a * ·)) (0 :: mulCoefficients as bs)) =
      (ofInt a + y * value y as) * value y bs
    rw [value_addCoefficients, value_map_mul, add_mul]
    show _ + (ofInt 0 + y * value y (mulCoefficients as bs)) = _
    rw [ih, BinaryLaws.ofInt_zero, zero_add, mul_assoc]

theorem value_doubleCoefficients (as : List Nat) : ∀ factor : Nat,
    value y (doubleCoefficients factor as) = ofInt factor * value (y + y) as := by
  induction as with
  | nil => exact fun factor => (mul_zero _).symm
  | cons a as ih =>
    intro factor
    show ofInt ((factor * a : Nat) : Int) + y * value y (doubleCoefficients (2 * factor) as) =
      ofInt factor * (ofInt a + (y + y) * value (y + y) as)
    rw [ih, natCast_mul, natCast_mul]
    show _ + y * (ofInt 2 * ofInt factor * value (y + y) as) = _
    generalize value (y + y) as = v
    ring_by [(ofInt (a : Int) : K), ofInt (factor : Int), y, v]

/-- `1 / 2 ^ precision`. -/
def unit (K : Type) [Binary K] : K := twoPow (-(precision : Int))

theorem unit_nonneg : (0 : K) ≤ unit K := BinaryLaws.twoPow_nonneg _

/-- One in units of `2 ^ -precision`. -/
theorem units_mul_unit : ofInt ((2 ^ precision : Nat) : Int) * unit K = 1 := by
  rw [← BinaryLaws.twoPow_natCast]
  exact twoPow_mul_neg _

theorem lowerCoefficients_double :
    dominated 0 (doubleCoefficients (2 ^ precision) lowerCoefficients)
      (mulCoefficients lowerCoefficients lowerCoefficients) = true := by
  decide +kernel

theorem upperCoefficients_double :
    dominated 0 (mulCoefficients upperCoefficients upperCoefficients)
      (doubleCoefficients (2 ^ precision) upperCoefficients) = true := by
  decide +kernel

/-- The polynomial at twice an argument, with units taken off. -/
theorem value_add_self (cs : List Nat) (y : K) :
    value (y + y) cs * unit K = value y (doubleCoefficients (2 ^ precision) cs) * (unit K * unit K) := by
  rw [value_doubleCoefficients]
  have e : ofInt ((2 ^ precision : Nat) : Int) * value (y + y) cs * (unit K * unit K) =
      value (y + y) cs * unit K * (ofInt ((2 ^ precision : Nat) : Int) * unit K) := by ac_rfl
  rw [e, units_mul_unit, mul_one]

/-- The square of the polynomial, with units taken off. -/
theorem value_mul_self (cs : List Nat) (y : K) :
    value y cs * unit K * (value y cs * unit K) = value y (mulCoefficients cs cs) * (unit K * unit K) := by
  rw [value_mulCoefficients]
  ac_rfl

theorem unit_mul_unit_nonneg : (0 : K) ≤ unit K * unit K := mul_nonneg unit_nonneg unit_nonneg

theorem unit_le_one : unit K ≤ 1 := by
  rw [← BinaryLaws.twoPow_zero (K := K)]
  exact twoPow_le_twoPow (by decide)

/-- The first two coefficients of the lower polynomial, and a bound of the others. -/
theorem lowerCoefficients_first :
    lowerCoefficients = 2 ^ precision :: (2 ^ precision - 1) :: lowerCoefficients.drop 2 ∧
      dominated 0 (lowerCoefficients.drop 2) [2 ^ precision] = true := by
  decide +kernel

/-- The first two coefficients of the upper polynomial. -/
theorem upperCoefficients_first :
    upperCoefficients = 2 ^ precision :: (2 ^ precision + 1) :: upperCoefficients.drop 2 := by
  decide +kernel

/-- Up to `2 ^ -precision`, the lower polynomial is at most `1 + y`. -/
theorem value_lowerCoefficients_tiny (h : 0 ≤ y) (hy : y ≤ unit K) : value y lowerCoefficients * unit K ≤ 1 + y := by
  obtain ⟨first, rest⟩ := lowerCoefficients_first
  rw [first]
  generalize lowerCoefficients.drop 2 = cs at rest
  have r : y * value y cs ≤ 1 := by
    have := value_le h (le_trans hy unit_le_one) rest
    have e : value y [2 ^ precision] = ofInt ((2 ^ precision : Nat) : Int) := by
      show ofInt ((2 ^ precision : Nat) : Int) + y * 0 = _
      rw [mul_zero, add_zero]
    rw [e] at this
    rw [← units_mul_unit (K := K), mul_comm (ofInt _)]
    exact mul_le_mul hy this unit_nonneg (value_nonneg h _)
  have n : (ofInt ((2 ^ precision - 1 : Nat) : Int) : K) = ofInt ((2 ^ precision : Nat) : Int) - 1 := by
    rw [← ofInt_one K, ← ofInt_sub, Int.ofNat_sub (Nat.two_pow_pos precision)]
    rfl
  have u : (1 : K) = ofInt ((2 ^ precision : Nat) : Int) * unit K := units_mul_unit.symm
  show (ofInt ((2 ^ precision : Nat) : Int) + y * (ofInt ((2 ^ precision - 1 : Nat) : Int) + y * value y cs)) *
    unit K ≤ 1 + y
  rw [n]
  generalize (ofInt ((2 ^ precision : Nat) : Int) : K) = N at u
  have i : (N + y * (N - 1 + y * value y cs)) * unit K ≤ (N + y * N) * unit K := by
    refine mul_le_mul_right (add_le_add (le_refl _) (mul_le_mul_left ?_ h)) unit_nonneg
    exact le_of_eq_add (sub_nonneg r) (by ring_by [N, y, value y cs])
  have e : (N + y * N) * unit K = N * unit K + y * (N * unit K) := by ring_by [N, y, unit K]
  rwa [e, ← u, mul_one] at i

/-- Up to half of `2 ^ -precision`, the upper polynomial is at least `1 / (1 - y)`. -/
theorem value_upperCoefficients_tiny (h : 0 ≤ y) (hy : y + y ≤ unit K) :
    1 ≤ (1 - y) * (value y upperCoefficients * unit K) := by
  rw [upperCoefficients_first]
  generalize upperCoefficients.drop 2 = cs
  have n : (ofInt ((2 ^ precision + 1 : Nat) : Int) : K) = ofInt ((2 ^ precision : Nat) : Int) + 1 := by
    rw [natCast_add]
    congr 1
    exact ofInt_one K
  have u : (1 : K) = ofInt ((2 ^ precision : Nat) : Int) * unit K := units_mul_unit.symm
  show 1 ≤ (1 - y) * ((ofInt ((2 ^ precision : Nat) : Int) +
    y * (ofInt ((2 ^ precision + 1 : Nat) : Int) + y * value y cs)) * unit K)
  rw [n]
  generalize (ofInt ((2 ^ precision : Nat) : Int) : K) = N at u
  have yu : y ≤ unit K := le_trans (le_add_right y h) hy
  have pos : 0 ≤ 1 - y := sub_nonneg (le_trans yu unit_le_one)
  have v := value_nonneg h cs
  have i : (1 - y) * ((N + y * (N + 1 + y * value y cs)) * unit K) =
      (1 - y) * (N * unit K + y * (N * unit K) + y * unit K) + (1 - y) * (y * (y * value y cs) * unit K) := by
    ring_by [N, y, unit K, value y cs]
  rw [i, ← u, mul_one]
  refine le_trans ?_ (le_add_right _ (mul_nonneg pos (mul_nonneg (mul_nonneg h (mul_nonneg h v)) unit_nonneg)))
  -- What remains is `1 + y * (u - y - y * u)`.
  have small : y + y * unit K ≤ unit K := by
    refine le_trans (add_le_add (le_refl y) ?_) hy
    have := mul_le_mul_left (unit_le_one (K := K)) h
    rwa [mul_one] at this
  exact le_of_eq_add (mul_nonneg h (sub_nonneg small)) (by ring_by [y, unit K])

/-- From zero to one, the lower polynomial is at most `exp`. -/
theorem value_lowerCoefficients_le {exp : K → K} (hexp : IsExp exp) (h : 0 ≤ y) (h₁ : y ≤ 1) :
    value y lowerCoefficients * unit K ≤ exp y := by
  refine holds_of_double (fun y => value y lowerCoefficients * unit K ≤ exp y) 1 precision (fun y hy ht => ?_)
    (fun y hy hy₁ bound => ?_) h h₁
  · rw [mul_one] at ht
    exact le_trans (value_lowerCoefficients_tiny hy ht) (hexp.one_add_le y)
  · rw [hexp.add, value_add_self]
    refine le_trans (mul_le_mul_right (value_le hy hy₁ lowerCoefficients_double) unit_mul_unit_nonneg) ?_
    rw [← value_mul_self]
    exact mul_le_mul bound bound (hexp.nonneg y) (mul_nonneg (value_nonneg hy _) unit_nonneg)

/-- From zero to one, the upper polynomial is at least `exp`. -/
theorem le_value_upperCoefficients {exp : K → K} (hexp : IsExp exp) (h : 0 ≤ y) (h₁ : y ≤ 1) :
    exp y ≤ value y upperCoefficients * unit K := by
  refine holds_of_double (fun y => exp y ≤ value y upperCoefficients * unit K) 1 (precision + 1) (fun y hy ht => ?_)
    (fun y hy hy₁ bound => ?_) h h₁
  · rw [mul_one] at ht
    have twice : y + y ≤ unit K := by
      have e : -((precision + 1 : Nat) : Int) = -1 + -(precision : Int) := by omega
      rw [e, BinaryLaws.twoPow_add] at ht
      have := add_le_add ht ht
      rwa [half_add_half] at this
    have below : y ≤ twoPow (-1) := le_trans ht (twoPow_le_twoPow (by decide))
    have pos : Positive (1 - y) := by
      refine (positive_twoPow (-1)).of_le (le_of_eq_add (sub_nonneg below) ?_)
      rw [← twoPow_neg_one_add]
      ring_by [(twoPow (-1) : K), y]
    exact le_of_mul_le_mul_left (le_trans (hexp.one_sub_mul_le y) (value_upperCoefficients_tiny hy twice)) pos
  · rw [hexp.add, value_add_self]
    refine le_trans ?_ (mul_le_mul_right (value_le hy hy₁ upperCoefficients_double) unit_mul_unit_nonneg)
    rw [← value_mul_self]
    exact mul_le_mul bound bound (mul_nonneg (value_nonneg hy _) unit_nonneg) (hexp.nonneg y)

end Conform.Enclosure
