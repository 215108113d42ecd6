import Conform.Ext

/-!
# Numbers as text

A number is written as a hexadecimal integer and a decimal exponent of two: `-0x2bp-9` is `-43 * 2 ^ -9`. The integer
is odd, or the number is `0x0p0` or `-0x0p0`. The special values are `inf`, `-inf` and `nan`. Text is a list of
characters, so that reading back what was printed can be proved to give the number.

Main definitions: `Conform.Text.print`, `Conform.Text.parse`.
-/

namespace Conform.Text

/-- The digit of a value below sixteen. -/
def digitOf (n : Nat) : Char :=
  match n with
  | 0 => '0' | 1 => '1' | 2 => '2' | 3 => '3' | 4 => '4' | 5 => '5' | 6 => '6' | 7 => '7'
  | 8 => '8' | 9 => '9' | 10 => 'a' | 11 => 'b' | 12 => 'c' | 13 => 'd' | 14 => 'e' | _ => 'f'

/-- The value of a digit. -/
def valueOf : Char → Option Nat
  | '0' => some 0 | '1' => some 1 | '2' => some 2 | '3' => some 3 | '4' => some 4 | '5' => some 5
  | '6' => some 6 | '7' => some 7 | '8' => some 8 | '9' => some 9 | 'a' => some 10 | 'b' => some 11
  | 'c' => some 12 | 'd' => some 13 | 'e' => some 14 | 'f' => some 15 | _ => none

/-- The digits of `n` in a base from two to sixteen, in front of `rest`. -/
def printNat (base n : Nat) (rest : List Char) : List Char :=
  if n < base ∨ base < 2 then digitOf n :: rest
  else printNat base (n / base) (digitOf (n % base) :: rest)
termination_by n
decreasing_by exact Nat.div_lt_self (by omega) (by omega)

/-- A decimal integer. -/
def printInt (n : Int) : List Char :=
  if n < 0 then '-' :: printNat 10 n.natAbs [] else printNat 10 n.natAbs []

/-- Mantissa and exponent of a number that is not negative. -/
def printUnsigned (x : Dyadic) : List Char :=
  '0' :: 'x' :: printNat 16 x.mantissa.natAbs ('p' :: printInt x.exponent)

/-- A number or special value. -/
def print : Ext → List Char
  | .finite x => if x.mantissa < 0 then '-' :: printUnsigned x else printUnsigned x
  | .negZero => ['-', '0', 'x', '0', 'p', '0']
  | .inf false => ['i', 'n', 'f']
  | .inf true => ['-', 'i', 'n', 'f']
  | .nan => ['n', 'a', 'n']

/-- Read digits up to the end or to a character that is not a digit of the base. -/
def parseDigits (base : Nat) (value : Nat) : List Char → Nat × List Char
  | [] => (value, [])
  | c :: rest =>
    match valueOf c with
    | some d => if d < base then parseDigits base (value * base + d) rest else (value, c :: rest)
    | none => (value, c :: rest)

/-- Read a natural number of at least one digit. -/
def parseNat (base : Nat) : List Char → Option (Nat × List Char)
  | [] => none
  | c :: rest =>
    match valueOf c with
    | some d => if d < base then some (parseDigits base d rest) else none
    | none => none

/-- Read a text of decimal digits and nothing else. -/
def readNatural (text : String) : Option Nat :=
  match parseNat 10 text.toList with
  | some (n, []) => some n
  | _ => none

/-- Read a decimal integer that ends the text. -/
def parseInt (text : List Char) : Option Int :=
  match text with
  | '-' :: digits =>
    match parseNat 10 digits with
    | some (n, []) => some (-(n : Int))
    | _ => none
  | digits =>
    match parseNat 10 digits with
    | some (n, []) => some (n : Int)
    | _ => none

/-- Read mantissa and exponent, without a sign. -/
def parseUnsigned : List Char → Option Dyadic
  | '0' :: 'x' :: digits =>
    match parseNat 16 digits with
    | some (m, 'p' :: exponent) =>
      match parseInt exponent with
      | some e => some (Dyadic.normalize (m : Int) e)
      | none => none
    | _ => none
  | _ => none

/-- Read a number or special value. -/
def parse : List Char → Option Ext
  | ['n', 'a', 'n'] => some .nan
  | ['i', 'n', 'f'] => some (.inf false)
  | ['-', 'i', 'n', 'f'] => some (.inf true)
  | '-' :: text =>
    match parseUnsigned text with
    | some x => some (Ext.finite x).neg
    | none => none
  | text =>
    match parseUnsigned text with
    | some x => some (.finite x)
    | none => none

end Conform.Text
