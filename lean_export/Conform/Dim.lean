/-!
# Symbolic dimensions

A dimension is a symbol, or computed from symbols and attributes, such as `(inH + 2 * padding - kH) / stride + 1`.

Main definitions: `Conform.Sizes`, `Conform.Dim`, `Conform.Dim.eval`, `Conform.Dim.toText`.
-/

namespace Conform

/-- The sizes of a case, by symbol; where it has attributes, these follow. -/
abbrev Sizes := List (String × Nat)

/-- The size of a symbol, zero if it has none. -/
def Sizes.get (sizes : Sizes) (symbol : String) : Nat := (sizes.lookup symbol).getD 0

/-- An integer expression over sizes and attributes. -/
inductive Dim where
  | name (symbol : String)
  | number (n : Nat)
  | add (a b : Dim)
  | sub (a b : Dim)
  | mul (a b : Dim)
  | div (a b : Dim)
  deriving DecidableEq, Repr, Inhabited

namespace Dim

instance : Coe String Dim := ⟨name⟩
instance (n : Nat) : OfNat Dim n := ⟨number n⟩
instance : Add Dim := ⟨add⟩
instance : Sub Dim := ⟨sub⟩
instance : Mul Dim := ⟨mul⟩
instance : Div Dim := ⟨div⟩

/-- The value under these sizes; a quotient is rounded down, so that a window that does not fit gives none or less. -/
def evalInt (sizes : Sizes) : Dim → Int
  | name symbol => sizes.get symbol
  | number n => n
  | add a b => a.evalInt sizes + b.evalInt sizes
  | sub a b => a.evalInt sizes - b.evalInt sizes
  | mul a b => a.evalInt sizes * b.evalInt sizes
  | div a b => a.evalInt sizes / b.evalInt sizes

/-- The dimension under these sizes: nothing is less than empty. -/
def eval (d : Dim) (sizes : Sizes) : Nat := (d.evalInt sizes).toNat

/-- Symbol and offset of a dimension that has a size of its own: a symbol, or a symbol plus a number. -/
def base : Dim → Option (String × Nat)
  | name symbol => some (symbol, 0)
  | add (name symbol) (number n) => some (symbol, n)
  | _ => none

/-- The symbol of a dimension that has a size of its own. -/
def symbol (d : Dim) : String := (d.base.map (·.1)).getD ""

/-- The offset of a dimension that has a size of its own. -/
def offset (d : Dim) : Nat := (d.base.map (·.2)).getD 0

/-- As it is written in the manifest, with the parentheses that an operator of this strength around it needs. -/
def write (strength : Nat) : Dim → String
  | name symbol => symbol
  | number n => toString n
  | add a b => enclose 1 s!"{a.write 1}+{b.write 2}"
  | sub a b => enclose 1 s!"{a.write 1}-{b.write 2}"
  | mul a b => enclose 2 s!"{a.write 2}*{b.write 3}"
  | div a b => enclose 2 s!"{a.write 2}/{b.write 3}"
where
  enclose (own : Nat) (text : String) : String := if own < strength then s!"({text})" else text

/-- As it is written in the manifest: `inDim`, `batch+1`, `(inH+2*padding-kH)/stride+1`. -/
def toText (d : Dim) : String := d.write 0

end Dim

end Conform
