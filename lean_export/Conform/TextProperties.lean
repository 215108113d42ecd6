import Conform.DyadicProperties
import Conform.Text

/-!
# What is printed reads back

The text form of numbers loses nothing: reading what was printed gives the number, for every number in lowest terms
and every special value.

Main definition: `Conform.Ext.IsReduced`.
Main results: `Conform.Text.parse_print`, `Conform.Text.print_injective`.
-/

namespace Conform

/-- In lowest terms, if it is a finite number. -/
def Ext.IsReduced : Ext → Prop
  | finite x => x.IsReduced
  | _ => True

namespace Text

/-- Each of the sixteen digits reads back. -/
theorem valueOf_digitOf_fin : ∀ d : Fin 16, valueOf (digitOf d.val) = some d.val := by decide

/-- A digit reads back. -/
theorem valueOf_digitOf {d : Nat} (h : d < 16) : valueOf (digitOf d) = some d := valueOf_digitOf_fin ⟨d, h⟩

/-- Reading stops in front of this text. -/
def Stops (base : Nat) (rest : List Char) : Prop := ∀ v, parseDigits base v rest = (v, rest)

/-- Reading stops at the end. -/
theorem stops_nil (base : Nat) : Stops base [] := fun _ => rfl

/-- Reading stops at the letter in front of the exponent. -/
theorem stops_p (base : Nat) (rest : List Char) : Stops base ('p' :: rest) := fun _ => rfl

/-- Reading one digit. -/
theorem parseDigits_digit {base d v : Nat} (hb : base ≤ 16) (h : d < base) (rest : List Char) :
    parseDigits base v (digitOf d :: rest) = parseDigits base (v * base + d) rest := by
  rw [parseDigits, valueOf_digitOf (Nat.lt_of_lt_of_le h hb)]
  exact if_pos h

