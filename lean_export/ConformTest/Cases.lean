import Conform.CommandLine
import Conform.Registry

/-!
# Tests of cases: sizes, sites, families, text
-/

namespace Conform

/-! Dimensions. -/
private def window : Dim := ("inH" + 2 * "padding" - "kH") / "stride" + (1 : Dim)
#guard (("batch" : Dim) + 1).toText = "batch+1" && ("inDim" : Dim).toText = "inDim"
#guard (("batch" : Dim) + 1).eval [("batch", 4)] = 5
#guard window.toText = "(inH+2*padding-kH)/stride+1"
#guard window.eval [("inH", 7), ("padding", 1), ("kH", 3), ("stride", 2)] = 4
#guard window.eval [("inH", 1), ("padding", 0), ("kH", 3), ("stride", 1)] = 0
#guard (("a" : Dim) - ("b" - "c")).toText = "a-(b-c)" && (("a" : Dim) - "b" - "c").toText = "a-b-c"
#guard Operations.batchLinearDeriv.dims.map (·.toText) = ["batch+1", "inDim", "outDim"]
#guard Operations.linear.dims.map (·.toText) = ["inDim", "outDim"]

/-! Sizes: the offset of a dimension is taken off, so that a square batch has equal dimensions. -/
#guard assignPattern Operations.batchLinearDeriv.dims [3, 3, 3] = [("batch", 2), ("inDim", 3), ("outDim", 3)]
#guard assignPattern Operations.linear.dims [2, 3, 5] = [("inDim", 3), ("outDim", 5)]
#guard (SizeClass.empty.sizes .core Operations.linear default) =
  [[("inDim", 0), ("outDim", 3)], [("inDim", 2), ("outDim", 0)], [("inDim", 0), ("outDim", 0)]]
#guard sizeTraits ["inDim", "outDim"] 3 [("inDim", 3), ("outDim", 3)] = ["square", "prime"]
#guard sizeTraits ["inDim", "outDim"] 3 [("inDim", 1), ("outDim", 4)] = ["size-one", "non-square"]
#guard sizeTraits ["inDim", "outDim"] 3 [("inDim", 0), ("outDim", 4)] = ["empty"]
#guard sizeTraits ["inDim", "outDim"] 258 [("inDim", 257), ("outDim", 4)] = ["non-square", "long-sum"]
#guard (List.range 14).filter isPrime = [2, 3, 5, 7, 11, 13]

/-! Terms: three products and the bias; the examples of a batch; two gradients. -/
private def sizes : Sizes := [("batch", 3), ("inDim", 3), ("outDim", 2)]
#guard Operations.linear.aims.map (·.terms sizes) = [4] && Operations.linearBiasDeriv.aims.map (·.terms sizes) = [1]
#guard Operations.batchLinearDeriv.aims.map (·.terms sizes) = [4, 2, 4]
#guard Operations.linearBackward.aims.map (·.terms sizes) = [2, 1]

/-! Sites: where an element stands in the sum that is aimed at. -/
private def blueprint (op : Operation) (sum : Nat) : Blueprint :=
  { operation := op, family := Families.unit, format := .float32, sum := op.aims.getD sum default, sizes
    variant := 0, number := 0 }
private def sites (op : Operation) (sum : Nat) (name : String) : List (Role × Nat × Nat) :=
  let b := blueprint op sum
  op.parameters.filter (·.name = name) |>.flatMap fun p =>
    (List.range (p.count sizes)).map fun i => let s := b.site p i; (s.role, s.position, s.row)
#guard sites Operations.linear 0 "weights" =
  [(.left, 0, 0), (.left, 1, 0), (.left, 2, 0), (.left, 0, 1), (.left, 1, 1), (.left, 2, 1)]
#guard sites Operations.linear 0 "bias" = [(.addend, 3, 0), (.addend, 3, 1)]
#guard sites Operations.linearInputDeriv 0 "weights" =
  [(.left, 0, 0), (.left, 0, 1), (.left, 0, 2), (.left, 1, 0), (.left, 1, 1), (.left, 1, 2)]
