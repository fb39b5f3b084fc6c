[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Learning.Tests")]
