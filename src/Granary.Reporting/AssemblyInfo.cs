[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Reporting.Tests")]
