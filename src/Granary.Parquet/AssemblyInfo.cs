[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Parquet.Tests")]
