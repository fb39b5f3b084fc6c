[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Learning.MLNet.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
