[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Application.Tests")]
