import Conform.Family

/-!
# Cancellation

Terms cancel in pairs, in shuffled order, so that what remains is small beside what was summed.
-/

namespace Conform.Families

/-- `x` with its significand cut to `bits` bits. -/
def truncate (bits : Nat) (x : Dyadic) : Dyadic :=
  let excess := x.mantissa.natAbs.log2 + 1 - bits
  Dyadic.normalize (x.mantissa / ((2 ^ excess : Nat) : Int)) (x.exponent + excess)

/-- One term of a pair and its two factors: pairs are equal but for the sign and a small difference. -/
def cancellation : Family where
  name := "cancellation"
  description := "Terms that cancel in pairs, exactly or nearly, in shuffled order; the sums are small."
  catches :=
    ["sums kept in a narrower format", "low terms lost", "inputs rounded to a narrower format",
      "split sums joined in a narrower format", "a term dropped or counted twice", "rounding toward zero"]
  classes := [(.square, 1), (.nonSquare, 1), (.prime, 1), (.tail, 3)]
  scenarios := 2
  suits sum := sum.axis.isSome || sum.terms [] ≥ 2
  fill c s :=
    let r := c.streamAt s
    let rank := c.ranks.getD s.position 0
    let pair := rank / 2
    let second := rank % 2 = 1
    let row := c.shared (1 + s.row * 0x10000 + pair)
    let column := c.shared (1 + 0x100000000 + pair)
    let exact := c.format.isInteger || c.variant % 2 = 0
    let p := c.format.precision
    let right : Dyadic :=
      if c.addsOnly then .ofInt 1
      else if exact then .ofInt (drawInteger column 0 (min 2 (c.budget / 2)))
      else .normalize (drawFull column 0 p) (1 - p)
    let left : Dyadic :=
      if exact then
        let bits := if c.addsOnly then c.budget else c.budget - min 2 (c.budget / 2)
        let first := drawInteger row 0 (bits - 1)
        .ofInt (if second then drawInteger row 2 1 - first else first)
      else
        let first := drawFull row 0 p
        -- Of odd numbers of p bits, a neighbour by two is one too, unless it has p + 1 bits.
        let next := if first.natAbs + 2 < 2 ^ p then first + 2 * first.sign else first
        .normalize (if second then -next else first) (1 - p)
    match s.role with
    | .left => .finite left
    | .right => .finite right
    | .addend => .finite (truncate p (left * right))
    | .unused => drawUnit r

end Conform.Families
