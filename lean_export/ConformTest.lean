import ConformTest.Numbers
import ConformTest.Traced
import ConformTest.Reading
import ConformTest.SplitMix64