/-- The printed digits of `n` are a first digit, and a tail that reads on to `n`. -/
theorem printNat_eq {base : Nat} (hb : 2 ≤ base) (hb' : base ≤ 16) (n : Nat) : ∀ rest : List Char,
    ∃ d tail, d < base ∧ printNat base n rest = digitOf d :: tail ∧
      parseDigits base d tail = parseDigits base n rest := by
  induction n using Nat.strongRecOn with
  | ind n ih =>
    intro rest
    rw [printNat]
    by_cases h : n < base
    · rw [if_pos (Or.inl h)]
      exact ⟨n, rest, h, rfl, rfl⟩
    · rw [if_neg (by omega)]
      obtain ⟨d, tail, hd, print, parse⟩ := ih (n / base) (Nat.div_lt_self (by omega) hb) (digitOf (n % base) :: rest)
      refine ⟨d, tail, hd, print, ?_⟩
      have value : n / base * base + n % base = n := by
        rw [Nat.mul_comm]
        exact Nat.div_add_mod n base
      rw [parse, parseDigits_digit hb' (Nat.mod_lt n (by omega)), value]

/-- A printed natural number reads back, up to the text that follows it. -/
theorem parseNat_printNat {base : Nat} (hb : 2 ≤ base) (hb' : base ≤ 16) (n : Nat) {rest : List Char}
    (h : Stops base rest) : parseNat base (printNat base n rest) = some (n, rest) := by
  obtain ⟨d, tail, hd, print, parse⟩ := printNat_eq hb hb' n rest
  rw [print]
  show (match valueOf (digitOf d) with
    | some d => if d < base then some (parseDigits base d tail) else none
    | none => none) = _
  rw [valueOf_digitOf (Nat.lt_of_lt_of_le hd hb')]
  show (if d < base then some (parseDigits base d tail) else none) = _
  rw [if_pos hd, parse, h n]

/-- A digit is no sign. -/
theorem parseInt_digit {d : Nat} (h : d < 10) (tail : List Char) :
    parseInt (digitOf d :: tail) =
      (match parseNat 10 (digitOf d :: tail) with
      | some (n, []) => some (n : Int)
      | _ => none) := by
  have cases : d = 0 ∨ d = 1 ∨ d = 2 ∨ d = 3 ∨ d = 4 ∨ d = 5 ∨ d = 6 ∨ d = 7 ∨ d = 8 ∨ d = 9 := by omega
  rcases cases with rfl | rfl | rfl | rfl | rfl | rfl | rfl | rfl | rfl | rfl <;> rfl

/-- A printed integer reads back. -/
theorem parseInt_printInt (e : Int) : parseInt (printInt e) = some e := by
  have digits := parseNat_printNat (base := 10) (by omega) (by omega) e.natAbs (stops_nil 10)
  unfold printInt
  by_cases h : e < 0
  · rw [if_pos h]
    show (match parseNat 10 (printNat 10 e.natAbs []) with
      | some (n, []) => some (-(n : Int))
      | _ => none) = _
    rw [digits]
    exact congrArg some (by omega)
  · rw [if_neg h]
    obtain ⟨d, tail, hd, print, _⟩ := printNat_eq (base := 10) (by omega) (by omega) e.natAbs []
    rw [print] at digits ⊢
    rw [parseInt_digit hd, digits]
    exact congrArg some (by omega)

/-- A printed number without its sign reads back. -/
theorem parseUnsigned_printUnsigned (x : Dyadic) :
    parseUnsigned (printUnsigned x) = some (Dyadic.normalize (x.mantissa.natAbs : Int) x.exponent) := by
  show (match parseNat 16 (printNat 16 x.mantissa.natAbs ('p' :: printInt x.exponent)) with
    | some (m, 'p' :: exponent) =>
      match parseInt exponent with
      | some e => some (Dyadic.normalize (m : Int) e)
      | none => none
    | _ => none) = _
  rw [parseNat_printNat (by omega) (by omega) _ (stops_p 16 _)]
  show (match parseInt (printInt x.exponent) with
    | some e => some (Dyadic.normalize (x.mantissa.natAbs : Int) e)
    | none => none) = _
  rw [parseInt_printInt]

/-- The mantissa of a number in lowest terms stays as it is. -/
theorem normalize_natAbs {x : Dyadic} (h : x.IsReduced) :
    Dyadic.normalize (x.mantissa.natAbs : Int) x.exponent = ⟨x.mantissa.natAbs, x.exponent⟩ := by
  rcases h with h | rfl
  · unfold Dyadic.normalize
    exact if_pos (by omega)
  · rfl

/-- Reading what was printed gives the number. -/
theorem parse_print (x : Ext) (h : x.IsReduced) : parse (print x) = some x := by
  cases x with
  | nan => rfl
  | negZero => rfl
  | inf negative => cases negative <;> rfl
  | finite x =>
    have read := parseUnsigned_printUnsigned x
    rw [normalize_natAbs h] at read
    show parse (if x.mantissa < 0 then '-' :: printUnsigned x else printUnsigned x) = _
    by_cases sign : x.mantissa < 0
    · rw [if_pos sign]
      show (match parseUnsigned (printUnsigned x) with
        | some x => some (Ext.finite x).neg
        | none => none) = _
      rw [read]
      show some (if (decide ((x.mantissa.natAbs : Int) = 0)) then Ext.negZero
        else Ext.finite ⟨-(x.mantissa.natAbs : Int), x.exponent⟩) = _
      have nonzero : ¬ (x.mantissa.natAbs : Int) = 0 := by omega
      have value : -(x.mantissa.natAbs : Int) = x.mantissa := by omega
      rw [decide_eq_false nonzero, if_neg (by decide), value]
    · rw [if_neg sign]
      show (match parseUnsigned (printUnsigned x) with
        | some x => some (Ext.finite x)
        | none => none) = _
      have value : (x.mantissa.natAbs : Int) = x.mantissa := by omega
      rw [read, value]

/-- Different numbers print differently. -/
theorem print_injective {x y : Ext} (hx : x.IsReduced) (hy : y.IsReduced) (h : print x = print y) : x = y := by
  have := parse_print x hx
  rw [h, parse_print y hy] at this
  exact (Option.some.inj this).symm

end Text

end Conform
