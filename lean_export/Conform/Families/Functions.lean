import Conform.Enclosure.Functions
import Conform.Families.Random
import Conform.Family

/-!
# Inputs of functions

Lists of arguments where functions are hard, in the order of a list: a case takes up where the one before it ended. The
left factor of what a case aims at is the argument, the right one a factor or a gradient, an addend a small positive number
such as `ε`.

Main definitions: `Conform.Families.specialPoints`, `Conform.Families.thresholds`, `Conform.Families.exponentLadder`,
`Conform.Families.moderate`, `Conform.Families.nearZero`, `Conform.Families.reductions`,
`Conform.Families.tinyArguments`, `Conform.Families.hugeArguments`, `Conform.Families.nonFinite`,
`Conform.Families.typical`.
-/

namespace Conform.Families

/-- The number of a format's precision nearest to `x`, which is in the normal range. -/
def nearest (f : Format) (x : Dyadic) : Dyadic := x.roundNearest f.precision

/-- The midpoint of an enclosure, of at least a hundred bits. -/
def middle (b : ExtBall) : Dyadic :=
  match b with
  | .finite b => b.mid
  | _ => 0

/-- `ln 2`, and half the circle constant, to more bits than any format has. -/
def ln2 : Dyadic := middle (Enclosure.log (number 2))
def halfPi : Dyadic := (middle Enclosure.pi).half

/-- Both signs. -/
def bothSigns (xs : List Dyadic) : List Ext := xs.flatMap fun x => [.finite x, .finite (-x)]

/-- A number and its neighbours in the format. -/
def around (f : Format) (x : Dyadic) : List Dyadic :=
  let y := nearest f x
  let ulp := Dyadic.twoPow (y.leadingExponent - f.precision + 1)
  [y, y + ulp, y - ulp]

/-- A whole number times `x`. -/
def times (n : Nat) (x : Dyadic) : Dyadic := Dyadic.ofInt n * x

/-- A parameter beside the argument: a factor of either sign, or a small positive number. -/
def beside (c : FamilyContext) (s : Site) : Ext :=
  let r := c.streamAt s
  match s.role with
  | .addend => number (1 + r.below 0 7) (-(6 + (c.variant % 3) * 7 : Nat))
  | _ => number (drawNormal r (min 8 c.format.precision)) (1 - (min 8 c.format.precision : Nat))

/-- A family of arguments in the order of a list; `count` cases go through it. -/
def ofList (name description : String) (catches : List String) (count : Nat) (list : Format → Array Ext) : Family where
  name
  description
  catches
  floatsOnly := true
  classes := [(.row, 1)]
  scenarios := count
  fill c s :=
    if s.role = .left then
      let xs := list c.format
      xs.getD ((c.variant * SizeClass.rowLength + s.row) % max 1 xs.size) 0
    else beside c s

/-- Zeros of both signs, one, and other points at which branches meet or values are exact. -/
def specialPoints : Family :=
  ofList "special-points" "Zeros of both signs, one, two, a half and their neighbours." ["a branch taken on the wrong side",
    "the derivative at zero of the other side", "a constant missing", "a sign lost"] 3 fun f =>
    ([number 0, .negZero] ++ bothSigns ([1, 2, 3, 4, 10].map fun n => Dyadic.ofInt n) ++
      bothSigns [.twoPow (-1), .twoPow (-2)] ++ bothSigns ((around f (.twoPow 0)).drop 1) ++
      bothSigns [nearest f ln2, nearest f halfPi]).toArray

/-- Where functions saturate, overflow, underflow, or where implementations switch formulas. -/
def thresholds : Family :=
  ofList "thresholds"
    "Both sides of the arguments at which functions saturate, overflow or underflow, and where formulas are switched."
    ["a threshold at which a formula is switched too early", "an infinity too early or too late", "flush to zero",
      "saturation"] 4 fun f =>
    let p := f.precision
    let ends := [times p ln2, (times p ln2).half, times (p + 1) ln2, times (f.maxExponent.toNat + 1) ln2,
      times (-f.minNormalExponent).toNat ln2, times (-f.minExponent).toNat ln2, times ((-f.minExponent).toNat + 1) ln2,
      .ofInt 20, .ofInt 6, times 9 (.ofInt 1)]
    (bothSigns (ends.flatMap (around f))).toArray

