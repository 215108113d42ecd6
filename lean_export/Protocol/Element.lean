import Protocol.Base64

/-!
# Elements of tensors

A format pairs the bits of an element, as they travel, with a scalar that the spec can be read at. Integers are read at
`Int`, which is exact, and wrap around only when they are written.

Main definitions: `Protocol.Element`, `Protocol.Element.readAll`, `Protocol.Element.writeAll`.
-/

namespace Protocol

/-- A format of elements: its name, its size in bytes, and what its bits mean. -/
structure Element (α : Type) where
  dtype : String
  size : Nat
  ofBits : Nat → α
  toBits : α → Nat

namespace Element

def float64 : Element Float := ⟨"float64", 8, fun n => Float.ofBits n.toUInt64, fun x => x.toBits.toNat⟩

def float32 : Element Float32 := ⟨"float32", 4, fun n => Float32.ofBits n.toUInt32, fun x => x.toBits.toNat⟩

/-- Integers of two's complement. -/
def integer (dtype : String) (size : Nat) : Element Int where
  dtype
  size
  ofBits n := if n < 2 ^ (8 * size - 1) then n else (n : Int) - 2 ^ (8 * size)
  toBits x := (x % 2 ^ (8 * size)).toNat

def int32 : Element Int := integer "int32" 4
def int64 : Element Int := integer "int64" 8

variable {α : Type} (e : Element α)

/-- The elements whose little-endian bytes follow one another, none if the last is not whole. `bits` are those of the
element that has begun, `place` is the weight of its next byte. -/
def read (done : Array α) (bits place : Nat) : List Nat → Option (Array α)
  | [] => if place = 1 then some done else none
  | byte :: rest =>
    let bits := bits + byte * place
    let place := place * 256
    if place = 2 ^ (8 * e.size) then read (done.push (e.ofBits bits)) 0 1 rest else read done bits place rest

/-- The elements of a tensor's data. -/
def readAll (data : List Char) : Option (Array α) :=
  match Base64.decode data with
  | some bytes => e.read #[] 0 1 bytes
  | none => none

/-- Put the lowest `count` bytes of `bits`, little-endian, in front of others. -/
def prepend (count bits : Nat) (rest : List Nat) : List Nat :=
  match count with
  | 0 => rest
  | count + 1 => bits % 256 :: prepend count (bits / 256) rest

/-- A tensor's data for its elements. -/
def writeAll (xs : List α) : List Char :=
  Base64.encode (xs.foldr (fun x rest => prepend e.size (e.toBits x) rest) [])

end Element

end Protocol
