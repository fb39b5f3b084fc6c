[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Assistants.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Cli.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Exchanges.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Scripting.Tests")]
