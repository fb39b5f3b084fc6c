[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Api.Tests")]
