[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Learning.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Learning.MLNet")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Learning.MLNet.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
