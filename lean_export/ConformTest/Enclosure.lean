import Conform.Enclosure

/-!
# Tests of enclosures: special values, exact values, and what is past all formats

Everything in between is compared with an independent library, in `tests/test_enclosures.py`.
-/

namespace Conform

private def number (m e : Int) : Ext := .finite (.normalize m e)
private def exactly (m e : Int) : ExtBall := .finite (.exact (.normalize m e))
private def zero : ExtBall := .ofExt 0
private def inf : ExtBall := .inf false
private def minusInf : ExtBall := .inf true

/-! Directed rounding: 11/2 to one and two bits, both signs; what fits stays. -/
#guard Dyadic.roundDown 2 ⟨11, -1⟩ = ⟨1, 2⟩ && Dyadic.roundUp 2 ⟨11, -1⟩ = ⟨3, 1⟩
#guard Dyadic.roundDown 2 ⟨-11, -1⟩ = ⟨-3, 1⟩ && Dyadic.roundUp 2 ⟨-11, -1⟩ = ⟨-1, 2⟩
#guard Dyadic.roundUp 1 ⟨11, -1⟩ = ⟨1, 3⟩ && Dyadic.roundDown 4 ⟨11, -1⟩ = ⟨11, -1⟩ && Dyadic.roundDown 3 0 = 0
#guard Dyadic.roundNearest 2 ⟨11, -1⟩ = ⟨3, 1⟩ && Dyadic.roundNearest 2 ⟨-9, -1⟩ = ⟨-1, 2⟩
#guard Dyadic.roundNearest 2 ⟨5, 0⟩ = ⟨3, 1⟩ && Dyadic.roundNearest 2 ⟨-5, 0⟩ = ⟨-3, 1⟩ && Dyadic.roundNearest 2 0 = 0
#guard Dyadic.floorAt 0 ⟨-7, -1⟩ = -4 && Dyadic.ceilAt 0 ⟨-7, -1⟩ = -3 && Dyadic.ceilAt 0 ⟨3, 2⟩ = 12

/-! Balls: sums and products of exact ones are exact; a radius grows with the rounding of the midpoint. -/
#guard Ball.exact ⟨3, 0⟩ + Ball.exact ⟨5, 0⟩ = Ball.exact ⟨1, 3⟩
#guard Ball.exact ⟨3, 0⟩ * Ball.exact ⟨5, 0⟩ = Ball.exact ⟨15, 0⟩
#guard (⟨⟨3, 0⟩, ⟨1, -2⟩⟩ * ⟨⟨-5, 0⟩, ⟨1, -1⟩⟩ : Ball) = ⟨⟨-15, 0⟩, ⟨23, -3⟩⟩
#guard (⟨⟨1, 0⟩, ⟨1, -1⟩⟩ + ⟨⟨1, -200⟩, 0⟩ : Ball) = ⟨⟨1, 0⟩, ⟨0x8001, -16⟩⟩
#guard (Ball.ofBounds ⟨-1, 0⟩ ⟨3, 0⟩).lower = ⟨-1, 0⟩ && (Ball.ofBounds ⟨-1, 0⟩ ⟨1, 0⟩) = ⟨0, ⟨1, 0⟩⟩

/-! Quotients: 15/3 and -3/4 are exact, 1/3 is not. -/
#guard Enclosure.div (number 15 0) (number 3 0) = exactly 5 0
#guard Enclosure.div (number (-3) 0) (number 4 0) = exactly (-3) (-2)
#guard match Enclosure.div (number 1 0) (number (-3) 0) with
  | .finite b => !b.isExact && b.lower * ⟨-3, 0⟩ ≤ ⟨1, 0⟩ + ⟨1, -120⟩ && ⟨1, 0⟩ ≤ b.lower * ⟨-3, 0⟩
  | _ => false
#guard Enclosure.div (number 1 0) 0 = inf && Enclosure.div (number 1 0) .negZero = minusInf
#guard Enclosure.div (number (-1) 0) 0 = minusInf && Enclosure.div (.inf true) .negZero = inf
#guard Enclosure.div 0 0 = .nan && Enclosure.div .negZero 0 = .nan && Enclosure.div (.inf false) (.inf true) = .nan
#guard Enclosure.div 0 (number (-1) 0) = .negZero && Enclosure.div .negZero (number (-1) 0) = zero
#guard Enclosure.div (number 1 0) (.inf true) = .negZero && Enclosure.div .negZero (.inf true) = zero
#guard Enclosure.div (.inf false) (number (-1) 0) = minusInf && Enclosure.div .nan 0 = .nan
#guard Enclosure.div (.inf false) .nan = .nan

/-! Roots: of 9/4 exact, of 2 not. -/
#guard Enclosure.sqrt (number 9 (-2)) = exactly 3 (-1) && Enclosure.sqrt (number 1 1000) = exactly 1 500
#guard match Enclosure.sqrt (number 1 1) with
  | .finite b => !b.isExact && b.lower * b.lower ≤ ⟨1, 1⟩ && ⟨1, 1⟩ ≤ b.upper * b.upper
  | _ => false