#guard sites Operations.linearBackward 0 "bias" = [(.unused, 0, 0), (.unused, 1, 0)]
#guard (sites Operations.linearGradientAccumulate 0 "grad2").head? = some (.addend, 1, 0)
#guard (sites Operations.batchLinearDeriv 2 "grad_output").map (·.2.1) = [0, 0, 1, 1, 2, 2, 3, 3]

/-! A sum over channels and a window of two, moved by two over an image of four: the element of channel 1 at place 3
is the second of the second window. -/
private def pooled : Operation := { Operations.linear with
  attributes := [⟨"stride", "How far the window moves.", 1, [2, 1]⟩, ⟨"padding", "Zeros on either side.", 0, [0, 3]⟩]
  parameters := [⟨"image", ["channels", "width"]⟩, ⟨"kernel", ["channels", "window"]⟩]
  sums := [{ result := "output", axes := ["channels", "window"], left := some "image", right := some "kernel"
             windows := [{ parameter := "image", dimension := 1, result := 0, axis := 1, scale := "stride" }] }] }
private def places (name : String) : List (Nat × Nat) :=
  let b := { blueprint pooled 0 with sizes := [("channels", 2), ("width", 4), ("window", 2)] }
  pooled.parameters.filter (·.name = name) |>.flatMap fun p =>
    (List.range (p.count b.scope)).map fun i => let s := b.site p i; (s.position, s.row)
#guard places "kernel" = [(0, 0), (1, 0), (2, 0), (3, 0)]
#guard places "image" = [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (3, 0), (2, 1), (3, 1)]
#guard (List.range 5).map pooled.attributesAt = [[("stride", 2), ("padding", 0)], [("stride", 1), ("padding", 0)],
  [("stride", 2), ("padding", 3)], [("stride", 1), ("padding", 3)], [("stride", 2), ("padding", 0)]]
#guard ({ blueprint pooled 0 with sizes := [("width", 4)], attributes := [("stride", 2)] } : Blueprint).id =
  "linear/unit/float32/width=4,stride=2#0"

/-! Shuffling keeps every position. -/
#guard (Blueprint.shuffle 20 ⟨7⟩).toList.mergeSort = List.range 20
#guard (Blueprint.shuffle 20 ⟨7⟩).toList != List.range 20

/-! Drawn numbers stay within their bits. -/
private def stream : SplitMix64 := ⟨11⟩
#guard (List.range 200).all fun i =>
  let full := drawFull stream i 11
  full.natAbs.log2 = 10 && full % 2 = 1 && (drawInteger stream i 3).natAbs ≤ 7 && drawInteger stream i 3 != 0
#guard (List.range 200).all fun i => (drawInteger stream i 0).natAbs = 1 && (drawFull stream i 1).natAbs = 1
#guard (List.range 200).all fun i => (Families.drawNormal (stream.child i) 8).natAbs ≤ 128
#guard Families.truncate 3 ⟨-0xff, 0⟩ = ⟨-1, 8⟩ && Families.truncate 8 ⟨0xff, 2⟩ = ⟨0xff, 2⟩
#guard [1, 2, 3, 4, 5, 8, 9].map ceilLog2 = [0, 1, 2, 2, 3, 3, 4]

/-! A long sum has a nonzero term everywhere, or leaves room in the significand. -/
#guard [(24, 4097), (11, 1025), (11, 4097), (8, 257), (8, 1025), (8, 4097)].map (fun (p, n) => Families.spacing p n) =
  [1, 1, 8, 4, 16, 64]

/-! Of every operation that sums, in every format, every axis that products are summed along gets more than 4096 terms,
more than a thousand results come of sums of fewer terms, and small integers come in every empty size. -/
private def everywhere (p : Operation → (String → List Blueprint) → Bool) : Bool :=
  (registry.filter (!·.sums.isEmpty)).all fun op =>
    let plan := planOperation .core op
    Format.all.all fun f => p op fun family => plan.filter fun b => b.format = f && b.family.name = family
