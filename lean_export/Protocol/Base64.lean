/-!
# Base64

Bytes as text, by RFC 4648, section 4, with padding. Bytes are natural numbers below 256.

Main definitions: `Protocol.Base64.encode`, `Protocol.Base64.decode`.
-/

namespace Protocol.Base64

/-- The 64 digits, by value. -/
def digits : Array Char :=
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".toList.toArray

/-- The digit of a value below 64. -/
def digitOf (n : Nat) : Char := digits.getD n '='

/-- The value of a character, 64 for one that is not a digit. -/
def valueOf (c : Char) : Nat :=
  let n := c.toNat
  if 97 ≤ n then if n ≤ 122 then n - 71 else 64
  else if 65 ≤ n then if n ≤ 90 then n - 65 else 64
  else if 48 ≤ n then if n ≤ 57 then n + 4 else 64
  else if n = 43 then 62 else if n = 47 then 63 else 64

/-- The text of some bytes, after `text`, which is in opposite order. Tail recursive: arrays are long. -/
def encodeInto (text : List Char) : List Nat → List Char
  | a :: b :: c :: rest =>
    let n := a * 65536 + b * 256 + c
    encodeInto
      (digitOf (n % 64) :: digitOf (n / 64 % 64) :: digitOf (n / 4096 % 64) :: digitOf (n / 262144) :: text) rest
  | [a, b] =>
    let n := a * 1024 + b * 4
    ('=' :: digitOf (n % 64) :: digitOf (n / 64 % 64) :: digitOf (n / 4096) :: text).reverse
  | [a] => ('=' :: '=' :: digitOf (a % 4 * 16) :: digitOf (a / 4) :: text).reverse
  | [] => text.reverse

/-- The text of some bytes. -/
def encode (bytes : List Nat) : List Char := encodeInto [] bytes

/-- The bytes of a text, none if it is not base64. The result is built in `bytes`, in opposite order. -/
def decodeInto (bytes : List Nat) : List Char → Option (List Nat)
  | [] => some bytes.reverse
  | [a, b, '=', '='] =>
    let (a, b) := (valueOf a, valueOf b)
    if a < 64 && b < 64 then some ((a * 4 + b / 16) :: bytes).reverse else none
  | [a, b, c, '='] =>
    let (a, b, c) := (valueOf a, valueOf b, valueOf c)
    if a < 64 && b < 64 && c < 64 then some ((b % 16 * 16 + c / 4) :: (a * 4 + b / 16) :: bytes).reverse else none
  | a :: b :: c :: d :: rest =>
    let (a, b, c, d) := (valueOf a, valueOf b, valueOf c, valueOf d)
    if a < 64 && b < 64 && c < 64 && d < 64 then
      decodeInto ((c % 4 * 64 + d) :: (b % 16 * 16 + c / 4) :: (a * 4 + b / 16) :: bytes) rest
    else none
  | _ => none

/-- The bytes of a text, none if it is not base64. -/
def decode (text : List Char) : Option (List Nat) := decodeInto [] text

end Protocol.Base64
