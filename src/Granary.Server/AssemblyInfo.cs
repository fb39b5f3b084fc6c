[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Application.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
