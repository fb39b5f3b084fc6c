[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Assistants.Tests")]
