import Conform.Reading

/-!
# Tests of the floating-point readings
-/

namespace Conform

/-! Numbers to floats and back: a normal, the largest, the smallest, and a negative one. -/
private def doubles : List Ext :=
  [0, .negZero, .inf false, .inf true, .nan, .finite ⟨3, -1⟩, .finite ⟨0x1fffffffffffff, 971⟩, .finite ⟨1, -1074⟩,
    .finite ⟨-5, -1073⟩, .finite ⟨1, -1022⟩, .finite ⟨-0x10000000000001, -52⟩]
#guard doubles.all fun x => Ext.ofFloat x.toFloat = x

private def singles : List Ext :=
  [0, .negZero, .inf false, .inf true, .nan, .finite ⟨3, -1⟩, .finite ⟨0xffffff, 104⟩, .finite ⟨1, -149⟩,
    .finite ⟨-5, -148⟩, .finite ⟨1, -126⟩, .finite ⟨-0x800001, -23⟩]
#guard singles.all fun x => Ext.ofFloat32 x.toFloat32 = x

#guard Ext.ofFloat 1.5 = .finite ⟨3, -1⟩ && Ext.ofFloat 0.1 = .finite ⟨0xccccccccccccd, -55⟩
#guard (Ext.finite ⟨3, -1⟩).toFloat == 1.5 && (Ext.inf true).toFloat == -1.0 / 0.0

/-! Half precision has five exponent bits and ten fraction bits: `0x7bff` is 65504, `0x8001` the least negative. -/
#guard Ext.ofBits 5 10 0x7bff = .finite ⟨2047, 5⟩ && Ext.ofBits 5 10 0x8001 = .finite ⟨-1, -24⟩
#guard Ext.ofBits 5 10 0x7c00 = .inf false && Ext.ofBits 5 10 0x7e00 = .nan && Ext.ofBits 5 10 0x8000 = .negZero

end Conform
