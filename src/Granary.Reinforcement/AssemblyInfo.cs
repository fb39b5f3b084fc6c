[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Learning.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
