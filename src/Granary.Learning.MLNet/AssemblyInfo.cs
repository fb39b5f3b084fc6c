[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Granary.Learning.MLNet.Tests")]
