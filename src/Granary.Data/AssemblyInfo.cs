[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Data.Tests")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Simulated")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Postgres")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.QuestDb")]
