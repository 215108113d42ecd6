import Conform.Elements
import Conform.Model
import NN.Spec.Core.Context

/-!
# The traced scalar beyond the ring

A function ends one sum of products and starts the next. A number here is such a sum: its value, enclosed; its magnitude
`m`, which is the sum of absolute values; and for every model of arithmetic what the error of a computed one is made of.

| component | input, constant | `a + b` | `a * b` | `f a`, `a / b` |
|---|---|---|---|---|
| `value` | itself | sum | product | enclosure of `f` |
| `magnitude` | `|x|` | sum | product | `|f|` |
| `terms` | 0, or 1 where the format lacks it | `max` | `k_a + k_b + 1` | roundings of the table |
| `additions` | 0 | `n_a + n_b + 1` | 0 | 0 |
| `underflow` | 0 | `E_a + E_b + 1` | `E_a (m_b + e_b) + E_b (m_a + e_a) + E_a E_b + 1` | underflows of the table |
| `inherited` | 0 | `e_a + e_b` | `m_a e_b + e_a m_b + e_a e_b` | greatest distance of `f` on the interval of `a` |
| `nonneg`, `nonpos` | its sign | both | by the signs | the sign of every value on the interval |
| `plus`, `minus` | no | either | by the signs, where a factor may be infinite | no |

* The depth is `k = terms + additions`: a sum of sums may be taken in any order and association, so that a term may go
  through as many roundings as its deepest term and every addition have.
* A computed number is off by at most `d = ((1 + u) ^ k - 1) m + (1 + u) ^ k (e + E η) + radius` where nothing overflows
  (`Errors.error`), and lies within `d` of the value. Where the positive terms may add up to more than the largest number,
  the upper end of that interval is an infinity, and where the negative ones may, the lower end; where both may, or
  a factor that may be infinite meets one that may be zero, nan can come out, and nothing is known (`Beyond.interval`).
* Nothing is known is written as an infinite `inherited`.
* A number without inputs in it is a constant: it may be computed in any precision before it is rounded, and does not
  overflow on the way.
* A comparison is decided by the values. Where the intervals of both sides meet, rounding could decide it either way,
  and the setting's `tie` says how: the elements that differ between both ties are undecided.
* The greater of two exact numbers is one of them. Of others, the components are the greatest of both: `max` is
  1-Lipschitz and does not round.

Main definitions: `Conform.Errors`, `Conform.Beyond`, `Conform.Beyond.interval`, `Conform.Beyond.read`.
-/

namespace Conform

/-- What the error of a computed number is made of, in one model. -/
structure Errors where
  /-- The greatest depth of a term. -/
  terms : Nat := 0
  additions : Nat := 0
  underflow : Dyadic := 0
  /-- How far off a term is because arguments of functions were; infinite where nothing is known. -/
  inherited : Endpoint := .finite 0
  /-- No term is negative, as it is computed. -/
  nonneg : Bool := false
  /-- No term is positive, as it is computed. -/
  nonpos : Bool := false
  /-- A term may have overflowed to `+∞`. -/
  plus : Bool := false
  /-- A term may have overflowed to `-∞`. -/
  minus : Bool := false
  deriving DecidableEq, Repr, Inhabited

namespace Errors

/-- Nothing is known of the number. -/
def unknown : Errors := { inherited := .inf false }

/-- The number of roundings on the longest path. -/
def depth (e : Errors) : Nat := e.terms + e.additions

/-- How far a computed number can be from the midpoint of a value of this magnitude and radius; none where nothing is
known. -/
def error (model : Model) (magnitude radius : Dyadic) (e : Errors) : Option Dyadic :=
  match e.inherited with
  | .inf _ => none
  | .finite inherited =>
    let g := growth model.format.precision e.depth
    let more := inherited + e.underflow * model.underflowUnit
    some ((g * magnitude + more + g * more + radius).roundUp workingBits)

/-- The errors of a sum. -/
protected def add (a b : Errors) : Errors :=
  match a.inherited, b.inherited with
  | .finite x, .finite y =>
    { terms := max a.terms b.terms
      additions := a.additions + b.additions + 1
      underflow := (a.underflow + b.underflow + .twoPow 0).roundUp workingBits
      inherited := .finite ((x + y).roundUp workingBits)
      nonneg := a.nonneg && b.nonneg
      nonpos := a.nonpos && b.nonpos
      plus := a.plus || b.plus
      minus := a.minus || b.minus }
  | _, _ => unknown

/-- The errors of the number of opposite sign. -/
protected def neg (a : Errors) : Errors :=
  { a with nonneg := a.nonpos, nonpos := a.nonneg, plus := a.minus, minus := a.plus }

