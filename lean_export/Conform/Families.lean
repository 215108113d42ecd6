import Conform.Families.AlignedSums
import Conform.Families.Cancellation
import Conform.Families.Dense
import Conform.Families.FarTerms
import Conform.Families.Functions
import Conform.Families.Integers
import Conform.Families.Large
import Conform.Families.LongSums
import Conform.Families.NanInf
import Conform.Families.NearOverflow
import Conform.Families.OneHot
import Conform.Families.Probe
import Conform.Families.Random
import Conform.Families.Rounding
import Conform.Families.Rows
import Conform.Families.SignedZeros
import Conform.Families.SpecialFactors
import Conform.Families.Subnormals
import Conform.Families.Tiles

/-!
# All families

A new family is its definition and its place in one of these lists.

Main definitions: `Conform.Families.forCopies`, `Conform.Families.forElements`, `Conform.Families.forSums`,
`Conform.Families.forMatrices`, `Conform.Families.all`.
-/

namespace Conform.Families

/-- Families for any operation, one that copies its input included. -/
def forCopies : List Family :=
  [smallIntegers, unit, oneHot, powersOfTwo, dense, normal, wideRange, manyElements, nanInf, subnormals,
    nearOverflow, signedZeros]

/-- Families for operations that round. -/
def forArithmetic : List Family := forCopies ++ [rounding]

/-- Families for operations element by element, whatever their arrays are called. -/
def forElements : List Family := forArithmetic ++ [large, singleZero]

/-- Families for operations that sum. -/
def forSums : List Family := forArithmetic ++ [cancellation, longSums, probe]

/-- Families for operations on matrices, whatever they do: sizes and factors for which kernels have paths of their own. -/
def forMatrices : List Family :=
  [tiles, large, alignedSums, farTerm, halves, identity, negativeZeros, singleZero, extremeBytes]

/-- Every family. -/
def all : List Family := forSums ++ forMatrices ++ forFunctions ++ forRows

end Conform.Families