#guard everywhere fun op plan =>
  let long := (plan "long-sums").filter fun b => b.sum.terms b.sizes > 4096
  let many := plan "many-elements"
  let small := plan "small-integers"
  op.sums.all (fun sum => sum.axis.isNone || !sum.hasFactors || long.any (·.sum = sum)) && !many.isEmpty &&
    many.all (fun b => hasManyResults op b.sizes && b.number = 0) &&
    (SizeClass.empty.sizes .core op default).all fun sizes => small.any (·.sizes = sizes)

/-! Every family, in every format, makes cases whose inputs the format has, and whose integer sums stay in range: a
sample of the operations with few sizes. -/
private def smallPlan (op : Operation) : List Blueprint :=
  (planOperation .core op).filter fun b => b.sizes.all fun s => s.2 ≤ 9
private def isSound (b : Blueprint) : Bool := match b.build 5 with | .ok _ => true | .error _ => false
#guard (smallPlan Operations.batchLinearDeriv).all isSound
#guard (smallPlan Operations.linearGradientAccumulate).all isSound
#guard Families.forSums.all fun family => (planOperation .core Operations.linear).any (·.family.name = family.name)
#guard let ids := (planOperation .core Operations.linearBackward).map (·.id); ids.eraseDups.length = ids.length

/-! The same seed gives the same bytes, another seed others. -/
private def lines (seed : Nat) : List String :=
  ((planOperation .core Operations.linear).take 3).map fun b =>
    match b.build seed with | .ok c => Json.line c | .error e => e
#guard lines 1 = lines 1 && lines 1 != lines 2

