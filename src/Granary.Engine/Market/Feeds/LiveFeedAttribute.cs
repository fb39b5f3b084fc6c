using Granary.Engine.Catalogues;

namespace Granary.Engine.Market.Feeds;

/// <summary>Enters an <see cref="ILiveFeedFactory"/> in the catalogue of live feeds.</summary>
/// <param name="scheme">Text before the colon of <c>--feed</c>: "ws".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LiveFeedAttribute(string scheme) : CatalogueAttribute(scheme)
{
    /// <inheritdoc/>
    public override string Kind => "live feed";
}
