[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Cluster.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