/-- Every part of the exponent range, both signs. -/
def exponentLadder : Family :=
  ofList "exponent-ladder" "Arguments over the whole exponent range, both signs."
    ["a range of arguments with a formula of its own", "precision lost for small arguments",
      "overflow of an intermediate value"] 3 fun f =>
    let span := (f.maxExponent - f.minNormalExponent).toNat
    (bothSigns ((List.range 24).map fun i =>
      let e := f.minNormalExponent + ((span * i / 23 : Nat) : Int)
      let m : Nat := 2 ^ (f.precision - 1) + (i * 0x9e3779b97f4a7c15) % 2 ^ (f.precision - 1)
      Dyadic.normalize m (e - f.precision + 1))).toArray

/-- Between minus ten and ten, where functions bend. -/
def moderate : Family :=
  ofList "moderate" "A ladder of arguments between minus ten and ten, with full significands."
    ["another function of about the same shape", "a coefficient that is off", "a narrower format on the way"] 8 fun f =>
    (bothSigns ((List.range 64).map fun i =>
      let m : Nat := 5 * (i + 1) * 2 ^ 60 / 32 + (i * 0x9e3779b97f4a7c15) % 2 ^ 57
      nearest f (Dyadic.normalize m (-60)))).toArray

/-- Near zero, where one plus or minus a power cancels. -/
def nearZero : Family :=
  ofList "near-zero" "Small arguments, at which differences such as exp x - 1 or 1 + tanh x lose their digits."
    ["cancellation beyond what the definition allows", "a small term dropped", "zero for a small argument"] 3 fun f =>
    (bothSigns ((List.range 24).map fun i =>
      let m : Nat := 2 ^ (f.precision - 1) + (i * 0x9e3779b97f4a7c15) % 2 ^ (f.precision - 1)
      Dyadic.normalize m (max f.minExponent (-((i * (f.precision + 4) / 24 : Nat) : Int) - f.precision)))).toArray

/-- Next to multiples of `ln 2` and of a quarter turn. -/
def reductions : Family :=
  ofList "reductions" "The numbers nearest to multiples of ln 2 and of half the circle constant."
    ["too short a constant in the reduction of an argument"] 3 fun f =>
    let steps := [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 127, 233]
    (bothSigns (steps.flatMap fun n => [nearest f (times n ln2).half, nearest f (times n halfPi)])).toArray

/-- Below the smallest normal number, and just above it. -/
def tinyArguments : Family :=
  ofList "tiny-arguments" "Subnormal arguments, and those next to the smallest normal number."
    ["subnormal arguments or results flushed to zero"] 2 fun f =>
    let normal : Nat := 2 ^ (f.precision - 1)
    (bothSigns ([1, 2, 3, normal - 1, normal, normal + 1, 2 * normal, normal / 2 + 1, normal / 3, 3 * normal].map fun (m : Nat) =>
      Dyadic.normalize m f.minExponent)).toArray

/-- Near the largest number and its root. -/
def hugeArguments : Family :=
  ofList "huge-arguments" "Arguments near the largest number, its root and its cube root."
    ["overflow of an intermediate value where the result is finite", "nan for a large argument"] 2 fun f =>
    let top := f.maxExponent
    (bothSigns ([f.largest, f.largest.half, .twoPow (top / 2), .twoPow (top / 2 + 1), .twoPow (top / 3),
      .twoPow (top / 3 + 1), .twoPow (top - 1), nearest f (times 3 (.twoPow (top / 2 - 1)))])).toArray

/-- Nan and infinities among ordinary numbers. -/
def nonFinite : Family :=
  ofList "non-finite" "Nan and infinities among ordinary arguments."
    ["nan swallowed", "a limit at infinity that is not taken", "0 · inf taken as zero"] 2 fun _ =>
    #[.nan, number 1, .inf false, number (-1), .inf true, number 0, .nan, .negZero, .inf true, number 2, .inf false,
      number (-3), .nan, number 1 (-1), .inf true, number 5]

/-- Ordinary arguments in arrays of every shape. -/
def typical : Family where
  name := "typical"
  description := "Bell-shaped random arguments, of about the size of two, in arrays of every shape."
  catches := ["wrong formulas of every kind on ordinary data", "a shape that is not handled", "transposed results"]
  floatsOnly := true
  classes := [(.square, 2), (.nonSquare, 2), (.prime, 1), (.sizeOne, 2), (.empty, 2), (.few, 3), (.tail, 1)]
  fill c s :=
    let p := c.format.precision
    if s.role = .left then number (drawNormal (c.streamAt s) p) (4 - p) else beside c s

/-- Families for functions of one argument. -/
def forFunctions : List Family :=
  [specialPoints, thresholds, exponentLadder, moderate, nearZero, reductions, tinyArguments, hugeArguments, nonFinite, typical]

end Conform.Families
