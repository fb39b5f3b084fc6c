[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Data.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Simulated")]