/-- The signs of a product of terms. -/
def signs (a b : Errors) (e : Errors) : Errors :=
  { e with
    nonneg := (a.nonneg && b.nonneg) || (a.nonpos && b.nonpos)
    nonpos := (a.nonneg && b.nonpos) || (a.nonpos && b.nonneg) }

/-- The greatest of each component. -/
protected def max (a b : Errors) : Errors :=
  match a.inherited, b.inherited with
  | .finite x, .finite y =>
    { terms := max a.terms b.terms
      additions := max a.additions b.additions
      underflow := max a.underflow b.underflow
      inherited := .finite (max x y)
      nonneg := a.nonneg && b.nonneg
      nonpos := a.nonpos && b.nonpos
      plus := a.plus || b.plus
      minus := a.minus || b.minus }
  | _, _ => unknown

end Errors

/-- A number beyond the ring; `errors` has an entry for every model of the setting. -/
structure Beyond (s : Setting) where
  value : ExtBall
  magnitude : Dyadic
  errors : List Errors
  constant : Bool := false
  deriving DecidableEq, Repr, Inhabited

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

namespace Beyond

variable {s : Setting}

/-- Nothing is known of the number. -/
def unknown : Beyond s := { value := .ofExt 0, magnitude := 0, errors := s.models.map fun _ => .unknown }

/-- An input. -/
def ofExt (x : Ext) : Beyond s :=
  { value := .ofExt x, magnitude := x.finitePart.abs
    errors := s.models.map fun _ => { nonneg := !x.isBelowZero, nonpos := !x.isAboveZero } }

/-- A constant; a format that does not have it rounds it once. -/
def ofBall (value : ExtBall) : Beyond s :=
  { value, magnitude := value.size.roundUp workingBits, constant := true
    errors := s.models.map fun model =>
      { terms := if value.isExact && model.format.represents value.toExt then 0 else 1
        nonneg := !value.toExt.isBelowZero, nonpos := !value.toExt.isAboveZero } }

/-- A natural number. -/
def ofNat (n : Nat) : Beyond s := ofBall (.ofExt (.finite (.ofInt n)))

/-- Where a computed number lies; none where it may be nan, or nothing is known. -/
def interval (model : Model) (x : Beyond s) (e : Errors) : Option Interval :=
  match e.error model x.magnitude x.value.rad with
  | none => none
  | some d =>
    let mid := x.value.mid
    -- Neither positive nor negative terms, as they are computed, come to more than this.
    let positive := (x.magnitude + x.value.rad + mid).half + d
    let negative := (x.magnitude + x.value.rad - mid).half + d
    let plus := !x.constant && (e.plus || !e.nonpos && !(positive ≤ model.format.largest))
    let minus := !x.constant && (e.minus || !e.nonneg && !(negative ≤ model.format.largest))
    match x.value with
    | .nan => none
    | .inf s => if (if s then plus else minus) then none else some ⟨.inf s, .inf s⟩
    | .past i => if (if i.lower.isNegative then plus else minus) then none else some i
    | _ =>
      if plus && minus then none
      else
        let lower := if e.nonneg then (mid - d).max 0 else mid - d
        let upper := if e.nonpos then -(-mid - d).max 0 else mid + d
        some ⟨if minus then .inf true else .finite lower, if plus then .inf false else .finite upper⟩

/-- The greatest magnitude of any partial sum, as it is computed; an input was not computed. -/
def peak (model : Model) (x : Beyond s) (e : Errors) : Ext :=
  if e.plus || e.minus then .inf false
  else if e.depth = 0 && e.inherited == .finite 0 then 0
  else match e.error model x.magnitude x.value.rad with
    | some d => .finite (x.magnitude + d)
    | none => .inf false

/-- The sum, traced. -/
protected def add (x y : Beyond s) : Beyond s :=
  match x.value.add y.value with
  | none => unknown
  | some value =>
    { value, magnitude := (x.magnitude + y.magnitude).roundUp workingBits, constant := x.constant && y.constant
      errors := List.zipWith Errors.add x.errors y.errors }

/-- The number of opposite sign, traced. -/
protected def neg (x : Beyond s) : Beyond s := { x with value := -x.value, errors := x.errors.map Errors.neg }

/-- To which infinities the product of two computed numbers may overflow because a factor did; none where it may be nan:
an infinity times a number that may be zero. -/
def overflowOfProduct (i j : Interval) : Option (Bool × Bool) :=
  if !i.isInfinite && !j.isInfinite then some (false, false)
  else if i.hasZero || j.hasZero then none
  else if i.lower.isNegative = j.lower.isNegative then some (true, false)
  else some (false, true)

