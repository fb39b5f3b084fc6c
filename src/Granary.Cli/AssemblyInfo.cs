[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Cli.Tests")]
