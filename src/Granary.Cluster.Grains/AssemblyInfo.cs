[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Cluster.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Simulated")]
