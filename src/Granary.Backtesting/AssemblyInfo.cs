[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Backtesting.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
