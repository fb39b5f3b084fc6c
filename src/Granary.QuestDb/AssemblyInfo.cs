[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Data.Tests")]
