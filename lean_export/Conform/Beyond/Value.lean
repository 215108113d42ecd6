import Conform.Enclosure.Functions

/-!
# Sums and products of enclosed numbers

Main definitions: `Conform.Interval.mul`, `Conform.ExtBall.add`, `Conform.ExtBall.mul`.
-/

namespace Conform

namespace Interval

/-- An end is an infinity. -/
def isInfinite (i : Interval) : Bool :=
  (match i.lower with | .inf _ => true | _ => false) || (match i.upper with | .inf _ => true | _ => false)

/-- The sum of two lower, or of two upper ends. -/
def addEnds : Endpoint → Endpoint → Endpoint
  | .finite x, .finite y => .finite (x + y)
  | .inf s, _ => .inf s
  | _, .inf s => .inf s

/-- The sums. -/
protected def add (i j : Interval) : Interval := ⟨addEnds i.lower j.lower, addEnds i.upper j.upper⟩

/-- The product of two ends of which none is zero. -/
def mulEnds : Endpoint → Endpoint → Endpoint
  | .finite x, .finite y => .finite (x * y)
  | a, b => .inf (a.isNegative != b.isNegative)

/-- The products of the numbers of two intervals without zeros; the extreme ones are products of ends. -/
protected def mul (i j : Interval) : Interval :=
  let (a, b) := (mulEnds i.lower j.lower, mulEnds i.lower j.upper)
  let (c, d) := (mulEnds i.upper j.lower, mulEnds i.upper j.upper)
  ⟨(a.min b).min (c.min d), (a.max b).max (c.max d)⟩

end Interval

namespace ExtBall

/-- A number too small for any format is in a ball around zero. -/
def settle : ExtBall → ExtBall
  | .past ⟨.finite l, .finite u⟩ => .finite (.ofBounds l u)
  | b => b

/-- What is known of a number in an interval. -/
def ofRange (i : Interval) : ExtBall := (Enclosure.ofInterval i).settle

/-- The exact number or special value; of a ball the midpoint, and of what is past all formats its infinity. -/
def toExt : ExtBall → Ext
  | .finite b => .finite b.mid
  | .negZero => .negZero
  | .inf negative => .inf negative
  | .past i => .inf i.lower.isNegative
  | .nan => .nan

/-- The value is a single number that is written down, or a special value. -/
def isExact : ExtBall → Bool
  | .finite b => b.isExact
  | .past _ => false
  | _ => true

/-- The value is a number of a ball, a zero among them. -/
def isBall : ExtBall → Bool
  | .finite _ => true
  | .negZero => true
  | _ => false

/-- A number too large for any format. -/
def isPast : ExtBall → Bool
  | .past _ => true
  | _ => false

/-- The midpoint, and zero for what has none. -/
def mid (b : ExtBall) : Dyadic := b.toExt.finitePart

/-- The radius. -/
def rad : ExtBall → Dyadic
  | .finite b => b.rad
  | _ => 0

/-- The greatest magnitude of the finite numbers that it may be, from above. -/
def size : ExtBall → Dyadic
  | .finite b => b.mid.abs + b.rad
  | _ => 0

/-- The sum; none where it is that of two numbers that are too large to be known. -/
protected def add (a b : ExtBall) : Option ExtBall :=
  match a, b with
  | .finite x, .finite y => some (if x.isExact && y.isExact then .ofExt (a.toExt + b.toExt) else .finite (x + y))
  | .negZero, .finite y => some (.finite y)
  | .finite x, .negZero => some (.finite x)
  | a, b =>
    if !a.isPast && !b.isPast then some (.ofExt (a.toExt + b.toExt))
    else match a, b, a.interval, b.interval with
      | .inf _, _, _, _ => some a
      | _, .inf _, _, _ => some b
      | _, _, some i, some j =>
        if i.isInfinite && j.isInfinite && i.lower.isNegative != j.lower.isNegative then none
        else some (.past (i.add j))
      | _, _, _, _ => some .nan

/-- The product; none where a factor is too large to be known and the other may be zero. -/
protected def mul (a b : ExtBall) : Option ExtBall :=
  match a, b with
  | .finite x, .finite y => some (if x.isExact && y.isExact then .ofExt (a.toExt * b.toExt) else .finite (x * y))
  | .inf _, .finite y => if !y.isExact && y.interval.hasZero then none else some (.ofExt (a.toExt * b.toExt))
  | .finite x, .inf _ => if !x.isExact && x.interval.hasZero then none else some (.ofExt (a.toExt * b.toExt))
  | a, b =>
    if !a.isPast && !b.isPast || a.isExact && b.isPast && a.mid.isZero || b.isExact && a.isPast && b.mid.isZero then
      some (.ofExt (finiteSign a * finiteSign b))
    else match a.interval, b.interval with
      | some i, some j => if i.hasZero || j.hasZero then none else some (ofRange (i.mul j))
      | _, _ => some .nan
where
  /-- A number past all formats is finite: times a zero it is a zero. -/
  finiteSign (x : ExtBall) : Ext :=
    match x with
    | .past i => .finite (if i.lower.isNegative then -.twoPow 0 else .twoPow 0)
    | x => x.toExt

end ExtBall

end Conform
