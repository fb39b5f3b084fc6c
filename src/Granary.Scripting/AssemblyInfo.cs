[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Scripting.Tests")]
