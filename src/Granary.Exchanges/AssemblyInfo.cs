[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Exchanges.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
