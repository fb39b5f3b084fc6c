[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Exchanges.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Simulated")]
