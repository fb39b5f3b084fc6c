[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Server.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Trading.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Simulated")]
