[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Cluster.Tests")]
