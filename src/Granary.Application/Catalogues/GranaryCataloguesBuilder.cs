using System.Reflection;
using Granary.Data.Formats;
using Granary.Data.Sources;
using Granary.Engine.Catalogues;
using Granary.Engine.Market.Feeds;

namespace Granary.Application.Catalogues;

/// <summary>
/// Collects what a process can be extended with. Granary's own assemblies and plug-ins are searched for the same attributes.
/// </summary>
/// <example><code>new GranaryCataloguesBuilder().AddData().AddAssembly(typeof(KafkaBarSource).Assembly).Build()</code></example>
public sealed class GranaryCataloguesBuilder
{
    private readonly CatalogueBuilder<BarFormat> _formats = new("file format");
    private readonly CatalogueBuilder<IBarSourceFactory> _sources = new("bar source");
    private readonly CatalogueBuilder<IBarStoreFactory> _stores = new("bar store");
    private readonly CatalogueBuilder<ILiveFeedFactory> _liveFeeds = new("live feed");

    /// <summary>Granary's own formats, sources, stores and live feeds.</summary>
    public GranaryCataloguesBuilder AddData() => AddAssembly(typeof(BarFormat).Assembly);

    /// <summary>Everything that an assembly has an attribute for.</summary>
    /// <exception cref="ArgumentException">A name is taken, or a class does not fit its attribute; one sentence.</exception>
    public GranaryCataloguesBuilder AddAssembly(Assembly assembly)
    {
        foreach (var (type, attribute) in CatalogueTypes.Of(assembly)) Add(type, attribute, type.ToString());
        return this;
    }

    /// <summary>The catalogues of what was added so far.</summary>
    public GranaryCatalogues Build()
    {
        var formats = new BarFormatCatalogue(_formats);
        var sources = new BarSourceCatalogue(_sources, formats);
        return new GranaryCatalogues
        {
            Formats = formats,
            Sources = sources,
            Stores = new BarStoreCatalogue(_stores),
            LiveFeeds = new LiveFeedCatalogue(_liveFeeds, sources),
        };
    }

    private void Add(Type type, CatalogueAttribute attribute, string origin)
    {
        switch (attribute)
        {
            case BarFormatAttribute:
                _formats.Add(attribute.Name, CatalogueTypes.Create<BarFormat>(type, attribute), origin);
                break;
            case BarSourceAttribute:
                _sources.Add(attribute.Name, CatalogueTypes.Create<IBarSourceFactory>(type, attribute), origin);
                break;
            case BarStoreAttribute:
                _stores.Add(attribute.Name, CatalogueTypes.Create<IBarStoreFactory>(type, attribute), origin);
                break;
            case LiveFeedAttribute:
                _liveFeeds.Add(attribute.Name, CatalogueTypes.Create<ILiveFeedFactory>(type, attribute), origin);
                break;
        }
    }
}
