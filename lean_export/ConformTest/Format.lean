import Conform.Format

/-!
# Tests of the number formats
-/

namespace Conform

/-! The largest numbers: 65504 in half precision, `(2 - 2 ^ -23) 2 ^ 127` in single precision. -/
#guard Format.float16.largest = ⟨2047, 5⟩
#guard Format.float32.largest = ⟨0xffffff, 104⟩
#guard Format.float64.largest = ⟨0x1fffffffffffff, 971⟩
#guard Format.bfloat16.largest = ⟨255, 120⟩
#guard Format.int32.largest = ⟨2147483647, 0⟩
#guard Format.int64.largest = ⟨9223372036854775807, 0⟩

/-! The exponents of the smallest normal numbers. -/
#guard Format.all.map (·.minNormalExponent) = [-1022, -126, -14, -126, 30, 62]
#guard Format.all.map (·.name) = ["float64", "float32", "float16", "bfloat16", "int32", "int64"]

/-! Half precision: 2047 has eleven bits, 2049 twelve; the range ends at both ends. -/
#guard Format.float16.represents (.finite ⟨2047, 5⟩) && !Format.float16.represents (.finite ⟨2049, 0⟩)
#guard Format.float16.represents (.finite ⟨1, -24⟩) && !Format.float16.represents (.finite ⟨1, -25⟩)
#guard Format.float16.represents (.finite ⟨-1, 15⟩) && !Format.float16.represents (.finite ⟨1, 16⟩)
#guard Format.float16.represents 0 && Format.float16.represents .negZero && Format.float16.represents .nan
#guard Format.float16.represents (.inf true)

/-! Integers have no special values. -/
#guard Format.int32.represents (.finite ⟨-2147483647, 0⟩) && !Format.int32.represents (.finite ⟨1, 31⟩)
#guard !Format.int32.represents (.finite ⟨1, -1⟩) && !Format.int32.represents .nan && !Format.int64.represents .negZero
#guard Format.int64.represents (.finite ⟨0x7fffffffffffffff, 0⟩) && !Format.int64.represents (.inf false)

/-! Subnormal: nonzero and below the smallest normal number. -/
#guard Format.float16.isSubnormal (.finite ⟨1023, -24⟩) && !Format.float16.isSubnormal (.finite ⟨1, -14⟩)
#guard !Format.float16.isSubnormal 0 && !Format.float16.isSubnormal .nan && !Format.int32.isSubnormal (.finite ⟨1, 0⟩)
#guard Format.bfloat16.isSubnormal (.finite ⟨-1, -127⟩)

end Conform
