using Granary.Data.Formats;
using Granary.Data.Sources;

namespace Granary.Application.Catalogues;

/// <summary>
/// Everything that can be extended, as one process knows it. A host builds it once, with a <see cref="GranaryCataloguesBuilder"/>, and
/// passes it along. It never changes, so two in one process do not see each other's plug-ins.
/// </summary>
public sealed record GranaryCatalogues
{
    internal GranaryCatalogues()
    {
    }

    /// <summary>File formats, as <c>data.format</c> names them.</summary>
    public required BarFormatCatalogue Formats { get; init; }

    /// <summary>Bar sources, by the scheme of <c>data.source</c>.</summary>
    public required BarSourceCatalogue Sources { get; init; }

    /// <summary>Bar stores, by the scheme of <c>--store</c>.</summary>
    public required BarStoreCatalogue Stores { get; init; }

    /// <summary>Live feeds, by the scheme of <c>--feed</c>.</summary>
    public required LiveFeedCatalogue LiveFeeds { get; init; }
}
