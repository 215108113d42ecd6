import Conform.CommandLine
import Conform.Reading