/-- The errors of a product. -/
def mulErrors (x y : Beyond s) (model : Model) (a b : Errors) : Errors :=
  match a.inherited, b.inherited, x.interval model a, y.interval model b with
  | .finite e, .finite f, some i, some j =>
    match overflowOfProduct i j with
    | none => .unknown
    | some (plus, minus) =>
      let (m, n) := (x.magnitude, y.magnitude)
      Errors.signs a b
       { terms := a.depth + b.depth + 1
         underflow := (a.underflow * (n + f) + b.underflow * (m + e) + a.underflow * b.underflow + .twoPow 0).roundUp
           workingBits
         inherited := .finite ((m * f + e * n + e * f).roundUp workingBits)
         plus
         minus }
  | _, _, _, _ => .unknown

/-- The product, traced. -/
protected def mul (x y : Beyond s) : Beyond s :=
  match x.value.mul y.value with
  | none => unknown
  | some value =>
    { value, magnitude := (x.magnitude * y.magnitude).roundUp workingBits, constant := x.constant && y.constant
      errors := if value = .nan then s.models.map fun _ => {}
        else List.zipWith (fun model (a, b) => mulErrors x y model a b) s.models (x.errors.zip y.errors) }

/-- What a function of the table starts with, of values in the image; nothing is known of one that the table lacks. -/
def startErrors (function : String) (image : Interval) (inherited : Endpoint) : Errors :=
  match inherited, s.table.find? function with
  | .finite e, some accuracy =>
    { terms := accuracy.roundings, underflow := .ofInt accuracy.underflows
      inherited := .finite (e.roundUp workingBits)
      nonneg := !image.lower.isNegative, nonpos := !image.upper.isPositive }
  | _, _ => .unknown

/-- The interval is that of one number. -/
def isPoint (i : Interval) : Bool := i.lower == i.upper

/-- A function that the reading has, on values, on intervals, and where it has a value. -/
structure Function where
  name : String
  /-- Of exact numbers and special values. -/
  value : Ext → ExtBall
  image : Interval → Interval
  /-- Every number of the interval, as far as it is a number, has a value. -/
  defined : Interval → Bool := fun _ => true
  /-- By the distance of arguments and the size of a value, how much values differ at most, and an interval of their sign,
  where that is known without the values themselves. -/
  spread : Dyadic → Dyadic → Option (Interval × Dyadic) := fun _ _ => none

/-- The value of a function of a value; none where nothing is known of it. -/
def Function.at (f : Function) (x : ExtBall) : Option ExtBall :=
  match x with
  | .finite b =>
    if b.isExact then some (f.value (.finite b.mid)).settle
    else if f.defined b.interval then some (.ofRange (f.image b.interval))
    else none
  | .past i => if f.defined i then some (.ofRange (f.image i)) else none
  | x => some (f.value x.toExt).settle

/-- The result of a function, traced: a new term, with what it inherits. -/
def apply (f : Function) (x : Beyond s) : Beyond s :=
  match f.at x.value with
  | none => unknown
  | some value =>
    let size := value.size.roundUp workingBits
    { value, magnitude := size, constant := x.constant
      errors := if value = .nan then s.models.map fun _ => {} else List.zipWith (fun model e =>
        match x.interval model e with
        | none => .unknown
        | some i =>
          if isPoint i || !value.isBall then startErrors (s := s) f.name (value.interval.getD .all) (.finite 0)
          else if !f.defined i then .unknown
          else
            let near := match i.lower, i.upper, e.error model x.magnitude x.value.rad with
              | .finite _, .finite _, some d => f.spread d size
              | _, _, _ => none
            match near with
            | some (image, d) => startErrors (s := s) f.name image (.finite d)
            | none =>
              let image := f.image i
              startErrors (s := s) f.name image (image.distance value.mid)) s.models x.errors }

/-- The value of a quotient; none where nothing is known of it. -/
def divValue (x y : ExtBall) : Option ExtBall :=
  match x, y with
  | .finite a, .finite b =>
    if a.isExact && (a.mid.isZero || b.isExact) || b.isExact && b.mid.isZero then
      some (Enclosure.div x.toExt y.toExt).settle
    else if b.interval.hasZero then none
    else some (.ofRange (a.interval.div b.interval))
  | x, y =>
    if !x.isPast && !y.isPast || x.isExact && !x.isBall || y.isExact && !y.isBall then
      some (Enclosure.div (ExtBall.mul.finiteSign x) (ExtBall.mul.finiteSign y)).settle
    else match x.interval, y.interval with
      | some i, some j =>
        if j.hasZero || i.isInfinite && j.isInfinite then none
        else if x.isExact && x.mid.isZero then some (.zeroOf (x.toExt.isNegative != j.lower.isNegative))
        else some (.ofRange (i.div j))
      | _, _ => some .nan

