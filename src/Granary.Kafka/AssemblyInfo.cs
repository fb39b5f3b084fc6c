[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Kafka.Tests")]
