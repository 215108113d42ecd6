import Conform.Families.Functions

/-!
# Rows of functions along an axis

What a case aims at runs along the axis of a softmax: the left factor is a row of arguments, the right one a row of
gradients.

Main definitions: `Conform.Families.typicalRows`, `Conform.Families.longRows`, `Conform.Families.equalRows`,
`Conform.Families.dominatedRows`, `Conform.Families.maskedRows`, `Conform.Families.shiftedRows`,
`Conform.Families.tiedRows`, `Conform.Families.descendingRows`, `Conform.Families.nonFiniteRows`,
`Conform.Families.tinyRows`.
-/

namespace Conform.Families

/-- A family of rows: the argument at a place of a row, and gradients of about the size of one. -/
def ofRows (name description : String) (catches : List String) (classes : List (SizeClass × Nat)) (compact : Bool := false)
    (argument : FamilyContext → Site → Ext) : Family where
  name
  description
  catches
  floatsOnly := true
  compact
  classes
  -- Rows that are mostly runs stay so with gradients of their own, other at some places than the arguments.
  fill c s :=
    if s.role = .left then argument c s
    else if compact then number (if s.position % 64 = 9 then (s.position / 64 + c.variant) % 5 - 2 else 1) (-1)
    else beside c s

/-- A bell-shaped number of about the size of two. -/
def ordinary (c : FamilyContext) (s : Site) : Dyadic :=
  Dyadic.normalize (drawNormal (c.streamAt s) c.format.precision) (4 - c.format.precision)

/-- The place of the row that the case singles out. -/
def chosenPlace (c : FamilyContext) (s : Site) : Nat :=
  let last := max 1 c.length - 1
  match (c.variant + s.row) % 3 with
  | 0 => last
  | 1 => 0
  | _ => last / 2

def typicalRows : Family :=
  ofRows "typical-rows" "Bell-shaped random rows, in arrays of every shape."
    ["wrong formulas of every kind on ordinary data", "another axis", "the last term of a sum dropped",
      "a sum kept in a narrower format"]
    [(.square, 2), (.nonSquare, 1), (.prime, 1), (.sizeOne, 3), (.empty, 3), (.few, 3), (.tail, 1)]
    (argument := fun c s => .finite (ordinary c s))

def longRows : Family :=
  ofRows "long-rows" "Rows of 257 and 1025 entries, a few of them larger than the rest."
    ["blocks of a row dropped", "a sum kept in a narrower format"] [(.long, 1), (.longer, 2)] (compact := true)
    (argument := fun c s => if s.position % 96 = 5 then number ((s.position / 96 + c.variant) % 4) else number (-2))

def equalRows : Family :=
  ofRows "equal-rows" "Rows of equal entries, of any size."
    ["a scale or a shift that is not that of the maximum", "a mean over the wrong number of entries"]
    [(.few, 4)] (argument := fun c s =>
      .finite (nearest c.format (times (1 + 7 * s.row) (if c.variant % 2 = 0 then ln2 else -ln2))))

def dominatedRows : Family :=
  ofRows "dominated-rows" "Rows in which one entry is far above the others."
    ["a small weight flushed", "a logarithm of a sum that loses the rest", "the maximum taken over another axis"]
    [(.few, 4), (.nonSquare, 1)] (argument := fun c s =>
      let x := ordinary c s
      .finite (nearest c.format (if s.position = chosenPlace c s then x + times (4 + 4 * c.variant) ln2 else x)))

def maskedRows : Family :=
  ofRows "masked-rows" "Rows in which some entries are minus infinity, as masks leave them."
    ["a masked entry with a weight", "nan from a mask"] [(.few, 4), (.nonSquare, 1)] (argument := fun c s =>
      if (s.position + s.row + c.variant) % 3 = 0 && s.position != chosenPlace c s then .inf true
      else .finite (ordinary c s))

def shiftedRows : Family :=
  ofRows "shifted-rows" "Rows whose exponentials overflow or vanish unless the maximum is subtracted."
    ["no shift by the maximum", "a shift by another number than the maximum"] [(.few, 4), (.nonSquare, 1)]
    (argument := fun c s =>
      let far := times (c.format.maxExponent.toNat + c.format.precision + 9) ln2
      .finite (nearest c.format ((if c.variant % 2 = 0 then far else -far) + ordinary c s)))

def tiedRows : Family :=
  ofRows "tied-rows" "Rows whose greatest entry is there twice." ["one of two equal maxima dropped"] [(.few, 3)]
    (argument := fun c s =>
      if s.position ≤ 1 then number (5 + c.variant) else .finite (nearest c.format (-(ordinary c s).abs)))

def descendingRows : Family :=
  ofRows "descending-rows" "Rows that go down in steps until a weight is lost against one, and below."
    ["small weights flushed or dropped", "a logarithm of weights, which may have vanished"] [(.few, 3), (.nonSquare, 1)]
    (argument := fun c s =>
      -- In every other case the powers vanish in the format from the second entry on.
      let step := if c.variant % 2 = 1 then (-c.format.minExponent).toNat * 5 / 4 else 2 + c.variant
      .finite (nearest c.format (-times (s.position * step) (ln2 + .twoPow (-3)))))

def nonFiniteRows : Family :=
  ofRows "non-finite-rows" "Rows with nan or infinities beside rows without."
    ["nan swallowed by the maximum or the sum", "special values spread to other rows"] [(.few, 4), (.square, 2)]
    (argument := fun c s =>
      if s.row = 0 && s.position = chosenPlace c s then
        match c.variant % 3 with
        | 0 => .nan
        | 1 => .inf false
        | _ => .inf true
      else .finite (ordinary c s))

def tinyRows : Family :=
  ofRows "tiny-rows" "Rows of subnormal entries." ["subnormal arguments flushed to zero"] [(.few, 2)]
    (argument := fun c s => number (drawInteger (c.streamAt s) 0 (c.format.precision - 1)) c.format.minExponent)

/-- Families for functions along an axis. -/
def forRows : List Family :=
  [typicalRows, longRows, equalRows, dominatedRows, maskedRows, shiftedRows, tiedRows, descendingRows, nonFiniteRows,
    tinyRows]

end Conform.Families