/-- The quotient, traced. -/
protected def div (x y : Beyond s) : Beyond s :=
  match divValue x.value y.value with
  | none => unknown
  | some value =>
    { value, magnitude := value.size.roundUp workingBits, constant := x.constant && y.constant
      errors := if value = .nan then s.models.map fun _ => {} else List.zipWith (fun model (a, b) =>
        match x.interval model a, y.interval model b with
        | some i, some j =>
          if isPoint i && isPoint j then startErrors (s := s) "div" (value.interval.getD .all) (.finite 0)
          else if i.isInfinite && j.isInfinite then .unknown
          else if j.hasZero then .unknown
          else if !value.isBall then startErrors (s := s) "div" (value.interval.getD .all) (.finite 0)
          else
            let image := i.div j
            startErrors (s := s) "div" image (image.distance value.mid)
        | _, _ => .unknown) s.models (x.errors.zip y.errors) }

/-- `e ^ d - 1 ≤ d / (1 - d) ≤ d + 2 d²` for `0 ≤ d ≤ 1/2`, since `1 - d ≤ e ^ -d`. -/
def expSpread (d size : Dyadic) : Option (Interval × Dyadic) :=
  if d.ble (.twoPow (-1)) then some (⟨.finite 0, .inf false⟩, size * (d + d * d + d * d)) else none

def exp : Function :=
  { name := "exp", value := Enclosure.exp, image := Interval.exp, spread := expSpread }

def log : Function :=
  { name := "log", value := Enclosure.log, image := Interval.log, defined := fun i => !i.lower.isNegative }

def sqrt : Function :=
  { name := "sqrt", value := Enclosure.sqrt, image := Interval.sqrt, defined := fun i => !i.lower.isNegative }

def tanh : Function :=
  { name := "tanh", value := Enclosure.tanh, image := Interval.tanh }

def sinh : Function :=
  { name := "sinh", value := Enclosure.sinh, image := Interval.sinh }

def cosh : Function :=
  { name := "cosh", value := Enclosure.cosh, image := Interval.cosh }

def sin : Function :=
  { name := "sin", value := Enclosure.sin, image := Interval.sin, defined := fun i => !i.isInfinite }

def cos : Function :=
  { name := "cos", value := Enclosure.cos, image := Interval.cos, defined := fun i => !i.isInfinite }

/-- The absolute value, traced: it does not round, and is 1-Lipschitz. -/
def abs (x : Beyond s) : Beyond s :=
  { x with
    value := match x.value with
      | .finite b => .finite (if b.mid.isNegative then -b else b)
      | .past i => .past i.abs
      | v => .ofExt v.toExt.abs
    errors := x.errors.map fun e =>
      { e with nonneg := true, nonpos := e.nonneg && e.nonpos, plus := e.plus || e.minus, minus := false } }

/-- The sides are known exactly, or their computed numbers cannot meet. -/
def isDecided (x y : Beyond s) : Bool :=
  let exact (z : Beyond s) : Bool := z.value.isExact && z.errors.all fun e => e.depth = 0 && e.inherited == .finite 0
  (exact x && exact y) || (s.models.zip (x.errors.zip y.errors)).all fun (model, a, b) =>
    match x.interval model a, y.interval model b with
    | some i, some j => !(i.lower.ble j.upper) || !(j.lower.ble i.upper)
    | _, _ => false

/-- `x > y`, as the values decide it. -/
def valueGt (x y : Beyond s) : Bool :=
  match x.value, y.value with
  | .nan, _ => false
  | _, .nan => false
  | .inf negative, v => !negative && v != .inf false
  | _, .inf negative => negative
  | .past i, v => !i.lower.isNegative && !v.isPast
  | _, .past i => i.lower.isNegative
  | v, w => !(v.mid.ble w.mid)

/-- `x > y`: by the values, or by the setting where these do not decide it. -/
def gt (x y : Beyond s) : Bool :=
  if x.value = .nan || y.value = .nan then false else if isDecided x y then valueGt x y else s.tie

