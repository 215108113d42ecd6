import ConformTest.Cases
import ConformTest.CommandLine
import ConformTest.Format
import ConformTest.Numbers
import ConformTest.Operations
import ConformTest.Reading
import ConformTest.SplitMix64
import ConformTest.Traced