/-! A line, worked by hand: `3/4 · 2 + 1/2 = 2` of magnitude 2, in units of a half. -/
private def sample : Case :=
  let inputs := [("weights", #[number 3 (-2)]), ("bias", #[number 1 (-1)]), ("input", #[number 2])]
  { id := "linear/sample/float32/inDim=1,outDim=1#0", format := .float32, sizes := [("inDim", 1), ("outDim", 1)],
    flags := ["sample"], inputs
    results := [("output", .ring (Operations.linear.run [("inDim", 1), ("outDim", 1)]
      (inputs.map fun (_, xs) => xs.map Traced.ofExt)).flatten)] }
#guard Json.line sample = "{\"id\":\"linear/sample/float32/inDim=1,outDim=1#0\",\"dtype\":\"float32\"," ++
  "\"sizes\":{\"inDim\":1,\"outDim\":1},\"flags\":[\"sample\"]," ++
  "\"inputs\":{\"weights\":[\"0x3p-2\"],\"bias\":[\"0x1p-1\"],\"input\":[\"0x1p1\"]}," ++
  "\"results\":{\"output\":{\"value\":[\"0x1p1\"],\"magnitude\":\"0x1p1\",\"depth\":3," ++
  "\"underflow\":\"0x3p0\",\"quantum\":-1}}}\n"

/-! Components: one number where all agree, a list otherwise, an empty list for no element; extremes where
they differ. -/
private def result (xs : List Ext) : String := Json.ringResult false "" (xs.map Traced.ofExt)
#guard result [] = "{\"value\":[],\"magnitude\":[],\"depth\":[],\"underflow\":[],\"quantum\":[]}"
#guard result [number 1, number (-1)] =
  "{\"value\":[\"0x1p0\",\"-0x1p0\"],\"magnitude\":\"0x1p0\",\"depth\":0,\"underflow\":\"0x0p0\",\"quantum\":0}"
#guard result [number 0, number 2] =
  "{\"value\":[\"0x0p0\",\"0x1p1\"],\"magnitude\":[\"0x0p0\",\"0x1p1\"],\"depth\":0," ++
  "\"underflow\":\"0x0p0\",\"quantum\":[null,1]}"
#guard result [.inf true] = "{\"value\":[\"-inf\"],\"magnitude\":\"inf\",\"depth\":0," ++
  "\"underflow\":\"0x0p0\",\"quantum\":null," ++
  "\"floor\":null,\"peak\":\"0x0p0\"}"
/-! Runs are written from sixteen equal entries on, and in compact cases alone. -/

private def naturals (compact : Bool) (xs : List Nat) : String :=
  Json.compactArray compact "" xs fun out n => out ++ toString n

#guard naturals true [] = "[]"
#guard naturals true ([3] ++ List.replicate 16 0 ++ [1, 1]) = "[3,[16,0],1,1]"
#guard naturals true (List.replicate 15 7) = "[7,7,7,7,7,7,7,7,7,7,7,7,7,7,7]"
#guard naturals false (List.replicate 16 1) = "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"
#guard (Json.ringResult true "" (List.replicate 20 (Traced.ofExt 0) ++ [Traced.ofExt (number 3)])).startsWith
  "{\"value\":[[20,\"0x0p0\"],\"0x3p0\"],\"magnitude\":[[20,\"0x0p0\"],\"0x3p0\"],\"depth\":0,"

#guard Json.string "" "a\"b\\c" = "\"a\\\"b\\\\c\""

/-! The manifest: every flag is described once, and says what it catches. -/
#guard (Manifest.flags.map (·.name)).eraseDups.length = Manifest.flags.length
#guard Manifest.flags.all fun f => !f.description.isEmpty && !f.catches.isEmpty

/-! Beyond the ring: what bounds an error is rounded up to sixteen bits, and what has no bound is infinite. -/
#guard (⟨0x10001, 0⟩ : Dyadic).roundUp 16 = ⟨0x8001, 1⟩ && (⟨0xffff, 3⟩ : Dyadic).roundUp 16 = ⟨0xffff, 3⟩
#guard (⟨0x1ffff, -9⟩ : Dyadic).roundUp 16 = ⟨1, 8⟩ && (0 : Dyadic).roundUp 16 = 0
private def reading (depth : Nat) (inherited : Ext) : ModelReading := ⟨depth, number 1, inherited, number 3⟩
private def beyond : List BeyondElement :=
  [⟨number 1, ⟨1, -130⟩, number 1, [("bfloat16", reading 6 (number 0x10001)), ("float32", reading 6 (number 1))]⟩,
    ⟨number 2, ⟨1, -130⟩, number 2, [("bfloat16", reading 6 (.inf false)), ("float32", reading 7 (number 1))]⟩]
#guard Json.result false Format.bfloat16 "" (.beyond beyond) =
  "{\"value\":[\"0x1p0\",\"0x1p1\"],\"radius\":\"0x1p-130\",\"magnitude\":[\"0x1p0\",\"0x1p1\"],\"models\":{" ++
  "\"bfloat16\":{\"depth\":6,\"underflow\":\"0x1p0\",\"inherited\":[\"0x8001p1\",\"inf\"],\"peak\":\"0x3p0\"}," ++
  "\"float32\":{\"depth\":[6,7],\"underflow\":\"0x1p0\",\"inherited\":\"0x1p0\",\"peak\":\"0x3p0\"}}}"

/-! The toolchain in the manifest is that of the package. -/
#guard Manifest.toolchain ++ "\n" = include_str "../lean-toolchain"

/-! The table of functions: ulps are half-integers, and so many roundings and underflows. -/
#guard (FunctionTable.openCL.find? "div").map (fun a => (a.ulps, a.roundings, a.underflows)) = some ("2.5", 5, 3)
#guard (FunctionTable.openCL.find? "tanh").map (fun a => (a.ulps, a.roundings, a.underflows)) = some ("5", 10, 5)
#guard (FunctionTable.correctlyRounded.find? "sqrt").map (fun a => (a.ulps, a.roundings, a.underflows)) =
  some ("0.5", 1, 1)
#guard FunctionTable.all.all fun t => (t.functions.map (·.function)).eraseDups.length = t.functions.length
private def table (lines : List String) : String := "\n".intercalate ("mine" :: "a manual" :: lines)
private def everything (units : String) : List String := FunctionTable.openCL.functions.map (s!"{·.function} {units}")
#guard (FunctionTable.parse (table (everything "1.5"))).toOption.map (·.functions.map (·.halves)) =
  some (FunctionTable.openCL.functions.map fun _ => 3)
#guard (FunctionTable.parse (table (everything "1.2"))).toOption.isNone
#guard (FunctionTable.parse (table (everything "2" |>.drop 1))).toOption.isNone
#guard (FunctionTable.parse (table ("div 1" :: everything "2"))).toOption.isNone
#guard (FunctionTable.parse "mine").toOption.isNone

end Conform