/-- The one of two numbers that the order prefers, traced. Any nan is passed on. -/
def select (takeFirst : Bool) (x y : Beyond s) : Beyond s :=
  let chosen := if takeFirst then x else y
  if x.value = .nan then x
  else if y.value = .nan then y
  else if isDecided x y then chosen
  else
    { value := match x.value, y.value with
        | .finite a, .finite b =>
          if a.isExact && b.isExact then chosen.value
          else if takeFirst then .finite (Ball.round ⟨a.mid, a.rad + b.rad⟩) else .finite (Ball.round ⟨b.mid, a.rad + b.rad⟩)
        | _, _ => chosen.value
      magnitude := max x.magnitude y.magnitude
      constant := x.constant && y.constant
      errors := List.zipWith Errors.max x.errors y.errors }

/-- A zero of negative sign is the lesser of two zeros (IEEE 754-2019, §9.6). -/
def prefersFirst (x y : Beyond s) : Bool := valueGt x y || (!valueGt y x && y.value = .negZero)

protected def max (x y : Beyond s) : Beyond s := select (prefersFirst x y) x y
protected def min (x y : Beyond s) : Beyond s := select (prefersFirst y x) x y

/-- A power by `e ^ (y log x)`, of positive `x`; nothing is known of others. -/
def pow (x y : Beyond s) : Beyond s :=
  let l := apply log x
  let p := apply exp (y.mul l)
  if valueGt x (ofNat 0) then
    { p with errors := List.zipWith (fun _ (e : Errors) =>
      startErrors (s := s) "pow" ⟨.finite 0, .inf false⟩ e.inherited) s.models p.errors }
  else unknown

/-- A quotient of natural numbers. -/
def ratio (n d : Nat) : Beyond s := (ofNat n).div (ofNat d)

instance : MathFunctions (Beyond s) where
  exp := apply exp
  tanh := apply tanh
  cosh := apply cosh
  sqrt := apply sqrt
  abs := abs
  log := apply log
  pi := ofBall Enclosure.pi
  cos := apply cos
  sin := apply sin
  sinh := apply sinh

instance : Context (Beyond s) where
  toMathFunctions := inferInstance
  default := unknown
  neg_point_five := (ratio 1 2).neg
  neg_one := (ofNat 1).neg
  pointone := ratio 1 10
  pointfive := ratio 1 2
  one := ofNat 1
  zero := ofNat 0
  two := ofNat 2
  three := ofNat 3
  four := ofNat 4
  five := ofNat 5
  ten := ofNat 10
  log10 := apply log (ofNat 10)
  log10000 := apply log (ofNat 10000)
  epsilon := ratio 1 1000000
  add := Beyond.add
  sub x y := x.add y.neg
  mul := Beyond.mul
  div := Beyond.div
  neg := Beyond.neg
  pow := pow
  max := Beyond.max
  min := Beyond.min
  beq x y := decide (x.value = y.value)
  lt x y := gt y x = true
  le x y := gt x y = false
  coe := ofNat
  decidable_gt x y := inferInstanceAs (Decidable (gt x y = true))

/-! ## What is written -/

/-- Numbers of a greater leading exponent are infinite in every format. -/
def largestWritten : Int := 1100

/-- What bounds an error has at least this exponent where it is not zero: less matters in no format. -/
def leastWritten : Int := -1300

/-- Bits of a magnitude that is written, rounded up. -/
def magnitudeBits : Nat := 24

/-- A bound as it is written: not longer than matters. -/
def atLeast (x : Dyadic) : Dyadic :=
  if !x.isZero && x.leadingExponent < leastWritten then .twoPow leastWritten else x

/-- An upper bound as it is written; what is past all formats is infinite. -/
def writeBound (x : Dyadic) : Ext :=
  if !x.isZero && largestWritten < x.leadingExponent then .inf false else .finite (atLeast x)

/-- What is written of an element. -/
def read (x : Beyond s) : BeyondElement :=
  let past := x.value.isPast ||
    (!x.value.mid.isZero && largestWritten < x.value.mid.leadingExponent)
  let small := !x.value.mid.isZero && x.value.mid.leadingExponent < leastWritten
  { value := if past then .inf (x.value.toExt.isNegative)
      else if small then .finite 0
      else x.value.toExt
    radius := if past then 0 else atLeast (if small then x.value.size else x.value.rad)
    magnitude := if past then .inf false
      else match x.value with
        | .nan => .nan
        | .inf _ => .inf false
        | _ => writeBound (x.magnitude.roundUp magnitudeBits)
    models := s.models.zip x.errors |>.map fun (model, e) =>
      (model.name,
        { depth := e.depth
          underflow := writeBound e.underflow
          inherited := match e.inherited with
            | .finite i => writeBound i
            | .inf _ => .inf false
          peak := match x.peak model e with
            | .finite peak => writeBound peak
            | _ => .inf false }) }

end Beyond

end Conform
