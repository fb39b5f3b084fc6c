using Granary.Data.Formats;
using Granary.Data.Reading;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Data.Sources;

/// <summary>Opens a source by its address: csv:DIR, store:DIR, postgres://…, questdb://… or generated:….</summary>
public static class BarSources
{
    private static readonly BarSourceCatalogue Own = new(
        new CatalogueBuilder<IBarSourceFactory>("bar source").AddFrom<IBarSourceFactory, BarSourceAttribute>(typeof(BarSources).Assembly),
            BarFormatCatalogue.BuiltIn);

    /// <summary>Whether this class knows the kind of source.</summary>
    public static bool Knows(string source) => Own.Knows(source);

    /// <inheritdoc cref="BarSourceCatalogue.Open"/>
    public static IBarSource Create(string source, BarFileOptions? options = null, string? baseFolder = null) =>
        Own.Open(source, options, baseFolder);
}
