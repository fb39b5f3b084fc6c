using Granary.Parquet.Writing;
using Granary.Simulation.Catalogues;

namespace Granary.Parquet.Tests.Writing;

internal static class TestFormats
{
    /// <summary>The catalogues that the command line and a silo build.</summary>
    public static GranaryCatalogues Catalogues() =>
        GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(ParquetFormat).Assembly).Build();
}
