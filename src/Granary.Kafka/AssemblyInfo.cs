[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Kafka.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Benchmarks")]
