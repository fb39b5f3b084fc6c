[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Server.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