#guard Enclosure.sqrt 0 = zero && Enclosure.sqrt .negZero = .negZero && Enclosure.sqrt (.inf false) = inf
#guard Enclosure.sqrt (number (-1) 0) = .nan && Enclosure.sqrt (.inf true) = .nan && Enclosure.sqrt .nan = .nan

/-! Annex F, and the values that are dyadic. -/
#guard [0, .negZero].all fun x => Enclosure.exp x = exactly 1 0 && Enclosure.cosh x = exactly 1 0
#guard [0, .negZero].all fun x => Enclosure.cos x = exactly 1 0 && Enclosure.log x = minusInf
#guard [Enclosure.sinh, Enclosure.tanh, Enclosure.sin].all fun f => f 0 = zero && f .negZero = .negZero
#guard [Enclosure.exp, Enclosure.log, Enclosure.sinh, Enclosure.cosh, Enclosure.tanh, Enclosure.sin, Enclosure.cos].all
  fun f => f .nan = .nan
#guard [Enclosure.sin, Enclosure.cos].all fun f => f (.inf false) = .nan && f (.inf true) = .nan
#guard Enclosure.exp (.inf false) = inf && Enclosure.exp (.inf true) = zero
#guard Enclosure.log (.inf false) = inf && Enclosure.log (.inf true) = .nan && Enclosure.log (number (-1) 0) = .nan
#guard Enclosure.log (number 1 0) = zero
#guard Enclosure.sinh (.inf false) = inf && Enclosure.sinh (.inf true) = minusInf
#guard Enclosure.cosh (.inf false) = inf && Enclosure.cosh (.inf true) = inf
#guard Enclosure.tanh (.inf false) = exactly 1 0 && Enclosure.tanh (.inf true) = exactly (-1) 0

/-! Past all formats, and nowhere near astronomic cost. -/
private def past (l u : Endpoint) : ExtBall := .past ⟨l, u⟩
#guard Enclosure.exp (number 1 70) = past (.finite ⟨1, 1310720⟩) (.inf false)
#guard Enclosure.exp (number (-1) 70) = past (.finite 0) (.finite ⟨1, -1310720⟩)
#guard Enclosure.cosh (number (-1) (10 ^ 12)) = past (.finite ⟨1, 1310719⟩) (.inf false)
#guard match Enclosure.sinh (number (-1) (10 ^ 12)) with
  | .past ⟨.inf true, .finite l⟩ => l.leadingExponent = 1310718 && l.isNegative
  | _ => false
#guard Enclosure.exp (number 1 (-10 ^ 12)) ≠ exactly 1 0
#guard match Enclosure.tanh (number 1 (10 ^ 12)), Enclosure.sinh (number (-1) (-10 ^ 12)) with
  | .finite a, .finite b => a.mid = ⟨1, 0⟩ && !a.isExact && b.mid = ⟨-1, -10 ^ 12⟩ && !b.isExact
  | _, _ => false
#guard match Enclosure.log (number 1 (10 ^ 12)), Enclosure.sin (number 1 (10 ^ 12)) with
  | .finite a, .past b => a.mid.leadingExponent = 39 && b = ⟨.finite ⟨-1, 0⟩, .finite ⟨1, 0⟩⟩
  | _, _ => false

/-! Signs of results. -/
#guard [inf, zero, exactly 1 0, Enclosure.exp (number 1 70)].all fun b => - -b = b && -b ≠ b

/-! Intervals. -/
#guard Interval.div ⟨.finite ⟨1, 0⟩, .finite ⟨3, 0⟩⟩ ⟨.finite ⟨-1, 1⟩, .finite ⟨-1, 0⟩⟩ =
  ⟨.finite ⟨-3, 0⟩, .finite ⟨-1, -1⟩⟩
#guard Interval.div (.point ⟨1, 0⟩) ⟨.finite 0, .finite ⟨1, 0⟩⟩ = .all
#guard Interval.log ⟨.finite 0, .finite ⟨1, 0⟩⟩ = ⟨.inf true, .finite 0⟩
#guard Interval.exp .all = ⟨.finite 0, .inf false⟩ && Interval.tanh .all = ⟨.finite ⟨-1, 0⟩, .finite ⟨1, 0⟩⟩
#guard (Interval.cosh ⟨.finite ⟨-3, 0⟩, .finite ⟨1, 0⟩⟩).lower = .finite ⟨1, 0⟩
#guard Interval.distance ⟨.finite ⟨-3, 0⟩, .finite ⟨1, 1⟩⟩ ⟨1, 0⟩ = .finite ⟨1, 2⟩
#guard Interval.distance ⟨.inf true, .finite ⟨1, 1⟩⟩ ⟨1, 0⟩ = .inf false
#guard (Interval.hull (.point ⟨1, 0⟩) (.point ⟨-1, 0⟩)).hasZero && !(Interval.point ⟨1, 0⟩).hasZero

end Conform
