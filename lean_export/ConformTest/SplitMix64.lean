import Conform.SplitMix64

/-!
# Tests of the random streams
-/

namespace Conform

/-! The reference outputs for seed 1234567. -/
#guard (List.range 5).map (fun i => ((⟨1234567⟩ : SplitMix64).get i).toNat) =
  [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]

/-! FNV-1a of the empty text, of `a` and of `foobar`. -/
#guard SplitMix64.hashText "" = 0xcbf29ce484222325
#guard SplitMix64.hashText "a" = 0xaf63dc4c8601ec8c
#guard SplitMix64.hashText "foobar" = 0x85944171f73967e8

#guard (SplitMix64.ofText 1 "a").seed != (SplitMix64.ofText 2 "a").seed
#guard (SplitMix64.ofText 1 "a").seed != (SplitMix64.ofText 1 "b").seed
#guard (List.range 100).all fun i => (SplitMix64.ofText 1 "a").below i 7 < 7 && (SplitMix64.ofText 1 "a").bits i 5 < 32
#guard (List.range 100).any (fun i => (SplitMix64.ofText 1 "a").coin i)
#guard (List.range 100).any (fun i => !(SplitMix64.ofText 1 "a").coin i)

end Conform
